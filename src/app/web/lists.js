"use strict";
// Tables that ask the same of many: every quantization, every device, every model. They fill while the reader reads.

const chunk = 12;  // requests that go to the worker at once: a newer question waits no longer than these take

function verdictColumn() {
  return { key: "runs", label: "Verdict", hint: "by what it needs at most", kind: "text", first: "up", ranked: true,
    value: (row) => row.rank, cell: (row) => markOf(row.verdict) };
}

const numberColumn = (key, label, hint, text, first) => ({
  key, label, hint, kind: "number", first: first || "down", value: (row) => row[key],
  cell: (row) => el("span", { class: "value" }, orDash(row[key], text)),
});

function decodeColumn() {
  const column = numberColumn("decode", "Decode tok/s", "tokens a second, with the band of measurements", rate);
  column.cell = (row) => [el("span", { class: "value" }, orDash(row.decode, rate)), known(row.low) ? el("small", { class: "band" }, ` ${rate(row.low)}\u2013${rate(row.high)}`) : null];
  return column;
}

function chooser(text, choose, more) {
  const button = el("button", { type: "button", class: "link name" }, name(text));
  button.addEventListener("click", choose);
  return [button, more ? el("small", null, plain(more)) : null];
}

// What every table shows of an answer.
function rowOf(id, answer) {
  if (answer.error) return { id, error: answer.error.message };
  const fit = answer.fit || {}, speed = answer.speed || {};
  return { id, verdict: fit.verdict, rank: rankOfVerdict(fit.verdict), decode: speed.decode_tok_s, low: speed.decode_low_tok_s, high: speed.decode_high_tok_s,
    prefill: speed.prefill_tok_s, needs: fit.required_bytes, usable: fit.usable_bytes, free: fit.headroom_bytes,
    context: answer.request && answer.request.context, quantization: answer.request && answer.request.quantization, file: answer.model && answer.model.file_bytes, bits: answer.model && answer.model.bits_per_weight };
}

// Every figure of a row, by name.
function csvOfRows(rows) {
  const names = [...new Set(rows.flatMap((row) => Object.keys(row)))].filter((key) => key !== "rank" && key !== "more");
  return csvOf(names.map((key) => [key, (row) => (Array.isArray(row[key]) ? row[key].join(" ") : row[key])]), rows);
}

// Verdict, then speed, then name; of what is too big the smallest excess first: the order of the command line.
function byMerit(a, b) {
  const speed = (row) => (known(row.decode) ? row.decode : -1);
  if (a.rank !== b.rank) return a.rank - b.rank;
  if (a.verdict === "too big") return b.free - a.free || (a.id < b.id ? -1 : 1);
  return speed(b) - speed(a) || (a.id < b.id ? -1 : a.id > b.id ? 1 : 0);
}

// A section that is asked when it is open. `requests()` gives {id, requests, row(answers)}.
function makeList({ id, table, program, requests, order, keep }) {
  const details = byId(id);
  const progress = details.querySelector(".progress");
  let turn = 0, stale = true;

  async function fill() {
    if (!details.open || !stale) return;
    stale = false;
    const mine = ++turn;
    const asked = requests();
    const rows = [], refused = [];
    for (let i = 0; i < asked.length; i += chunk) {
      const part = asked.slice(i, i + chunk);
      const answers = await program.askMany(part.flatMap((item) => item.requests), keep).catch(() => null);
      if (mine !== turn) return;
      let at = 0;
      for (const item of part) {
        const row = item.row(answers ? answers.slice(at, at += item.requests.length) : [{ error: { message: "lfmfit stopped here" } }]);
        (row.error ? refused : rows).push(row);
      }
      progress.textContent = i + chunk < asked.length ? `${grouped(i + chunk)} of ${grouped(asked.length)} asked` : "";
      if (i % (chunk * 8) === 0 || i + chunk >= asked.length) table.setRows(rows.sort(order));
    }
    setContent(details.querySelector(".refused"), refused.length ? `Not answered for ${grouped(refused.length)}: ${plain(refused[0].error)}` : "");
    details.dataset.whole = String(mine);
  }

  details.addEventListener("toggle", fill);
  return {
    restart() {
      stale = true;
      turn++;
      delete details.dataset.whole;
      fill();
    },
  };
}
