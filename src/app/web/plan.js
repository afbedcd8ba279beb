"use strict";
// What `lfmfit plan` says of the question: what to take, and what would make it fit, cheapest first. A click takes it.

// What `request`, an answer's, asks otherwise than `before` did.
function differencesOf(request, before) {
  return Object.entries(request).filter(([key, value]) => key !== "model" && JSON.stringify(value) !== JSON.stringify(before[key]));
}

function planItem(item, words, before, hardware) {
  const take = el("button", { type: "button", class: "link" }, plain(words));
  take.addEventListener("click", () => {
    for (const [key, value] of differencesOf(item.request, before)) asked[key] = value;
    if (hardware && item.request.device) asked.device = item.request.device;
    refresh();
  });
  const speed = item.speed && known(item.speed.decode_tok_s) ? `, ${rate(item.speed.decode_tok_s)} tokens a second (${rangeText(item.speed.decode_low_tok_s, item.speed.decode_high_tok_s)})` : "";
  return el("li", null, take, ": ", item.fit ? markOf(item.fit.verdict) : null, speed);
}

let planTurn = 0;

async function drawPlan(answer) {
  const turn = ++planTurn;
  setContent(byId("plan"));
  if (answer.error || !answer.fit) return;
  const plan = await program.plan(questionOf()).catch(() => null);
  if (turn !== planTurn || !plan || plan.error) return;
  const before = answer.request;
  const changes = (plan.changes || []).map((change) => planItem(change, change.options, before, change.hardware));
  const isBest = plan.best && plan.best.quantization === before.quantization && !differencesOf(plan.best.request, before).length;
  const best = plan.best && !isBest ? planItem(plan.best, [plan.best.quantization, plan.best.options].filter(Boolean).join(" "), before, false) : null;
  setContent(byId("plan"), best ? [el("h3", null, "The best that fits"), el("ul", { id: "plan-best" }, best)] : null,
    changes.length ? [el("h3", null, "What would make it fit, cheapest first"), el("ol", { id: "plan-changes" }, changes)] : null);
}
