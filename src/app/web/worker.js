"use strict";
// The program, in a worker: a request is a line of JSON, and so is its answer (src/app/door.hpp). Files that the reader
// dropped are mounted where a request can name them; of them only the headers are read.

let core = null;

// Texts go in and out as UTF-8 that ends with a null byte.
function call(name, text) {
  const bytes = new TextEncoder().encode(text.replaceAll("\0", "\ufffd"));
  const at = core._malloc(bytes.length + 1);
  core.HEAPU8.set(bytes, at);
  core.HEAPU8[at + bytes.length] = 0;
  try {
    const start = core[`_${name}`](at);
    return new TextDecoder().decode(core.HEAPU8.subarray(start, core.HEAPU8.indexOf(0, start)));
  } finally {
    core._free(at);
  }
}

const jobs = {
  async open({ module, overlays }) {
    core = await lfmfitModule({
      instantiateWasm(imports, done) {
        WebAssembly.instantiate(module, imports).then((instance) => done(instance));
        return {};
      },
    });
    core.FS.mkdir("/files");
    return call("lfmfit_open", overlays);
  },

  // Of each answer only the keys in `keep`, where those are given: what a table does not show need not be copied.
  answers({ requests, keep }) {
    return requests.map((request) => {
      const answer = JSON.parse(call("lfmfit_answer", JSON.stringify(request)));
      return keep && !answer.error ? Object.fromEntries(keep.map((key) => [key, answer[key]])) : answer;
    });
  },

  plan({ request }) {
    return JSON.parse(call("lfmfit_plan", JSON.stringify(request)));
  },

  fits({ request }) {
    return JSON.parse(call("lfmfit_fits", JSON.stringify(request)));
  },

  list({ kind }) {
    return JSON.parse(call("lfmfit_list", kind));
  },

  mount({ folder, files }) {
    core.FS.mkdir(`/files/${folder}`);
    core.FS.mount(core.WORKERFS, { files }, `/files/${folder}`);
  },
};

onmessage = async ({ data }) => {
  try {
    postMessage({ id: data.id, result: await jobs[data.job](data) });
  } catch (problem) {
    postMessage({ id: data.id, problem: String(problem) });
  }
};
