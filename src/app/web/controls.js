"use strict";
// The controls of settings, made of their table.

function offersOf(setting, lists) {
  if (setting.offers === "models") return lists.models.map((model) => model.id);
  return setting.offers || [];
}

function optionsOf(setting, lists) {
  const options = setting.options === "backends" ? ["", ...lists.backends.map((backend) => backend.name)] : setting.options;
  return options.map((option) => el("option", { value: option }, option || setting.none));
}

function inputOf(setting, lists) {
  const common = { id: `set-${setting.key}`, placeholder: setting.hint || setting.none || null };
  if (setting.kind === "choice") return el("select", { id: common.id }, optionsOf(setting, lists));
  if (setting.kind === "yesno") return el("select", { id: common.id }, [["", "as usual"], ["true", "yes"], ["false", "no"]].map(([value, text]) => el("option", { value }, text)));
  if (setting.kind === "yes" || setting.kind === "no") return el("input", { type: "checkbox", id: common.id });
  if (setting.kind === "lines") return el("textarea", { ...common, rows: 2, spellcheck: "false" });
  if (setting.kind === "number" || setting.kind === "size") {
    return el("input", { ...common, type: "number", min: setting.kind === "size" ? 0 : setting.least, step: setting.kind === "size" ? "any" : setting.step || 1 });
  }
  return el("input", { ...common, type: "text", spellcheck: "false", autocomplete: "off" });
}

function offer(setting, input, lists) {
  const offers = offersOf(setting, lists);
  if (!offers.length) return null;
  input.setAttribute("list", `offers-${setting.key}`);
  return el("datalist", { id: `offers-${setting.key}` }, offers.map((value) => el("option", { value })));
}

// A control: its element, and set(value) to show what is asked. `change(key, value)` is called when the reader asks.
function makeControl(setting, lists, change) {
  const input = inputOf(setting, lists);
  const isSwitch = input.type === "checkbox";
  const text = () => (isSwitch ? String(input.checked) : input.value);
  const ask = () => change(setting.key, readers[setting.kind](text()));
  input.addEventListener(isSwitch || input.tagName === "SELECT" ? "change" : "input", ask);
  const element = isSwitch ? el("label", { class: "switch" }, input, " ", setting.label)
    : el("label", null, el("span", null, setting.label), input, offer(setting, input, lists));
  return {
    setting, element,
    set(value) {
      if (input === document.activeElement && !isSwitch) return;  // nobody is corrected while typing
      const shown = textOfSetting(setting, value);
      if (isSwitch) input.checked = shown === "true";
      else input.value = shown;
    },
  };
}

// Layers on GPUs, or whose experts stay in RAM: a slider besides the number.
function makeSlider(setting, change) {
  const range = el("input", { type: "range", min: 0, max: 1, id: `set-${setting.key}` });
  const itself = el("input", { type: "checkbox" });
  const said = el("output", { for: range.id });
  range.addEventListener("input", () => change(setting.key, Number(range.value)));
  itself.addEventListener("change", () => change(setting.key, itself.checked ? undefined : Number(range.value)));
  const element = el("div", { class: "slider", role: "group", "aria-label": setting.label },
    el("label", null, el("span", null, setting.label, " ", said), range), el("label", { class: "switch" }, itself, " as needed"));
  return {
    setting, element,
    // `most` layers; `placed` of them where nothing is asked.
    show(value, most, placed) {
      range.max = most;
      const number = typeof value === "number" ? (value < 0 ? most : Math.min(value, most)) : placed;
      if (range !== document.activeElement || value === undefined) range.value = number;
      itself.checked = value === undefined || value === "auto";
      said.textContent = `${number} of ${most}`;
    },
  };
}

function makeControls(lists, change) {
  const sliders = settings.filter((setting) => setting.kind === "layers").map((setting) => makeSlider(setting, change));
  const controls = settings.filter((setting) => setting.kind !== "layers").map((setting) => makeControl(setting, lists, change));
  byId("first-settings").append(...controls.filter(({ setting }) => setting.first).map(({ element }) => element));
  byId("offload").append(...sliders.map(({ element }) => element));
  for (const group of [...new Set(settings.map((setting) => setting.group))].filter(Boolean)) {
    const inside = controls.filter(({ setting }) => setting.group === group);
    byId("settings").append(el("fieldset", { "data-group": group }, el("legend", null, group), el("div", { class: "settings" }, inside.map(({ element }) => element))));
  }
  return {
    // What is asked, and which of it means something here.
    show(asked) {
      const runtime = runtimeOf(asked);
      for (const control of controls) {
        control.element.hidden = !takes(runtime, control.setting);
        control.set(asked[control.setting.key]);
      }
      for (const group of byId("settings").children) group.hidden = ![...group.querySelectorAll("label")].some((label) => !label.hidden);
      if (runtime !== llama) sliders.forEach((slider) => { slider.element.hidden = true; });
    },
    // What the runtime made of it, for the sliders.
    showPlaced(asked, answer) {
      const placement = answer.placement || {};
      const layers = (placement.layers || []).length;
      const hasExperts = answer.model.active_parameters < answer.model.parameters;
      for (const { element, setting, show } of sliders) {
        element.hidden = runtimeOf(asked) !== llama || !layers || (setting.experts && !hasExperts);
        const onGpus = (placement.layers || []).filter((place) => place.startsWith("gpu")).length;
        const all = setting.experts ? layers : layers + 1;
        const placed = setting.experts ? placement.n_cpu_moe || 0 : onGpus === layers ? all : onGpus;
        show(asked[setting.key], all, placed);
      }
    },
  };
}
