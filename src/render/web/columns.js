// The columns of the device tables on the page of a model, their filters, and the same as CSV.

function deviceCell(row) {
  const { device } = row;
  const several = device.gpus > 1 ? ` \u00b7 each of ${device.gpus} GPUs` : "";
  const pinned = pins.includes(device.id);
  const star = el("button", { type: "button", class: "pin", "aria-pressed": String(pinned), "aria-label": `Pin ${device.name}`, title: "Pin: your machine" }, pinned ? "\u2605" : "\u2606");
  star.addEventListener("click", () => pin(device.id));
  const bandwidth = device.bandwidth_gb_s ? ` \u00b7 ${grouped(Math.round(device.bandwidth_gb_s))} GB/s` : "";
  return [star, el("span", { class: "name" }, bdi(device.name)),
    el("small", null, say`${bdi(device.vendor)} \u00b7 ${gibText(device.memory_bytes)}${bandwidth}${several}`)];
}

const percentText = (share) => (share < 0.01 ? "<1 %" : share < 9.995 ? `${Math.round(share * 100)} %` : `${Math.round(share)} times`);

function shareCell(row) {
  if (row.share === null) return "\u2013";
  const width = `${Math.min(100, row.share * 100).toFixed(1)}%`;
  const fillOf = el("i", { class: verdictClasses[row.verdict] });
  fillOf.style.width = width;
  return [el("span", { class: "gauge", "aria-hidden": "true" }, fillOf), el("span", { class: "percent" }, percentText(row.share))];
}

function decodeCell(row) {
  if (!known(row.decode)) return "\u2013";
  const mark = row.measured ? null : [el("span", { class: "rough", "aria-hidden": "true", title: row.basis }, "~"), quiet("not measured, about ")];
  const text = bandText(row.low, row.high);
  return [mark, el("span", { class: "value" }, rate(row.decode)), text ? el("small", { class: "band" }, text) : null];
}

const bandedCell = (speed) => orDash(speed, ({ value, low, high }) => [el("span", { class: "value" }, rate(value)), el("small", { class: "edges" }, bandText(low, high))]);

const deviceColumns = [
  { key: "device", label: "Device", kind: "text", first: "up", value: (row) => row.device.name.toLowerCase(), cell: deviceCell },
  { key: "runs", label: "Verdict", kind: "text", first: "up", value: (row) => row.verdict, cell: (row) => verdictMark(row.verdict), hint: "Sort by verdict, then speed" },
  { key: "share", label: "Of usable", kind: "number", first: "up", value: (row) => row.share, cell: shareCell, hint: "Needed memory as a part of the usable memory" },
  { key: "needs", label: "Needs up to GB", kind: "number", first: "up", value: (row) => row.required, cell: (row) => orDash(row.required, gb), hint: "Upper bound of what is needed, GB" },
  { key: "usable", label: "Usable GB", kind: "number", first: "down", value: (row) => row.usable, cell: (row) => gb(row.usable), hint: "What one process can allocate, GB" },
  { key: "free", label: "Free GB", kind: "number", first: "down", value: (row) => row.free, cell: (row) => orDash(row.free, gb), hint: "Usable less needed, GB" },
  { key: "decode", label: "Decode tok/s", kind: "number", first: "down", value: (row) => row.decode, cell: decodeCell, hint: "Tokens per second of one request, with its band" },
  { key: "full", label: "Full context", kind: "number", first: "down", value: (row) => row.full, cell: (row) => orDash(row.full, rate), hint: "Tokens per second of one request when its context is full" },
  { key: "together", label: "All slots", kind: "number", first: "down", value: (row) => row.together && row.together.value, cell: (row) => bandedCell(row.together), shown: () => figures.parallel(state) > 1, hint: "Tokens per second of all slots together, with its band" },
  { key: "prefill", label: "Prefill tok/s", kind: "number", first: "down", value: (row) => row.prefill && row.prefill.value, cell: (row) => bandedCell(row.prefill), hint: "Tokens of a prompt per second, with its band" },
];

const deviceFilters = [
  { key: "vendor", label: "Maker", value: (row) => row.device.vendor },
  { key: "segment", label: "Segment", value: (row) => row.device.segment },
  { key: "verdict", label: "Verdict", value: (row) => verdictWords[row.verdict], values: verdictWords.slice(0, 4) },
];

const csvColumns = [
  ["id", (row) => row.id], ["name", (row) => row.device.name], ["vendor", (row) => row.device.vendor], ["segment", (row) => row.device.segment],
  ["model", () => model.id], ["quantization", () => figures.quantizations[state.quantization].name], ["context", () => figures.contexts[state.context]],
  ["cache", () => cacheName(figures.caches[state.cache])], ["parallel", () => figures.parallel(state)], ["verdict", (row) => verdictWords[row.verdict]],
  ["required_bytes", (row) => row.required], ["usable_bytes", (row) => row.usable], ["headroom_bytes", (row) => row.free],
  ["decode_tok_s", (row) => row.decode], ["decode_low_tok_s", (row) => row.low], ["decode_high_tok_s", (row) => row.high],
  ["decode_full_context_tok_s", (row) => row.full], ["throughput_tok_s", (row) => row.together && row.together.value],
  ["prefill_tok_s", (row) => row.prefill && row.prefill.value], ["time_to_first_token_s", (row) => row.first], ["speed_measured", (row) => (known(row.decode) ? row.measured : null)],
];
