// The four pictures of a model's page, each from the figures of the page's state. Where cards are drawn beside, it is
// the upper bound that is compared with them, as in the tables.

const partNames = { weights: "weights", cache: "KV cache and state", compute: "compute", driver: "driver" };
// Sizes of cards, each with the least that one of them leaves to use.
function cardSizesOf(devices) {
  const least = new Map();
  for (const device of devices.filter((candidate) => candidate.class === "gpu")) {
    const gib = Math.round(device.memory_bytes / 2 ** 30);
    least.set(gib, Math.min(device.usable_bytes, least.get(gib) || Infinity));
  }
  return [...least].map(([gib, bytes]) => ({ gib, bytes })).filter(({ gib }) => gib >= 4).sort((a, b) => a.gib - b.gib);
}
const shortTokens = (tokens) => (tokens % 1000 === 0 ? `${tokens / 1000}k` : tokens % 1024 === 0 ? `${tokens / 1024}k` : grouped(tokens));
const emptyPicture = (text) => ({ picture: el("p", { class: "empty" }, text), table: el("p", null, text) });

function memoryByQuantization(figures, s, width) {
  const all = figures.quantizations.map((quantization, q) => ({ quantization, q, sum: figures.headline({ ...s, quantization: q }) }));
  const possible = all.filter((item) => item.sum);
  if (!possible.length) return emptyPicture("llama.cpp cannot run any quantization in this combination.");
  const rows = possible.map(({ quantization, q, sum }) => ({
    name: quantization.name, strong: q === s.quantization, end: `${gb(sum.total)}${sum.highest > sum.total ? ` (up to ${gb(sum.highest)})` : ""} GB`, low: sum.highest > sum.lowest ? sum.lowest : null, high: sum.highest,
    parts: [sum.weights, sum.cache + sum.state, sum.compute, sum.driver].map((value, i) => ({ value, className: `part-${i}` })),
  }));
  const most = Math.max(...possible.map((item) => item.sum.highest));
  const chosen = rows.find((row) => row.strong);
  const description = `${chosen ? `${chosen.name}, the chosen one, needs ${chosen.end}. ` : ""}` +
    `${rows[0].name} needs ${rows[0].end}, ${rows[rows.length - 1].name} ${rows[rows.length - 1].end}. All figures are in the table below.`;
  const picture = barPicture({
    id: "by-quantization", width, title: `Memory by quantization at ${grouped(figures.contexts[s.context])} tokens of context`, description,
    rows, most: most * 1.02, text: (value) => `${Number((value / 1e9).toPrecision(3))}`, unit: `GB of ${placeName}`,
  });
  const table = dataTable("Memory by quantization, GB", ["Quantization", "Weights", "KV cache and state", "Compute", "Driver", "Total", "Up to"],
    possible.map(({ quantization, sum }) => [bdi(quantization.name),
      ...partsThatAddUp([sum.weights, sum.cache + sum.state, sum.compute, sum.driver], sum.total), gb(sum.total), gb(sum.highest)]));
  return { picture, table };
}

function memoryByContext(figures, s, width) {
  const lineOf = (cache) => figures.contexts.map((tokens, context) => [tokens, figures.headline({ ...s, cache, context })])
    .filter(([, sum]) => sum).map(([tokens, sum]) => [tokens, sum.highest]);
  const lines = figures.caches.map((cache, i) => ({
    name: `${cacheName(cache)} cache`, className: i === s.cache ? "chosen" : "other", points: lineOf(i),
  })).filter((line) => line.points.length);
  if (!lines.length) return emptyPicture("llama.cpp cannot run this combination at any context.");
  const rule = figures.contexts.map((tokens, context) => [tokens, figures.sites({ ...s, context })]).filter(([, bytes]) => known(bytes));
  const ruled = rule.length ? [{ name: "other sites", className: "rule", points: rule }] : [];
  const own = Math.max(...lines.flatMap((line) => line.points.map((point) => point[1])));
  const highest = Math.max(own, ...rule.map((point) => point[1]));
  const cardSizes = cardSizesOf(figures.data.devices);
  const above = cardSizes.find((size) => size.bytes >= own);
  const yMost = Math.max(highest, above && above.bytes < own * 3 ? above.bytes : 0) * 1.1;
  let last = 0;
  const levels = cardSizes.filter((size) => size.bytes <= yMost && size.bytes > yMost / 10).reverse()
    .filter((size) => { const clear = !last || (last - size.bytes) / yMost > 0.075; if (clear) last = size.bytes; return clear; })
    .map((size) => ({ value: size.bytes, name: `${size.gib} GiB card` }));
  const chosen = lines.find((line) => line.className === "chosen");
  const end = chosen && chosen.points[chosen.points.length - 1];
  const picture = linePicture({
    id: "by-context", width, height: 330, title: `Memory against context, upper bound, ${figures.quantizations[s.quantization].name}`,
    description: end ? `From ${gbText(chosen.points[0][1])} at ${grouped(chosen.points[0][0])} tokens to ${gbText(end[1])} at ${grouped(end[0])} tokens with the ${chosen.name}. ` +
      "The horizontal lines are what cards of common sizes leave to use. All figures are in the table below." : "The chosen cache type cannot run.",
    lines: [...lines, ...ruled], xMost: figures.contexts[figures.contexts.length - 1], xTicks: figures.contexts,
    xText: shortTokens, xUnit: "tokens of context", marker: figures.contexts[s.context], levels,
    yMost, yText: (value) => `${Number((value / 1e9).toPrecision(3))}`, yUnit: `GB of ${placeName}, upper bound`,
  });
  const head = ["Context", ...figures.caches.map((cache) => `${cacheName(cache)} cache`), ...(ruled.length ? ["Other sites"] : [])];
  const table = dataTable("Memory against context, upper bound, GB", head, figures.contexts.map((tokens, context) => [grouped(tokens),
    ...figures.caches.map((cache, i) => orDash((figures.headline({ ...s, cache: i, context }) || {}).highest, gb)),
    ...(ruled.length ? [orDash(figures.sites({ ...s, context }), gb)] : [])]));
  return { picture, table };
}

function speedByDevice(list, pins, width) {
  const rows = list.filter((row) => known(row.decode));
  if (!rows.length) return emptyPicture("No decode speed is known of the devices that the tables above show.");
  const most = Math.max(...rows.map((row) => Math.max(row.high, row.decode))) * 1.02;
  const picture = barPicture({
    id: "by-device", width, longNames: true, title: "Decode speed by device",
    description: `${rows[0].device.name}: ${rate(rows[0].decode)} tokens per second. The whiskers show the band that four of five measurements lie in; dashed ones are of devices that nobody has measured. ` +
      "All figures are in the table below.",
    rows: rows.map((row) => ({ name: row.device.name, strong: pins.includes(row.id), end: (row.measured ? "" : "~") + rate(row.decode), low: row.low, high: row.high, rough: !row.measured,
      parts: [{ value: row.decode, className: row.device.class === "gpu" ? "bar-gpu" : "bar-unified" }] })),
    most, text: String, unit: "tokens per second, one request",
  });
  const table = dataTable("Decode speed by device, tokens per second", ["Device", "Decode", "Low", "High", "Rests on"],
    rows.map((row) => [bdi(row.device.name), rate(row.decode), rate(row.low), rate(row.high), bdi(row.basis || "")]));
  return { picture, table };
}

// Devices of nearly the same speed would hide each other: the first of each is drawn.
function distinct(list, count, apart) {
  const chosen = [];
  for (const row of list) {
    if (chosen.length === count) break;
    if (known(row.decode) && chosen.every((other) => Math.abs(other.decode - row.decode) > apart * other.decode)) chosen.push(row);
  }
  return chosen;
}

function speedByDepth(figures, s, list, width) {
  const curves = list.map((row, i) => ({ row, name: row.device.name, className: `series-${i}`, curve: figures.speedCurve(row.device, s) }))
    .filter((item) => item.curve.length > 1);
  if (!curves.length) return emptyPicture("No decode speed is known of the devices that the tables above show.");
  const depths = [...new Set(curves.flatMap((item) => item.curve.map((point) => point.depth)))].sort((a, b) => a - b);
  const lines = curves.map((item) => ({ name: item.name, className: item.className, points: item.curve.map((point) => [point.depth, point.rate]) }));
  const first = curves[0].curve, last = first[first.length - 1];
  const picture = linePicture({
    id: "by-depth", width, height: 330, title: "Speed against tokens already in the context",
    description: `${curves[0].name}: from ${rate(first[0].rate)} tokens per second in an empty context to ${rate(last.rate)} behind ${grouped(last.depth)} tokens. ` +
      "All figures are in the table below.",
    lines, xMost: depths[depths.length - 1], xTicks: depths, xText: (depth) => (depth ? shortTokens(depth) : "0"), xUnit: "tokens in the context",
    marker: Math.min(figures.depthOf(s), depths[depths.length - 1]), yMost: Math.max(...lines.flatMap((line) => line.points.map((point) => point[1]))) * 1.08,
    yText: String, yUnit: "tokens per second",
  });
  const table = dataTable("Decode speed behind tokens, tokens per second", ["Tokens", ...curves.map((item) => item.name)],
    depths.map((depth) => [grouped(depth), ...curves.map((item) => orDash((item.curve.find((point) => point.depth === depth) || {}).rate, rate))]));
  return { picture, table };
}
