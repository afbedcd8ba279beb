// Text that appears as fast as a device would write it.

const sample = "The quick answer is that it depends on what you ask for. A short question gets a short reply, a long one fills the page. What you see here is text that appears at the rate of this device: first the wait until it has read a prompt, then one piece after the other, as fast as it would come from the model. If you can read along without waiting, it is fast enough for a chat; if it runs away from you, it is fast enough for summaries, code and agents that nobody reads word by word. ".repeat(4).match(/\s*\S{1,4}/g);

// `speed` has the seconds until the first token (`first`) and tokens a second behind it (`decode`). It ends by itself.
function feel(place, speed) {
  const start = performance.now();
  const step = () => {
    const passed = (performance.now() - start) / 1000 - (speed.first || 0);
    const count = Math.min(sample.length, Math.max(0, Math.floor(passed * speed.decode)));
    place.textContent = passed < 0 ? "reading the prompt \u2026" : sample.slice(0, count).join("");
    if (count < sample.length && passed < 12 && place.isConnected) requestAnimationFrame(step);
  };
  step();
}

// The same in words, for who reads and for who wants nothing to move.
const wordsAMinute = (decode) => `That is about ${grouped(Number((decode * 45).toPrecision(2)))} words a minute; people read some 250.`;

// A button that shows it, and the place where it is shown. Without a button where the reader wants nothing to move.
function feltOf(speed, name) {
  const place = el("p", { class: "felt", "aria-hidden": "true", hidden: true });
  if (matchMedia("(prefers-reduced-motion: reduce)").matches) return { button: null, place };
  const button = el("button", { type: "button", class: "copy", "aria-label": `Show how fast that is: ${name}` }, "Show how fast that is");
  button.addEventListener("click", () => { place.hidden = false; feel(place, speed); });
  return { button, place };
}
