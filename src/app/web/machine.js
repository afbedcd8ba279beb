"use strict";
// The machine: its text, as `--on` takes it, is what counts; the rows below it are another way to write that text.

const own = "vram=";

// "2x rtx-3090 + rtx-3060, ram=64GiB" as rows and RAM.
function partsOfMachine(text) {
  let ram = "";
  const rest = text.replace(/\s*,\s*ram=([^,]*)/i, (whole, size) => { ram = size.trim(); return ""; });
  const parts = rest.split(" + ").map((part) => part.trim()).filter(Boolean).map((part) => {
    const counted = /^(\d{1,2}) ?x\s+(.+)$/i.exec(part);
    return counted ? { count: Number(counted[1]), name: counted[2] } : { count: 1, name: part };
  });
  return { parts, ram };
}

function textOfMachine({ parts, ram }) {
  const cards = parts.filter((part) => part.name).map((part) => (part.count > 1 ? `${part.count}x ${part.name}` : part.name)).join(" + ");
  return cards && ram ? `${cards}, ram=${ram}` : cards;
}

const ownParts = (name) => Object.fromEntries(name.split(",").map((field) => field.split("=").map((word) => word.trim())));

// onChange(text) is called when a row says something else.
function makeMachine(host, onChange) {
  let machine = { parts: [], ram: "" };
  const rows = el("ol", { class: "parts" });
  const add = el("button", { type: "button" }, "Add a GPU");
  const addOwn = el("button", { type: "button" }, "Add a GPU of your own figures");
  const guess = el("button", { type: "button", id: "guess" }, "What this browser says");
  const said = el("p", { class: "note", id: "guess-said" });
  const ram = el("input", { type: "text", id: "machine-ram", placeholder: "64GiB", autocomplete: "off" });
  host.append(rows, el("div", { class: "buttons" }, add, addOwn, guess), said,
    el("label", { class: "short" }, el("span", null, "RAM beside it"), ram));

  const changed = () => onChange(textOfMachine(machine));

  function field(label, input, set) {
    input.addEventListener("change", () => { set(input.value.trim()); changed(); });
    return el("label", null, el("span", null, label), input);
  }

  function ownFields(part) {
    const now = ownParts(part.name);
    const write = (key, value) => {
      const fields = { ...ownParts(part.name), [key]: value };
      part.name = Object.entries(fields).filter(([, text]) => text).map(([name, text]) => `${name}=${text}`).join(",");
    };
    return [["vram", "Memory", "24GiB"], ["bandwidth", "Bandwidth (GB/s)", "1008"], ["fp16", "FP16 (TFLOPS)", "330"]].map(([key, label, hint]) =>
      field(label, el("input", { type: "text", value: now[key] || "", placeholder: hint, autocomplete: "off" }), (value) => write(key, value)));
  }

  function row(part, i) {
    const count = el("input", { type: "number", min: 1, max: 64, value: part.count, inputmode: "numeric" });
    const remove = el("button", { type: "button", "aria-label": `Remove GPU ${i + 1}` }, "Remove");
    remove.addEventListener("click", () => {
      machine.parts.splice(i, 1);
      draw();
      changed();
      (rows.querySelector("input") || add).focus();
    });
    const name = () => field("Device", el("input", { type: "text", list: "device-names", value: part.name, autocomplete: "off", spellcheck: "false" }), (value) => { part.name = value; });
    return el("li", null, field("Count", count, (value) => { part.count = Math.min(Math.max(Number(value) || 1, 1), 64); }),
      part.name.startsWith(own) ? ownFields(part) : name(), remove);
  }

  const draw = () => setContent(rows, machine.parts.map(row));

  function append(part) {
    machine.parts.push(part);
    draw();
    [...rows.querySelectorAll("li:last-child input")][1].focus();
    if (part.name) changed();
  }

  add.addEventListener("click", () => append({ count: 1, name: "" }));
  addOwn.addEventListener("click", () => append({ count: 1, name: "vram=24GiB,bandwidth=1008" }));
  ram.addEventListener("change", () => { machine.ram = ram.value.trim(); changed(); });
  guess.addEventListener("click", () => {
    const whole = rendererOfBrowser();
    const gpu = gpuOfRenderer(whole);
    setContent(said, gpu ? say`The browser says ${bdi(whole)}. It knows neither the memory of a card with several sizes nor your RAM.`
      : browserHides(whole));
    if (!gpu) return;
    machine = { parts: [{ count: 1, name: gpu }], ram: machine.ram };
    draw();
    changed();
  });

  return {
    set(text) {
      const next = partsOfMachine(text);
      if (textOfMachine(next) === textOfMachine(machine) && machine.parts.length) return;  // keeps the focus and an empty row
      machine = next;
      ram.value = machine.ram;
      draw();
    },
  };
}
