// Answers each line of standard input as the app does, by the program as WebAssembly: node app_answers.js BUILD_FOLDER
const fs = require("fs");
const path = require("path");

const folder = path.resolve(process.argv[2]);
const makeModule = require(path.join(folder, "lfmfit_app.js"));

makeModule({ wasmBinary: fs.readFileSync(path.join(folder, "lfmfit_app.wasm")) }).then((core) => {
  const call = (name, text) => {
    const bytes = Buffer.from(text + "\0");
    const at = core._malloc(bytes.length);
    core.HEAPU8.set(bytes, at);
    const start = core[`_${name}`](at);
    core._free(at);
    return Buffer.from(core.HEAPU8.subarray(start, core.HEAPU8.indexOf(0, start))).toString();
  };
  const wrong = call("lfmfit_open", process.argv[3] || "[]");
  if (wrong) throw new Error(wrong);
  const lines = fs.readFileSync(0, "utf8").split("\n").filter((line) => line.trim());
  fs.writeSync(1, lines.map((line) => (line.startsWith("list ") ? call("lfmfit_list", line.slice(5)) + "\n" : call("lfmfit_answer", line))).join(""));
});
