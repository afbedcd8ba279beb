"use strict";
// Another program's command line, made settings of: the program reads it, and what it asks otherwise than usual is asked.

// The answer to `line`; where it names no model that is known here, of the model that is chosen.
async function answerTo(line) {
  const device = asked.device || undefined;
  const alone = await program.ask({ command_line: line, ...(device ? { device } : {}) });
  if (!alone.error || !asked.model) return { answer: alone, isOwn: true };
  const beside = await program.ask({ command_line: line, model: asked.model, ...(device ? { device } : {}) });
  return beside.error ? { answer: alone, isOwn: true } : { answer: beside, isOwn: false };
}

// What `answer` asks, without what is usual for its model and machine.
async function settingsOf(answer) {
  const { request, model } = answer;
  const found = { model: model.id, quantization: request.quantization };
  if (asked.device) found.device = asked.device;
  const runtime = request.runtime && !request.runtime.startsWith(llama) ? { runtime: request.runtime.replace(/@.*/, "") } : {};
  const usually = await program.ask({ ...found, ...runtime });
  const other = usually.error ? Object.entries(request) : differencesOf(request, usually.request);
  const flat = other.flatMap(([key, value]) => (key === "speculative" ? Object.entries(value).map(([part, of]) => [`speculative.${part}`, of]) : [[key, value]]));
  return { ...found, ...runtime, ...Object.fromEntries(flat.filter(([key]) => settings.some((setting) => setting.key === key))) };
}

function sentencesOf({ command_line: read }, isOwn, model) {
  const unused = [...new Set(read.ignored)];
  return [`Read as ${read.program}\u2019s.`, isOwn ? "" : `Its model is not known here; answered for ${model}.`, ...read.notes.map((note) => `${note}.`),
    unused.length ? `Ignored, as they change no memory: ${unused.join(", ")}.` : ""].filter(Boolean).join(" ");
}

async function readPasted() {
  const line = byId("pasted").value.trim(), said = byId("pasted-said");
  if (!line) return setContent(said, "Paste a command line first.");
  const { answer, isOwn } = await answerTo(line);
  if (answer.error) return setContent(said, name(answer.error.message));
  asked = await settingsOf(answer);
  setContent(said, name(sentencesOf(answer, isOwn, answer.model.id)));
  return refresh();
}
