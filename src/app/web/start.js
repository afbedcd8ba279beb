"use strict";
// The commands that start what is asked, as `lfmfit check --command` prints them.

const starterNames = { "lm-studio": "LM Studio", ollama: "Ollama", vllm: "vLLM" };
let startTurn = 0;

function commandBlock(starter, text) {
  const shown = starterNames[starter] || starter;
  return [el("h3", null, plain(shown)), el("div", { class: "command" }, el("pre", { tabindex: "0", "data-program": starter }, text.trimEnd()),
    copyButton("Copy", `Copy the command: ${plain(shown)}`, () => text))];
}

async function drawStart(answer) {
  const turn = ++startTurn;
  if (answer.error) return setContent(byId("commands"));
  const [written] = await program.askMany([questionOf({ commands: true })], ["commands"]).catch(() => [{}]);
  if (turn !== startTurn) return undefined;
  return setContent(byId("commands"), Object.entries(written.commands || {}).map(([starter, text]) => commandBlock(starter, text)));
}
