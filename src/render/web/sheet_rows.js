// The answers of a sheet: each was given by the program and is only looked up here.

// Figures that come together are written once; a cell says which rows of each group it is made of.
function makeSheet(data) {
  const { choices, devices, cells, figures } = data;
  const groups = Object.values(figures);
  const states = choices.reduce((count, choice) => count * choice.values.length, 1);
  const stateOf = (chosen) => choices.reduce((at, choice, i) => at * choice.values.length + chosen[i], 0);

  function figuresOf(device, chosen) {
    const cell = cells[device * states + stateOf(chosen)];
    if (!cell) return null;
    const found = {};
    groups.forEach(({ columns, rows }, i) => columns.forEach((column, j) => { if (known(rows[cell[i]][j])) found[column] = rows[cell[i]][j]; }));
    return found;
  }

  function rowOf(device, chosen) {
    const figure = figuresOf(device, chosen);
    const verdict = figure ? figure.vllm_verdict || figure.verdict : "cannot run";
    return { id: devices[device].id, device: devices[device], figure: figure || {}, verdict, rank: sheetVerdicts.indexOf(verdict), decode: figure ? figure.decode_tok_s : undefined };
  }

  // People's own devices first among those that run it; of the others those that lack least.
  function order(a, b) {
    const isRunning = (row) => row.rank < firstRefusal;
    if (isRunning(a) !== isRunning(b)) return isRunning(a) ? -1 : 1;
    if (!isRunning(a)) return a.rank - b.rank || shareOf(a) - shareOf(b) || byName(a, b);
    return (a.device.tier || 0) - (b.device.tier || 0) || a.rank - b.rank || fastestFirst(a, b) || byName(a, b);
  }

  return { stateOf, rowOf, rows: (chosen) => devices.map((device, i) => rowOf(i, chosen)).sort(order) };
}

// From best to worst: what vLLM does, and how MLX fits.
const sheetVerdicts = ["runs great", "runs well", "starts", "overruns", "tight", "may refuse", "too big", "refuses", "cannot run"];
const sheetLooks = { "runs great": "great", "runs well": "well", starts: "great", overruns: "tight", tight: "tight", "may refuse": "tight" };
const firstRefusal = sheetVerdicts.indexOf("may refuse");
const shareOf = ({ figure }) => (figure.usable_bytes ? figure.required_bytes / figure.usable_bytes : 99);
const sheetMark = (verdict) => el("span", { class: `verdict ${sheetLooks[verdict] || "big"}` }, verdict);

const sheetSentences = {
  starts: "starts on", overruns: "starts, but CUDA graphs may overrun its share, on", "may refuse": "may refuse to start on", refuses: "refuses to start on",
  "runs great": "runs great on", "runs well": "runs well on", tight: "is tight on", "too big": "is too big for", "cannot run": "cannot run in this state on",
};

// What a place is filled with, whatever names a runtime has for it.
const sheetParts = [["weights", "weights_bytes"], ["activation", "activation_bytes"], ["compute", "compute_bytes"], ["graphs", "graphs_bytes"], ["other", "other_bytes"],
  ["KV cache", "kv_cache_bytes"], ["state", "state_bytes"], ["driver", "runtime_bytes"], ["context and NCCL", "outside_bytes"]];
