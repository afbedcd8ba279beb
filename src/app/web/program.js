"use strict";
// Asks the program that this file carries. It runs in workers, so that the page never waits for it.

const mostFiles = 1000;  // that are dropped at once

// The program as it lies in the page: packed, in base64.
async function unpackProgram() {
  const text = atob(byId("program").textContent.trim());
  const packed = new Uint8Array(text.length);
  for (let i = 0; i < text.length; i++) packed[i] = text.charCodeAt(i);
  const stream = new Blob([packed]).stream().pipeThrough(new DecompressionStream("gzip"));
  return WebAssembly.compile(await new Response(stream).arrayBuffer());
}

// One worker. A request that breaks it spoils no other: another worker takes its place.
function makeWorker(module, overlays, mounted) {
  let worker = null, waiting = new Map(), last = 0, opened = null;

  function send(message) {
    return new Promise((resolve, reject) => {
      waiting.set(++last, { resolve, reject });
      worker.postMessage({ id: last, ...message });
    });
  }

  function start() {
    const address = URL.createObjectURL(new Blob([byId("worker").textContent], { type: "text/javascript" }));
    worker = new Worker(address);
    URL.revokeObjectURL(address);
    worker.onmessage = ({ data }) => {
      const { resolve, reject } = waiting.get(data.id);
      waiting.delete(data.id);
      if (data.problem === undefined) resolve(data.result);
      else fail(reject, data.problem);
    };
    worker.onerror = (event) => fail(() => {}, event.message || "the program stopped");
    opened = send({ job: "open", module, overlays });
    for (const mount of mounted) send({ job: "mount", ...mount });
  }

  function fail(reject, problem) {
    const error = new Error(problem);
    worker.terminate();
    reject(error);
    for (const other of waiting.values()) other.reject(error);
    waiting = new Map();
    start();
  }

  start();
  return {
    opened: () => opened,
    answers: (requests, keep) => send({ job: "answers", requests, keep }),
    plan: (request) => send({ job: "plan", request }),
    fits: (request) => send({ job: "fits", request }),
    list: (kind) => send({ job: "list", kind }),
    mount: (mount) => send({ job: "mount", ...mount }),
  };
}

// `now` answers what the page shows at once, `lists` fills tables meanwhile, `models` looks through all models, for seconds.
async function startProgram() {
  const module = await unpackProgram();
  const overlays = byId("overlays").textContent;
  const mounted = [];
  const now = makeWorker(module, overlays, mounted);
  const wrong = await now.opened();
  if (wrong) throw new Error(JSON.parse(wrong).error.message);
  let lists = null, models = null;
  const background = () => (lists = lists || makeWorker(module, overlays, mounted));
  return {
    async ask(request) {
      try {
        return (await now.answers([request]))[0];
      } catch (problem) {
        return { error: { kind: "broken", message: `lfmfit stopped at this request: ${problem.message}` } };
      }
    },
    askMany: (requests, keep) => background().answers(requests, keep),
    plan: (request) => background().plan(request),
    fits: (request) => (models = models || makeWorker(module, overlays, [])).fits(request),
    list: (kind) => now.list(kind),
    // Where the files can be named.
    async mount(files) {
      const mount = { folder: String(mounted.length + 1), files: files.slice(0, mostFiles) };
      mounted.push(mount);
      await Promise.all([now.mount(mount), lists && lists.mount(mount)]);
      return mount.files.map((file) => ({ name: file.name, path: `/files/${mount.folder}/${file.name}` }));
    },
  };
}
