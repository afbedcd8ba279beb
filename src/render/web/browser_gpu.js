// What the reader's browser says of its GPU. It knows neither the memory of a card that there is in several sizes nor RAM.

// What a browser calls its GPU, as drivers call it. Browsers that hide it say so, or name another on purpose.
function gpuOfRenderer(renderer) {
  if (/swiftshader|llvmpipe|software|or similar|^apple gpu$|^mozilla$/i.test(renderer)) return "";
  const angle = /^ANGLE \((.*)\)$/.exec(renderer);
  let name = angle ? angle[1].replace(/^[^,]*,\s*/, "") : renderer;
  name = name.replace(/^ANGLE Metal Renderer:\s*/, "").replace(/^(Vulkan [\d.]+ \(|Mesa )/, "");
  name = name.split(/,|\/|\(0x| Direct3D| OpenGL| vs_/)[0];
  return name.replace(/\s*\((radv|radeonsi|nvk|anv)\b.*$/i, "").trim();
}

function rendererOfBrowser() {
  const context = document.createElement("canvas").getContext("webgl");
  if (!context) return "";
  const more = context.getExtension("WEBGL_debug_renderer_info");
  return String(context.getParameter(more ? more.UNMASKED_RENDERER_WEBGL : context.RENDERER) || "");
}

const browserHides = (whole) => say`This browser hides its GPU${whole ? [" (it says ", bdi(whole), ")"] : ""}: write its name yourself.`;
