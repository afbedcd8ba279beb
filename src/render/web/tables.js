// A table that sorts, filters and searches. Rows come ranked; ties of every order keep that rank, and pinned rows stand
// before all others.
//
// columns: {key, label, hint, kind: "text" | "number", first: "up" | "down", value(row), cell(row), shown()}
// filters: {key, label, value(row)}, whose value may be a list; a row is found by search(row)

function makeTable(options) {
  const { id, host, columns, filters, search, caption, nouns, limit, onChange } = options;
  const state = { find: "", sort: "", down: false, all: false, chosen: {} };  // no sort: as the rows are ranked
  let rows = [];

  const find = el("input", { type: "search", id: `${id}-find`, autocomplete: "off", spellcheck: "false" });
  const selects = filters.map((filter) => ({ filter, select: el("select", { id: `${id}-${filter.key}` }) }));
  const status = el("p", { class: "shown" });
  const more = el("button", { type: "button", class: "more" });
  const copy = options.csv ? copyButton("Copy as CSV", `Copy as CSV: ${caption}`, () => options.csv(found())) : null;
  const head = el("tr");
  const body = el("tbody");
  const table = el("table", { class: "devices", id: `${id}-table` },
    el("caption", { class: "unseen" }, caption), el("thead", null, head), body);
  const controls = el("div", { class: "filters", role: "group", "aria-label": `Filter: ${caption}` },
    el("label", null, el("span", null, "Search"), find),
    selects.map(({ filter, select }) => el("label", null, el("span", null, filter.label), select)));
  host.append(...[controls, status, el("div", { class: "wide" }, table), more, copy].filter(Boolean));

  function optionsOf({ filter, select }) {
    const values = filter.values ? filter.values : [...new Set(rows.flatMap(filter.value))].filter(Boolean).sort();
    const wanted = (state.chosen[filter.key] || "").toLowerCase();
    const chosen = values.find((value) => value.toLowerCase() === wanted) || "";
    state.chosen[filter.key] = chosen;  // what no row has filters nothing
    setContent(select, el("option", { value: "" }, "all"),
      values.map((value) => el("option", { value, selected: value === chosen }, value)));
    select.value = chosen;
  }

  let meant = new Set();  // what the words of the search mean as a name
  const hear = (text) => { state.find = text; meant = new Set(text.trim() && options.finder ? options.finder(text).map((item) => item.id) : []); };

  function passes(row) {
    return (says(search(row), state.find) || meant.has(row.id)) &&
      filters.every((filter) => (filter.shown && !filter.shown()) || !state.chosen[filter.key] || [filter.value(row)].flat().includes(state.chosen[filter.key]));
  }

  const visibleColumns = () => columns.filter((column) => !column.shown || column.shown());
  const isPinned = options.isPinned || (() => false);

  function compare(column) {
    const sign = state.down ? -1 : 1;
    return (a, b) => {
      const x = column.value(a), y = column.value(b);
      if (!known(x) || !known(y)) return known(x) ? -1 : known(y) ? 1 : 0;  // what is not known comes last
      return x < y ? -sign : x > y ? sign : 0;
    };
  }

  const found = () => {
    const column = columns.find((candidate) => candidate.key === state.sort), list = rows.filter(passes);
    if (column) list.sort(compare(column));
    return list.sort((a, b) => isPinned(b) - isPinned(a));
  };

  // One way, the other way, and as it was.
  function sortBy(column) {
    const first = column.first === "down", isOver = state.sort === column.key && state.down !== first;
    state.down = state.sort === column.key ? !state.down : first;
    state.sort = isOver ? "" : column.key;
    draw();
    head.querySelector(`[data-key="${column.key}"] button`).focus();
    onChange();
  }

  function headCell(column) {
    const sorted = state.sort === column.key;
    const button = el("button", { type: "button", title: column.hint }, column.label);
    button.addEventListener("click", () => sortBy(column));
    return el("th", {
      scope: "col", "data-key": column.key, class: column.kind,
      "aria-sort": sorted ? (state.down ? "descending" : "ascending") : "none",
    }, button);
  }

  function drawRow(row, visible) {
    return el("tr", { "data-id": options.idOf(row), class: isPinned(row) ? "pinned" : null }, visible.map((column, i) =>
      el(i === 0 ? "th" : "td", { scope: i === 0 ? "row" : null, class: `${column.kind} ${column.key}`, "data-label": column.label },
        column.cell(row))));
  }

  function draw() {
    const visible = visibleColumns();
    if (!visible.some((column) => column.key === state.sort)) state.sort = "";
    setContent(head, visible.map(headCell));
    const all = found();
    const shown = state.all ? all : all.slice(0, limit);
    setContent(body, shown.map((row) => drawRow(row, visible)));
    if (!all.length) body.append(el("tr", { class: "none" }, el("td", { colspan: visible.length }, `No ${nouns[1]} match these filters.`)));
    const total = rows.length === all.length ? "" : ` that match, ${grouped(rows.length)} in all`;
    status.textContent = `Showing ${grouped(shown.length)} of ${plural(all.length, nouns[0], nouns[1])}${total}.`;
    more.hidden = all.length <= limit;
    more.textContent = state.all ? `Show the first ${limit}` : `Show all ${plural(all.length, nouns[0], nouns[1])}`;
  }

  function changed() {
    draw();
    announce(status.textContent);
    onChange();
  }

  find.addEventListener("input", () => { hear(find.value); changed(); });
  selects.forEach(({ filter, select }) =>
    select.addEventListener("change", () => { state.chosen[filter.key] = select.value; changed(); }));
  more.addEventListener("click", () => { state.all = !state.all; draw(); announce(status.textContent); });

  return {
    rows: () => found(),
    setRows(ranked) {
      rows = ranked;
      selects.forEach(optionsOf);
      selects.forEach(({ filter, select }) => { select.parentNode.hidden = filter.shown ? !filter.shown() : false; });
      draw();
    },
    redraw: draw,
    rank() {
      state.sort = "";
      state.down = false;
    },
    restore(hash) {
      hear(hash.get(`${id}.find`) || "");
      find.value = state.find;
      for (const filter of filters) state.chosen[filter.key] = hash.get(`${id}.${filter.key}`) || "";
      const order = hash.get(`${id}.sort`) || "";
      const key = order.replace(/^-/, "");
      state.sort = columns.some((column) => column.key === key) ? key : "";
      state.down = order.startsWith("-") && state.sort === key;
    },
    hash() {
      const order = state.sort && (state.down ? "-" : "") + state.sort;
      return [[`${id}.find`, state.find], ...filters.map((filter) => [`${id}.${filter.key}`, state.chosen[filter.key]]),
        [`${id}.sort`, order]];
    },
  };
}

const fastestFirst = (a, b) => (known(b.decode) ? b.decode : -1) - (known(a.decode) ? a.decode : -1);
const byName = (a, b) => (a.id < b.id ? -1 : a.id > b.id ? 1 : 0);
const byRank = (a, b) => a.verdict - b.verdict || fastestFirst(a, b) || byName(a, b);
const runsAtAll = (row) => row.verdict < tooBig;

// Among what runs it people's own devices before workstations' and those before datacenters'; of what is too small the
// nearest first.
function ownFirst(a, b) {
  if (runsAtAll(a) !== runsAtAll(b)) return runsAtAll(a) ? -1 : 1;
  if (!runsAtAll(a)) return (a.verdict - b.verdict) || (a.share - b.share) || byName(a, b);
  return (a.device.tier || 0) - (b.device.tier || 0) || byRank(a, b);
}
