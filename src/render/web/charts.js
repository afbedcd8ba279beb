// What the pictures are made of: scales, axes, bars, lines and labels. Pictures are drawn at the width that they have,
// so that their letters stay as large on a phone as on a desk.

function niceTicks(most, count) {
  const rough = most / count;
  const power = 10 ** Math.floor(Math.log10(rough));
  const step = [1, 2, 2.5, 5, 10].map((factor) => factor * power).find((candidate) => candidate >= rough * 0.999);
  const ticks = [];
  for (let tick = 0; tick <= most * 1.0001; tick += step) ticks.push(Number(tick.toPrecision(10)));
  return ticks;
}

const textAt = (x, y, text, attributes) => svgEl("text", { x: x.toFixed(1), y: y.toFixed(1), ...attributes }, text);
const lineAt = (x1, y1, x2, y2, className) =>
  svgEl("line", { x1: x1.toFixed(1), y1: y1.toFixed(1), x2: x2.toFixed(1), y2: y2.toFixed(1), class: className });
const rectAt = (x, y, width, height, className) =>
  svgEl("rect", { x: x.toFixed(1), y: y.toFixed(1), width: Math.max(0, width).toFixed(1), height, class: className });

// Letters are about this wide; SVG cannot be asked before it is drawn.
const widthOf = (text, size = 12, bold = false) => [...text].length * size * (bold ? 0.7 : 0.62);
const shortened = (text, width, bold) => {
  const letters = [...text], room = Math.floor(width / widthOf("x", 12, bold));
  return letters.length <= room ? text : `${letters.slice(0, Math.max(1, room - 1)).join("")}\u2026`;
};

// Labels at the end of lines are pushed apart, in order, and kept between top and bottom.
function spread(labels, gap, top, bottom) {
  const order = [...labels].sort((a, b) => a.y - b.y);
  order.forEach((label, i) => { label.y = Math.max(label.y, i ? order[i - 1].y + gap : top); });
  for (let i = order.length - 1, limit = bottom; i >= 0; i -= 1, limit = order[i + 1].y - gap) order[i].y = Math.min(order[i].y, limit);
  return labels;
}

function svgPicture(id, width, height, title, description) {
  return svgEl("svg", {
    viewBox: `0 0 ${width} ${height}`, width, height, role: "img", "aria-labelledby": `${id}-title ${id}-desc`,
  }, svgEl("title", { id: `${id}-title` }, title), svgEl("desc", { id: `${id}-desc` }, description));
}

// A horizontal axis below a plot, with lines upward through it.
function axisBelow(svg, box, scale, ticks, text, unit) {
  for (const tick of ticks) {
    const x = scale(tick);
    svg.append(lineAt(x, box.top, x, box.bottom, tick === 0 ? "axis" : "grid"));
    svg.append(textAt(x, box.bottom + 16, text(tick), { "text-anchor": "middle", class: "tick" }));
  }
  svg.append(textAt(box.right, box.bottom + 34, unit, { "text-anchor": "end", class: "unit" }));
}

function axisLeft(svg, box, scale, ticks, text, unit) {
  for (const tick of ticks) {
    const y = scale(tick);
    svg.append(lineAt(box.left, y, box.right, y, tick === 0 ? "axis" : "grid"));
    svg.append(textAt(box.left - 6, y + 4, text(tick), { "text-anchor": "end", class: "tick" }));
  }
  svg.append(textAt(0, box.top - 10, unit, { class: "unit" }));
}

const linear = (from, to, start, end) => (value) => start + ((value - from) / (to - from)) * (end - start);

// The name of a level stands where the lines leave it the most room.
function levelName(level, lines, box, x, y) {
  const long = widthOf(level.name, 11);
  const heightAt = (line, at) => {
    const after = line.points.findIndex(([px]) => x(px) >= at);
    if (after <= 0) return y(line.points[after < 0 ? line.points.length - 1 : 0][1]);
    const [a, b] = [line.points[after - 1], line.points[after]];
    return linear(x(a[0]), x(b[0]), y(a[1]), y(b[1]))(at);
  };
  const clear = ([at, base]) => Math.min(...[0, 0.5, 1].flatMap((part) => lines.map((line) => Math.abs(heightAt(line, at + part * long) - base + 4))));
  const places = [-4, 12].flatMap((above) => [0, 0.3, 0.6, 1].map((part) => [box.left + 6 + part * (box.right - box.left - long - 12), y(level.value) + above]))
    .filter(([, base]) => base < box.bottom - 2);
  const best = places.reduce((a, b) => (clear(b) > clear(a) + 2 ? b : a));
  return textAt(best[0], best[1], level.name, { class: "level-name" });
}

// Lines over contexts with their names at the right end. lines: {name, className, points: [[x, y]...]}
function linePicture(picture) {
  const { id, width, height, title, description, lines, xTicks, xText, xUnit, yMost, yText, yUnit, levels, marker } = picture;
  const nameRoom = Math.max(...lines.map((line) => widthOf(line.name, 12, true))) + 12;
  const keyed = nameRoom > width * 0.36;  // names too long for the end of their line get a number there and stand below
  const box = { left: 44, right: width - (keyed ? 24 : nameRoom), top: 28, bottom: height - 40 };
  const x = linear(0, picture.xMost, box.left, box.right), y = linear(0, yMost, box.bottom, box.top);
  const svg = svgPicture(id, width, height + (keyed ? lines.length * 18 + 4 : 0), title, description);
  axisLeft(svg, box, y, niceTicks(yMost, 5), yText, yUnit);
  let taken = Infinity;
  for (const tick of [...xTicks].reverse()) {  // the far end is labelled first, then what leaves room
    const half = widthOf(xText(tick), 11) / 2;
    if (x(tick) + half > taken) continue;
    taken = x(tick) - half - 8;
    svg.append(lineAt(x(tick), box.bottom, x(tick), box.bottom + 4, "axis"));
    svg.append(textAt(x(tick), box.bottom + 16, xText(tick), { "text-anchor": "middle", class: "tick" }));
  }
  svg.append(textAt(box.right, box.bottom + 34, xUnit, { "text-anchor": "end", class: "unit" }));
  for (const level of levels || []) svg.append(lineAt(box.left, y(level.value), box.right, y(level.value), "level"));
  if (known(marker)) svg.append(lineAt(x(marker), box.top, x(marker), box.bottom, "marker"));
  for (const line of [...lines].sort((a, b) => (a.className === "chosen") - (b.className === "chosen"))) {
    const path = line.points.map(([px, py], i) => `${i ? "L" : "M"}${x(px).toFixed(1)} ${y(py).toFixed(1)}`).join("");
    svg.append(svgEl("path", { d: path, class: `line ${line.className}` }));
    for (const [px, py] of line.points) svg.append(svgEl("circle", { cx: x(px).toFixed(1), cy: y(py).toFixed(1), r: 2.5, class: `dot ${line.className}` }));
  }
  for (const level of levels || []) svg.append(levelName(level, lines, box, x, y));
  const labels = lines.map((line) => ({ line, end: line.points[line.points.length - 1] })).map(({ line, end }) => ({ line, x: x(end[0]), y: y(end[1]) + 4 }));
  spread(labels, 15, box.top + 4, box.bottom + 4);
  for (const label of labels) {
    const name = keyed ? String(lines.indexOf(label.line) + 1) : isolated(label.line.name);
    svg.append(textAt(label.x + 8, label.y, name, { class: `line-name ${label.line.className}` }));
  }
  if (keyed) lines.forEach((line, i) => {
    const name = `${i + 1}  ${isolated(shortened(line.name, width - 44, true))}`;
    svg.append(textAt(4, height + 12 + i * 18, name, { class: `line-name ${line.className}` }));
  });
  return svg;
}

// Bars that lie, one a row. rows: {name, strong, parts: [{value, className}], end, low?, high?}
function barPicture(picture) {
  const { id, width, title, description, rows, most, text, unit } = picture;
  const narrow = width < 620 && picture.longNames;
  const pitch = narrow ? 40 : 27, thick = 15;
  const left = narrow ? 4 : Math.min(width * 0.36, Math.max(40, ...rows.map((row) => widthOf(row.name, 12, row.strong))) + 14);
  const endRoom = Math.max(40, ...rows.map((row) => widthOf(row.end, 12, row.strong))) + 10;
  const box = { left, right: width - endRoom, top: 6, bottom: 6 + rows.length * pitch };
  const svg = svgPicture(id, width, box.bottom + 42, title, description);
  const x = linear(0, most, box.left, box.right);
  axisBelow(svg, box, x, niceTicks(most, width < 480 ? 3 : 6), text, unit);
  rows.forEach((row, i) => {
    const y = box.top + i * pitch + (narrow ? 20 : 6);
    const style = row.strong ? "name strong" : "name";
    if (narrow) svg.append(textAt(0, y - 6, isolated(shortened(row.name, width)), { class: style }));
    else svg.append(textAt(left - 8, y + 12, isolated(shortened(row.name, left - 8)), { "text-anchor": "end", class: style }));
    let at = 0;
    for (const part of row.parts) {
      svg.append(rectAt(x(at) + (at ? 0.75 : 0), y, x(at + part.value) - x(at) - (at ? 0.75 : 0), thick, part.className));
      at += part.value;
    }
    if (known(row.low)) whisker(svg, x(row.low), x(row.high), y + thick / 2, row.rough);
    svg.append(textAt(x(Math.max(at, row.high || 0)) + 6, y + 12, row.end, { class: row.strong ? "end strong" : "end" }));
  });
  return svg;
}

function whisker(svg, from, to, y, rough) {
  svg.append(lineAt(from, y, to, y, rough ? "whisker rough" : "whisker"), lineAt(from, y - 4, from, y + 4, "whisker"), lineAt(to, y - 4, to, y + 4, "whisker"));
}

function dataTable(caption, head, rows) {
  return el("table", { class: "plain" }, el("caption", { class: "unseen" }, caption),
    el("thead", null, el("tr", null, head.map((text) => el("th", { scope: "col" }, text)))),
    el("tbody", null, rows.map((row) => el("tr", null, row.map((value, i) => el(i ? "td" : "th", { scope: i ? null : "row" }, value))))));
}

// A figure: the picture, and under it the same figures as a table for those who do not see it.
function makeFigure(host, draw) {
  const plot = host.querySelector(".plot"), wide = host.querySelector(".wide");
  let drawn = 0;
  const redraw = () => {
    drawn = Math.max(300, Math.floor(plot.clientWidth));
    const { picture, table } = draw(drawn);
    setContent(plot, picture);
    setContent(wide, table);
  };
  addEventListener("resize", () => { if (Math.max(300, Math.floor(plot.clientWidth)) !== drawn) redraw(); });
  return redraw;
}
