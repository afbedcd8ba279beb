// Reads GGUFs with @huggingface/gguf and with `lfmfit inspect --json`, and compares: gguf_test.mjs LFMFIT FOLDER.
// Exits with 77, skipped, where that package is not installed.
import { execFileSync } from "node:child_process";
import { readdirSync } from "node:fs";
import { createRequire } from "node:module";
import { join } from "node:path";
import { pathToFileURL } from "node:url";

const [lfmfit, folder] = process.argv.slice(2);

async function load() {
  for (const base of [import.meta.url, pathToFileURL(join(process.cwd(), "x.js")).href, process.env.LFMFIT_NODE_MODULES && pathToFileURL(join(process.env.LFMFIT_NODE_MODULES, "x.js")).href]) {
    try {
      if (base) return await import(pathToFileURL(createRequire(base).resolve("@huggingface/gguf")).href);
    } catch {
      continue;
    }
  }
  console.log("skipped: @huggingface/gguf is not installed; npm install --prefix tests/process @huggingface/gguf");
  process.exit(77);
}

const { gguf, GGMLQuantizationType } = await load();
let failures = 0;
function same(file, what, ours, theirs) {
  if (String(ours) === String(theirs)) return;
  console.error(`${file}: ${what}: lfmfit says ${ours}, @huggingface/gguf says ${theirs}`);
  ++failures;
}

let files = 0;
for (const name of readdirSync(folder).filter((entry) => entry.endsWith(".gguf"))) {
  const path = join(folder, name);
  const theirs = await gguf(path, { allowLocalFile: true });
  const ours = JSON.parse(execFileSync(lfmfit, ["inspect", path, "--json"], { encoding: "utf8" }));
  ++files;
  // Three keys are the header's own; the rest is metadata.
  const keys = Object.keys(theirs.metadata).filter((key) => !["version", "tensor_count", "kv_count"].includes(key));
  same(name, "number of metadata keys", Object.keys(ours.metadata).length, keys.length);
  for (const key of keys) {
    const value = theirs.metadata[key];
    if (Array.isArray(value)) continue;
    const text = typeof value === "number" ? Number(value.toPrecision(6)) : value;
    same(name, key, ours.metadata[key], String(text).length > 100 ? String(text).slice(0, 100) + "..." : text);
  }
  const types = new Map();
  for (const tensor of theirs.tensorInfos) {
    const type = GGMLQuantizationType[tensor.dtype].toLowerCase();
    const sum = types.get(type) ?? { tensors: 0, elements: 0n };
    sum.tensors += 1;
    sum.elements += tensor.shape.reduce((product, size) => product * BigInt(size), 1n);
    types.set(type, sum);
  }
  for (const [type, sum] of types) {
    const groups = ours.tensors.filter((group) => group.type === type);
    same(name, `tensors of ${type}`, groups.reduce((count, group) => count + group.tensors, 0), sum.tensors);
    same(name, `elements of ${type}`, groups.reduce((count, group) => count + BigInt(group.elements), 0n), sum.elements);
  }
  same(name, "number of types", new Set(ours.tensors.map((group) => group.type)).size, types.size);
}
console.log(`${files} files compared, ${failures} differences`);
process.exit(failures > 0 || files === 0 ? 1 : 0);
