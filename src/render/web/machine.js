// "Your machine": devices that the reader pinned. They stand first in the text, the tables and the pictures; each has a
// card with its verdict, and two are compared. Pins are kept in the address.

const mostPins = 4;
const colours = { great: "#0f6236", well: "#17538a", tight: "#7a4a00", big: "#972626" };

// What is drawn at most: the power that the maker rates, as long as a token takes.
const energyText = (watts, decode) => `at most ${(watts / decode).toPrecision(2)} joules a token, at its rated ${grouped(watts)} W`;

const verdictSentences = ["runs great on", "runs well on", "is tight on", "is too big for", "cannot run in this state on"];

// What a card says of a row, as plain texts: for the page, to copy, and for its picture.
function cardOf(row, { figures, s, scene, model }) {
  const { device } = row;
  const needs = row.required === null ? "" : `: it needs up to ${gbText(row.required)} of ${gbText(row.usable)} usable`;
  const lacks = row.verdict === tooBig && row.free < 0 ? `, ${gbText(-row.free)} too much` : "";
  const several = device.gpus > 1 ? ` on the fullest of ${device.gpus} GPUs` : "";
  const longest = figures.longestContext(device, s), best = figures.bestQuantization(device, s);
  const mark = row.measured ? "" : "~";
  const each = figures.parallel(s) > 1 && known(row.together)
    ? [["All slots together", `${mark}${rate(row.together.value)} tok/s${bandText(row.together.low, row.together.high)}`]] : [];
  const speeds = known(row.decode) ? [
    ["Decode", `${mark}${rate(row.decode)} tok/s${bandText(row.low, row.high)}`],
    ...(known(row.full) ? [["With a full context", `${mark}${rate(row.full)} tok/s`]] : []), ...each,
    ...(known(row.first) ? [["First token", `${secondsText(row.first)} after a prompt of ${grouped(figures.data.request.prompt)} tokens`]] : []),
    ...(known(device.watts) ? [["Energy", energyText(device.watts, row.decode)]] : []),
  ] : [];
  return {
    device, row, sentence: `${model.name} ${scene} ${verdictSentences[row.verdict]} the ${device.name}${needs}${several}${lacks}.`,
    facts: [...speeds,
      ["Longest context listed", longest === null ? "none at this quantization" : `${grouped(figures.contexts[longest])} tokens${longest === figures.contexts.length - 1 ? " (all)" : ""}`],
      ["Best quantization", best === null ? "none leaves room to spare" : `${figures.quantizations[best].name} (the most bits that run well)`]],
  };
}

const cardText = (card) => [card.sentence, ...card.facts.map(([name, text]) => `${name}: ${text}`)].join("\n").replace(/\u00a0/g, " ");
const cardMarkdown = (card) => [`**${markdownText(card.sentence)}**`, "", ...card.facts.map(([name, text]) => `- ${name}: ${markdownText(text)}`)].join("\n").replace(/\u00a0/g, " ");

// The bar of a card: what is needed against what is usable, with the limits of the verdicts.
function cardBar(row) {
  const share = row.share || 0, scale = Math.max(1, share);
  const used = el("i", { class: verdictClasses[row.verdict] });
  used.style.width = `${(share / scale * 100).toFixed(1)}%`;
  const limit = el("b", null);
  limit.style.left = `${(100 / scale).toFixed(1)}%`;
  return el("div", { class: "capacity", "aria-hidden": "true" }, used, limit);
}

// "The A decodes 2.9 times as fast as the B and has 11.20 GB more free."
function comparison(a, b) {
  const faster = known(a.decode) && known(b.decode) ? (a.decode >= b.decode ? [a, b] : [b, a]) : null;
  const roomier = a.free >= b.free ? [a, b] : [b, a];
  const speed = !faster ? null : faster[0].decode / faster[1].decode < 1.05 ? say`Both decode about equally fast.`
    : say`The ${nameOf(faster[0])} decodes ${(faster[0].decode / faster[1].decode).toFixed(1)} times as fast as the ${nameOf(faster[1])}.`;
  const room = a.free === null || b.free === null ? null : say`The ${nameOf(roomier[0])} has ${gbText(roomier[0].free - roomier[1].free)} more to spare.`;
  return [speed, speed && room ? " " : "", room];
}

function cardElement(card, page) {
  const { row, device } = card;
  const unpin = el("button", { type: "button", class: "link", "aria-label": `Unpin ${device.name}` }, "Unpin");
  unpin.addEventListener("click", () => page.pin(device.id));
  const bold = row.measured || !known(row.decode) ? null : el("p", { class: "note" }, "~ Nobody has measured this device with such a model: the speed is an estimate with a wider band.");
  const felt = known(row.decode) ? feltOf(row, device.name) : {};
  const words = known(row.decode) ? el("p", { class: "note" }, wordsAMinute(row.decode)) : null;
  const texts = { model: `${page.model.name} ${page.quantization}`, device: device.name, verdict: verdictWords[row.verdict], colour: colours[verdictClasses[row.verdict]], share: row.share || 0 };
  return el("article", { class: "card", "data-id": device.id, "aria-label": `Verdict on ${device.name}` },
    el("h3", null, bdi(device.name), " ", verdictMark(row.verdict), unpin),
    el("p", { class: "sentence" }, bdi(card.sentence)), cardBar(row),
    el("dl", null, card.facts.map(([name, text]) => el("div", null, el("dt", null, name), el("dd", null, text)))),
    words, bold, felt.place,
    el("p", { class: "copies" }, felt.button,
      copyButton("Copy link", `Copy link: ${device.name}`, () => page.address([device.id])),
      copyButton("Copy text", `Copy text: ${device.name}`, () => cardText(card)),
      copyButton("Copy Markdown", `Copy Markdown: ${device.name}`, () => cardMarkdown(card)),
      saveButton("Save picture", `Save picture: ${device.name}`, "lfmfit.png", () => cardPicture({ ...texts, lines: card.facts.slice(0, 4).map(([name, text]) => `${name}: ${text}`) }))));
}

// A search for a device by name that offers what it may mean. `choose(device)` takes the one.
function makeDeviceSearch({ input, suggestions, answer, devices, finder, choose }) {
  const offer = (found) => setContent(suggestions, found.slice(0, 12).map((item) => {
    const button = el("button", { type: "button" }, bdi(item.name));
    button.addEventListener("click", () => { take(item); input.focus(); });
    return button;
  }));
  const take = (item) => { offer([]); choose(item); };
  const guess = el("button", { type: "button", class: "guess" }, "Ask this browser for its GPU");
  guess.addEventListener("click", () => {
    const whole = rendererOfBrowser(), gpu = gpuOfRenderer(whole);
    if (!gpu) {
      setContent(answer, browserHides(whole));
      announce(answer.textContent);
      return;
    }
    input.value = gpu;
    input.dispatchEvent(new Event("input"));
    const found = meant(gpu);
    if (found.length === 1) take(found[0]);
  });
  input.closest(".ask").append(guess);
  function meant(text) {
    if (!text.trim()) return [];
    const found = finder(text);
    return found.length ? found : devices.filter((item) => says(`${item.name} ${item.id} ${item.vendor}`, text));
  }
  const hint = (found, text) => setContent(answer, !text.trim() ? "" : found.length
    ? `${plural(found.length, "device", "devices")} of that name${found.length > 12 ? "; the first ones:" : ":"}` : "No device of that name is known.");
  return { meant, offer, hint, take };
}
