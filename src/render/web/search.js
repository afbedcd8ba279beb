// Devices by name. The rules are the program's (src/catalog: spoken_device, device_entry, device_index), so that a name
// finds here what it finds there, but for names that only drivers print; tests/browser asks both for the same names.

const saysNothing = new Set("graphics gpu gpus corporation generation edition series processor processors with w inc design r tm cpu vga card phone devices superchip handheld vf hf mxgpu refresh board".split(" "));
const makers = new Set("nvidia geforce quadro tesla amd ati radeon intel apple qualcomm google radeonpro".split(" "));
const lines = new Set("rtx gtx gt rx arc instinct ryzen core xeon threadripper epyc jetson gold silver platinum samsung mediatek".split(" "));
const oneWord = ["max q", "macbook air", "macbook pro", "macbook neo", "mac mini", "mac studio", "mac pro", "ipad air", "ipad pro", "ipad mini", "radeon pro"];
const noWord = ["data center", "lite hash rate"];
const compounds = { tis: ["ti", "super"], tisuper: ["ti", "super"], tim: ["ti", "m"], superm: ["super", "m"], sm: ["super", "m"], mxt: ["m", "xt"], dv: ["d", "v"] };
const oftenLeftOut = new Set(["sxm", "pcie", "oam", "ada", "blackwell", "modified"]);
const isMemoryKind = (word) => /^(.{0,2}ddr\d|hbm\d)/.test(word);

function plainText(text) {
  let plain = text.toLowerCase().replace(/\((r|tm|c)\)|[\u00ae\u2122]/g, " ").replace(/[^\p{L}\p{N}.()]+/gu, " ").replace(/\.(?!\d)|(?<!\d)\./g, " ");
  for (const pair of oneWord) plain = plain.replace(new RegExp(`\\b${pair}\\b`, "g"), pair.replace(" ", ""));
  for (const pair of noWord) plain = plain.replace(new RegExp(`\\b${pair}\\b`, "g"), " ");
  return plain.replace(/\d+(?:\.\d+)?th gen\b/g, " ");
}

// What a text says of a device: sorted words, cut between letters and digits, and sizes apart.
function spokenDevice(text) {
  const said = { words: [], asides: [], brands: [], memory: [], cores: 0, printed: false };
  let depth = 0;
  const hear = (word, aside) => {
    if (makers.has(word)) said.printed = true;
    if (makers.has(word) || lines.has(word)) return said.brands.push(word);
    if (isMemoryKind(word)) return said.asides.push(word);
    if (word === "mobile" || word === "notebook") return hear("laptop", aside);
    if (saysNothing.has(word)) return undefined;
    const list = aside ? said.asides : said.words;
    for (let piece of word.replace(/^sxm\d$/, "sxm").replace(/\./g, "").match(/\d+|\D+/g) || []) {
      if (compounds[piece] && list.length) [, piece] = [list.push(compounds[piece][0]), compounds[piece][1]];
      (lines.has(piece) || makers.has(piece) ? said.brands : list).push(piece);
    }
    return undefined;
  };
  const words = plainText(text).replace(/(\d(?:\.\d+)?) (gb|gib|mib|cores?|ghz)\b/g, "$1$2").match(/[()]|[^\s()]+/g) || [];
  for (const word of words) {
    if (word === "(" || word === ")") { depth = Math.max(0, depth + (word === "(" ? 1 : -1)); continue; }
    const [, number, unit] = word.match(/^(\d+(?:\.\d+)?)(gb|gib|g|mib|cores?|c|ghz)$/) || [];
    if (["gb", "gib"].includes(unit) || (unit === "g" && number <= 1024)) said.memory.push(Number(number));
    else if (unit === "mib") said.memory.push(number / 1024);
    else if (unit && unit.startsWith("c")) said.cores = Number(number);
    else if (unit !== "ghz") hear(word, depth > 0);
  }
  return said;
}

const hasAll = (list, part) => part.every((word) => list.includes(word));
const isSizeOf = (device, gib, tolerance) => [1, device.gpus || 1].some((count) => Math.abs(gib * 2 ** 30 / (device.memory_bytes * count) - 1) <= tolerance);

function brandsOf(device, said) {
  const brands = [...said.brands, ...spokenDevice(device.name).brands, device.vendor.toLowerCase()];
  if (device.vendor === "NVIDIA" && device.segment === "datacenter") brands.push("tesla");
  if (device.vendor === "AMD" && device.class !== "cpu") brands.push("radeon");
  if (device.vendor === "AMD" && device.segment === "datacenter") brands.push("instinct");
  if (brands.includes("threadripper")) brands.push("ryzen");
  return brands;
}

// The ways to name a device: by its id, by its name and the names that it joins, by what people call it.
function entriesOf(device, called) {
  const entries = [];
  const add = (text, typedOnly) => {
    const said = spokenDevice(text);
    if (!said.words.length) return;
    const needed = said.words.filter((word) => !oftenLeftOut.has(word)), leftOut = said.words.filter((word) => oftenLeftOut.has(word));
    const besides = [...said.asides, device.segment === "laptop" ? "laptop" : "desktop"].filter((word) => !needed.includes(word));
    const entry = { device, needed, said, typedOnly, rest: [...leftOut, ...besides, ...spokenDevice(device.vendor).words], leftOut: leftOut.length + spokenDevice(device.name).asides.filter((word) => oftenLeftOut.has(word)).length, brands: brandsOf(device, said) };
    const forms = [entry];
    for (const [word, letter] of [["laptop", "m"], ["super", "s"]]) {
      for (const form of [...forms]) {
        if (form.needed.includes(word)) forms.push({ ...form, needed: form.needed.map((other) => (other === word ? letter : other)) });
      }
    }
    entries.push(...forms);
  };
  [device.id, device.name, ...device.name.split("/").slice(0, 1)].forEach((text) => add(text, false));
  if (called) add(called, true);
  return entries;
}

function makeDeviceFinder(devices, alsoCalled = {}) {
  const letters = (text) => text.toLowerCase().replace(/[^a-z0-9]/g, "");
  const byLetters = new Map();
  for (const device of devices) byLetters.set(letters(device.id), device);
  for (const device of devices) if (alsoCalled[device.id] && !byLetters.has(letters(alsoCalled[device.id]))) byLetters.set(letters(alsoCalled[device.id]), device);
  let entries = null;  // made when somebody first asks

  function isNamed(entry, wanted) {
    const { said, words } = wanted;
    if (entry.typedOnly && said.printed) return false;
    if (!hasAll(words, entry.needed) || !hasAll(entry.brands, said.brands)) return false;
    if (!hasAll(entry.rest, words.filter((word) => !entry.needed.includes(word)))) return false;
    if (!entry.said.memory.every((gib) => isSizeOf(entry.device, gib, 0.07) || said.memory.includes(gib))) return false;
    return said.memory.every((gib) => isSizeOf(entry.device, gib, 0.07) || entry.said.memory.includes(gib));
  }

  function named(said) {
    const wanted = { said, words: [...said.words, ...said.asides] };
    const hits = entries.filter((entry) => isNamed(entry, wanted)).map((entry) => ({ entry, unsaid: entry.leftOut - wanted.words.filter((word) => !entry.needed.includes(word) && oftenLeftOut.has(word)).length }));
    const least = hits.filter((hit) => hit.unsaid === Math.min(...hits.map((other) => other.unsaid)));
    const devicesOf = (list) => [...new Set(list.map((hit) => hit.entry.device))];
    const plain = devicesOf(least.filter((hit) => hit.unsaid === 0 && !hit.entry.said.memory.length && !hit.entry.said.asides.length));
    if (!said.printed && plain.length === 1) return plain;
    const exact = devicesOf(least.filter((hit) => said.memory.every((gib) => isSizeOf(hit.entry.device, gib, 0.005) || hit.entry.said.memory.includes(gib))));
    return exact.length ? exact : devicesOf(least);
  }

  // One: it is meant. Several: any of them may be. None: nothing bears the name.
  return function find(text) {
    const exact = devices.filter((device) => device.name.toLowerCase() === text.trim().toLowerCase());
    if (exact.length === 1) return exact;
    entries = entries || devices.flatMap((device) => entriesOf(device, alsoCalled[device.id]));
    const said = spokenDevice(text.slice(0, 300));
    const typed = said.printed ? null : byLetters.get(letters(text));
    if (typed) return [typed];
    if (!said.words.length && !said.asides.length) return [];
    const found = named(said);
    return found.length ? found : named({ ...said, asides: [] });
  };
}

// Letters and digits apart, each behind one blank: "RTX3060", "rtx 3060" and "RTX-3060" are the same text.
const spoken = (text) => plainText(text).replace(/(\p{L})(?=\p{N})|(\p{N})(?=\p{L})/gu, "$& ").replace(/ +/g, " ").trim();

// Whether `text` has every word of `wanted`, as it stands or as it is spoken; the end of a word may be left out.
function says(text, wanted) {
  const plain = text.toLowerCase(), apart = spoken(text);
  return wanted.toLowerCase().split(/\s+/).filter((word) => word && !saysNothing.has(word))
    .every((word) => plain.includes(word) || (spoken(word).length > 1 && apart.includes(spoken(word))));
}
