"use strict";
// What the page of a model and the index share: reading the data, the texts of figures, building elements,
// and the state in the address. Every text enters the document as text, never as HTML.

// ---- data

// An array of objects may come as {"columns": [...], "rows": [[...]]}, which is a third of the size.
function unpack(list) {
  if (!list || !list.columns) return list || [];
  return list.rows.map((row) => {
    const item = {};
    list.columns.forEach((column, i) => { if (row[i] !== null && row[i] !== undefined) item[column] = row[i]; });
    return item;
  });
}

function readData(keys) {
  const data = JSON.parse(document.getElementById("data").textContent);
  for (const key of keys) data[key] = unpack(data[key]);
  return data;
}

const verdictWords = ["runs great", "runs well", "tight", "too big", "cannot run"];
const verdictClasses = ["great", "well", "tight", "big", "big"];
const tooBig = 3;
const cannotRun = 4;

// What a driver takes besides the pool of a state: more where the state asks for cuBLAS (1) or for tiles (2).
function driverBytes(driver, asks) {
  return driver.driver_bytes + (asks & 1 ? driver.blas_bytes : 0) + (asks & 2 ? driver.tile_bytes : 0);
}

function driverHighBytes(driver, asks) {
  return driver.driver_high_bytes + (asks & 1 ? driver.blas_high_bytes : 0) + (asks & 2 ? driver.tile_bytes : 0);
}

// The limits are the program's; the page only compares.
function verdictOf(required, most) {
  if (required === null) return cannotRun;
  const found = most.findIndex((limit) => required <= limit);
  return found < 0 ? tooBig : found;
}

// ---- texts of figures, as the command line prints them

const gb = (bytes) => (Math.abs(bytes) < 99.995e9 ? (bytes / 1e9).toFixed(2) : (bytes / 1e9).toFixed(1));
const gbText = (bytes) => `${gb(bytes)}\u00a0GB`;
const grouped = (number) => String(number).replace(/\B(?=(\d{3})+(?!\d))/g, ",");
const rate = (value) => (value < 9.95 ? value.toFixed(1) : String(Math.round(value)));
const known = (value) => value !== null && value !== undefined;
const orDash = (value, text) => (known(value) ? text(value) : "\u2013");

function parametersText(count) {
  return count < 999.5e6 ? `${(count / 1e6).toFixed(0)} M` : `${(count / 1e9).toFixed(2)} B`;
}

// GiB are what cards are sold by: 24 GiB, not 25.8 GB.
function gibText(bytes) {
  const gib = bytes / 2 ** 30;
  return `${Number.isInteger(gib) ? gib : gib.toFixed(1)} GiB`;
}

// Parts of a printed sum in hundredths of a GB that add up to the printed total: the largest remainders are rounded up.
function partsThatAddUp(parts, total) {
  const hundredth = 1e7;
  const counts = parts.map((part) => Math.floor(part / hundredth));
  let missing = Math.floor((total + hundredth / 2) / hundredth) - counts.reduce((a, b) => a + b, 0);
  const order = parts.map((part, i) => i).sort((a, b) => (parts[b] % hundredth) - (parts[a] % hundredth) || a - b);
  for (const i of order) {
    if (missing-- <= 0) break;
    counts[i] += 1;
  }
  return counts.map((count) => (count / 100).toFixed(2));
}

const secondsText = (seconds) => (seconds < 0.1 ? `${Math.max(1, Math.round(seconds * 1000))} ms` : seconds < 9.95 ? `${seconds.toFixed(1)} s` : seconds < 120 ? `${Math.round(seconds)} s` : `${Math.round(seconds / 60)} min`);
const bandText = (low, high) => (rate(low) === rate(high) ? "" : ` (${rate(low)}-${rate(high)})`);

const plural = (count, one, many) => `${grouped(count)} ${count === 1 ? one : many}`;

function listed(parts) {
  if (parts.length < 2) return parts.join("");
  return `${parts.slice(0, -1).join(", ")} and ${parts[parts.length - 1]}`;
}

// ---- elements

const byId = (id) => document.getElementById(id);

function fill(element, attributes, children) {
  for (const [name, value] of Object.entries(attributes || {})) {
    if (value === null || value === undefined || value === false) continue;
    element.setAttribute(name, value === true ? "" : value);
  }
  element.append(...children.flat(Infinity).filter((child) => known(child) && child !== ""));
  return element;
}

const el = (tag, attributes, ...children) => fill(document.createElement(tag), attributes, children);
const svgEl = (tag, attributes, ...children) =>
  fill(document.createElementNS("http://www.w3.org/2000/svg", tag), attributes, children);

// Names are data of others: <bdi> keeps a right-to-left name from turning the text around it.
const bdi = (text) => el("bdi", null, String(text));
// Where no element can stand (SVG, option), the isolating characters do the same.
const isolated = (text) => `\u2068${text}\u2069`;
const quiet = (text) => el("span", { class: "unseen" }, text);

// say`On ${bdi(name)}: ${n}` makes the nodes of a sentence.
function say(strings, ...values) {
  return strings.flatMap((text, i) => (i < values.length ? [text, values[i]] : [text])).flat();
}

const setContent = (element, ...nodes) => {
  element.replaceChildren(...nodes.flat(Infinity).filter((node) => known(node) && node !== ""));
  return element;
};

function selectOf(label, options, chosen, onChange) {
  const select = el("select", null, options.map((option, i) => el("option", { value: i, selected: i === chosen }, option)));
  select.addEventListener("change", () => onChange(Number(select.value)));
  return { select, label: el("label", null, el("span", null, label), select) };
}

// The one place that speaks when something changes.
function announce(text) {
  byId("announcement").textContent = text;
}

function verdictMark(verdict) {
  return el("span", { class: `verdict ${verdictClasses[verdict]}` }, verdictWords[verdict]);
}

// ---- the state in the address, so that a page in a certain state can be sent to somebody

function readHash() {
  const text = location.hash.slice(1);
  return new URLSearchParams(text.includes("=") ? text : "");
}

function hashText(pairs) {
  const kept = pairs.filter(([, value]) => known(value) && value !== "");
  return kept.length ? `#${kept.map(([key, value]) => `${key}=${encodeURIComponent(value).replace(/%2C/g, ",")}`).join("&")}` : "";
}

function writeHash(pairs) {
  const text = hashText(pairs);
  const address = text || location.href.split("#")[0];
  try {
    history.replaceState(null, "", address);
  } catch (refused) {
    location.hash = text;  // some browsers allow no replaceState for a page from disk
  }
}

// Links within the page must not replace the state in the address.
function keepHashOnJump(root) {
  root.addEventListener("click", (event) => {
    const link = event.target.closest('a[href^="#"]');
    if (!link) return;
    const target = byId(link.getAttribute("href").slice(1));
    if (!target) return;
    event.preventDefault();
    drawAllWaiting();
    target.scrollIntoView();
    const heading = target.querySelector("h2") || target;
    heading.setAttribute("tabindex", "-1");
    heading.focus({ preventScroll: true });
  });
}

// ---- drawing in pieces

// What a change of the state draws anew: what is near the screen at once, the rest piece by piece when there is time, so
// that no change waits for what nobody looks at. A later change takes the place of what is still waiting.
const waiting = new Map();  // by element
let waits = 0;

function drawWaiting(element) {
  const draw = waiting.get(element);
  waiting.delete(element);
  if (draw) draw();
  document.documentElement.toggleAttribute("data-drawing", waiting.size > 0);
}

const drawAllWaiting = () => [...waiting.keys()].forEach(drawWaiting);

function drawOneByOne() {
  waits = 0;
  if (!waiting.size) return;
  drawWaiting(waiting.keys().next().value);
  if (waiting.size) waits = setTimeout(drawOneByOne);
}

function drawSoon(pieces) {
  for (const [element, draw] of pieces) waiting.set(element, draw);
  const near = pieces.filter(([element]) => { const { top, bottom } = element.getBoundingClientRect(); return bottom > -200 && top < innerHeight + 200; });
  near.forEach(([element]) => drawWaiting(element));
  document.documentElement.toggleAttribute("data-drawing", waiting.size > 0);
  if (!waits && waiting.size) waits = setTimeout(drawOneByOne);
}

// A picture or table that closes its details would be missing on paper.
function openDetailsForPrint() {
  let opened = [];
  addEventListener("beforeprint", () => {
    drawAllWaiting();
    opened = [...document.querySelectorAll("details:not([open])")];
    opened.forEach((details) => { details.open = true; });
  });
  addEventListener("afterprint", () => opened.forEach((details) => { details.open = false; }));
}

// The page stays hidden until it is whole: it is painted once and nothing moves afterwards.
addEventListener("error", (event) => {
  byId("page").hidden = false;
  byId("page").before(el("p", { class: "problem", role: "alert" }, `This page met a problem: ${event.message}`));
}, { once: true });

function reveal(start) {
  byId("plain").remove();
  byId("page").hidden = false;  // pictures are drawn at the width that they have
  start();
  openDetailsForPrint();
  keepHashOnJump(document);
  const anchor = location.hash.slice(1);
  if (anchor && !anchor.includes("=") && byId(anchor)) byId(anchor).scrollIntoView();
}
