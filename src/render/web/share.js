// What leaves the page: texts, tables and pictures that are copied or saved. Nothing is sent anywhere.

async function copyString(text) {
  try {
    await navigator.clipboard.writeText(text);
    return true;
  } catch (refused) {  // no clipboard for a page from disk in some browsers
    const area = el("textarea", { class: "unseen", "aria-hidden": "true", tabindex: "-1" });
    const before = document.activeElement;
    area.value = text;
    document.body.append(area);
    area.select();
    const copied = document.execCommand("copy");
    area.remove();
    if (before) before.focus({ preventScroll: true });
    return copied;
  }
}

// A button that copies what `text()` gives at that moment, and says so.
function copyButton(label, name, text) {
  const button = el("button", { type: "button", class: "copy", "aria-label": name }, label);
  button.addEventListener("click", async () => {
    const copied = await copyString(text());
    button.textContent = copied ? "Copied" : "Not copied";
    announce(copied ? "Copied." : "This browser allowed no copying.");
    setTimeout(() => { button.textContent = label; }, 2000);
  });
  return button;
}

// A cell of CSV: quoted where it must be; what a spreadsheet would take for a formula is defused.
function csvCell(value) {
  if (!known(value)) return "";
  const text = typeof value === "string" && /^[=+\-@\t\r]/.test(value) ? `'${value}` : String(value);
  return /[",\r\n]/.test(text) ? `"${text.replace(/"/g, '""')}"` : text;
}

const csvOf = (columns, rows) => [columns.map(([name]) => name), ...rows.map((row) => columns.map(([, value]) => value(row)))]
  .map((cells) => cells.map(csvCell).join(",")).join("\r\n") + "\r\n";

// The text of a card as Markdown: names are data of others and must not become markup.
const markdownText = (text) => text.replace(/[\\`*_{}[\]<>()#+!|~-]/g, "\\$&");

// A picture to post: drawn here, saved by the browser.
function cardPicture(card) {
  const canvas = el("canvas", { width: 1200, height: 630 });
  const pen = canvas.getContext("2d");
  const write = (text, x, y, size, colour, bold) => {
    pen.font = `${bold ? "600 " : ""}${size}px system-ui, sans-serif`;
    pen.fillStyle = colour;
    pen.fillText(text, x, y, 1200 - x - 70);
  };
  pen.fillStyle = "#fff";
  pen.fillRect(0, 0, 1200, 630);
  write(card.model, 70, 120, 58, "#1a1f26", true);
  write(`on ${card.device}`, 70, 190, 40, "#56606c");
  write(card.verdict, 70, 290, 52, card.colour, true);
  pen.fillStyle = "#dce1e6";
  pen.fillRect(70, 330, 1060, 34);
  pen.fillStyle = card.colour;
  pen.fillRect(70, 330, 1060 * Math.min(1, card.share), 34);
  card.lines.forEach((line, i) => write(line, 70, 425 + i * 50, 32, "#1a1f26"));
  write("lfmfit", 1050, 600, 24, "#56606c");
  return canvas.toDataURL("image/png");
}

function saveButton(label, name, file, picture) {
  const button = el("button", { type: "button", class: "copy", "aria-label": name }, label);
  button.addEventListener("click", () => el("a", { href: picture(), download: file }).click());
  return button;
}
