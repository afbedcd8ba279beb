"use strict";
// The models that run on the machine, as `lfmfit fits` finds and ranks them.

const fitsKeys = ["device", "context", "users", "context_each", "kv_type_k", "kv_type_v", "ram_bytes", "reserve_bytes", "backend", "runtime"];
const firstModels = 25;

// What of the question chooses between models.
function fitsRequest(more) {
  const kept = Object.entries(questionOf()).filter(([key, value]) => fitsKeys.includes(key) && value !== "fit");
  const least = Number(byId("least-speed").value);
  return { ...Object.fromEntries(kept), ...(least > 0 ? { min_speed_tok_s: least } : {}), ...more };
}

const fitsRow = (model) => ({ ...rowOf(model.id, { ...model, model }), runs: model.runs, rank: 0, parameters: model.parameters, family: model.family,
  quantization: model.quantization, longest: model.longest_context, released: model.release_date, tasks: model.tasks, more: model.layer_summary });

const runsLook = { well: "great", tight: "tight", "at a loss": "tight", partly: "tight" };

function chooseModel(row) {
  asked.quantization = row.quantization;
  change("model", row.id);
}

function fitsTable() {
  const first = { key: "device", label: "Model", hint: "by name", kind: "text", first: "up", value: (row) => row.id.toLowerCase(),
    cell: (row) => chooser(row.id, () => chooseModel(row), row.more) };
  const word = (key, label, hint, value, cell) => ({ key, label, hint, kind: "text", first: "up", value, cell });
  return makeTable({ id: "models", host: byId("models").querySelector(".table"), caption: "Models that run on this machine", nouns: ["model", "models"], limit: firstModels,
    onChange() {}, idOf: (row) => row.id, csv: csvOfRows, search: (row) => `${row.id} ${row.family} ${row.more || ""}`,
    columns: [first, word("runs", "Runs", "well, tight, at a loss of quality, or partly in RAM", (row) => Object.keys(runsLook).indexOf(row.runs), (row) => el("span", { class: `verdict ${runsLook[row.runs]}` }, row.runs)),
      decodeColumn(), numberColumn("parameters", "Parameters", "weights in all", parametersText), word("stored", "Quantization", "the best that runs", (row) => row.quantization, (row) => row.quantization),
      numberColumn("needs", "Needs GB", "on the fullest place, at most", gb, "up"), numberColumn("file", "File GB", "what is downloaded", gb, "up"),
      numberColumn("longest", "Longest context", "tokens that fit", grouped), word("released", "Released", "by the day", (row) => row.released || "", (row) => row.released || "\u2013")],
    filters: [{ key: "family", label: "Family", value: (row) => row.family }, { key: "task", label: "Made for", value: (row) => row.tasks },
      { key: "runs", label: "Runs", value: (row) => row.runs, values: Object.keys(runsLook) }] });
}

// The best ones first, which are soon found, then all.
function fitsList() {
  const details = byId("models"), table = fitsTable();
  const progress = details.querySelector(".progress"), refused = details.querySelector(".refused");
  let turn = 0, stale = true, busy = false;

  async function draw(mine, more) {
    const list = await program.fits(fitsRequest(more)).catch((problem) => ({ error: { message: `lfmfit stopped here: ${problem.message}` } }));
    if (mine !== turn) return null;
    table.setRows(list.error ? [] : list.models.map(fitsRow));
    setContent(refused, list.error ? name(list.error.message) : "");
    return list;
  }

  async function fill() {
    if (!details.open || !stale || busy) return;
    stale = false;
    if (!asked.device) {
      table.setRows([]);
      setContent(refused, "Name a machine above.");
      return;
    }
    busy = true;
    const mine = turn;
    progress.textContent = "Looking through all models \u2026";
    const best = await draw(mine, { top: firstModels });
    const list = best && !best.error ? await draw(mine, {}) : best;
    busy = false;
    if (mine !== turn) {
      fill();
      return;
    }
    progress.textContent = list.error ? "" : `${grouped(list.models.length)} of ${grouped(list.models_asked)} models run there${list.min_speed_tok_s ? " so fast" : ""}.`;
    details.dataset.whole = String(mine);
  }

  function restart() {
    stale = true;
    turn++;
    delete details.dataset.whole;
    fill();
  }

  details.addEventListener("toggle", fill);
  byId("least-speed").addEventListener("change", restart);
  return { restart };
}
