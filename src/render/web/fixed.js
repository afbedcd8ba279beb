// What stands on the page of a model whatever is chosen: specification, links, family, method.

function drawSpecification() {
  const active = model.active_parameters === model.parameters ? ", all active" : `, ${parametersText(model.active_parameters)} active`;
  const facts = [
    ["Model", bdi(model.id)], ["Publisher", model.publisher && bdi(model.publisher)], ["Family", model.family && bdi(model.family)],
    ["Base model", model.base_model && bdi(model.base_model)], ["Parameters", `${parametersText(model.parameters)} (${grouped(model.parameters)})${active}`],
    ["Architecture", [bdi(model.architecture), ", ", bdi(model.layer_summary || `${model.layers} layers`)]],
    ["Context", [`${grouped(model.context_limit)} tokens`, model.context_note ? [" (", bdi(model.context_note), ")"] : ""]],
    ["Vocabulary", known(model.vocabulary) && `${grouped(model.vocabulary)} tokens`], ["Released", model.release_date && bdi(model.release_date)],
    ["Licence", model.license && bdi(model.license)], ["Source of these facts", model.source && bdi(model.source)],
  ];
  setContent(byId("facts"), facts.filter(([, value]) => value).map(([name, value]) => el("div", null, el("dt", null, name), el("dd", null, value))));
}

function drawFamily() {
  byId("family").hidden = !data.family.length;
  setContent(byId("relatives"), data.family.map((relative) => el("li", null,
    relative.href ? el("a", { href: relative.href, "data-page": relative.href }, bdi(relative.name)) : bdi(relative.name), el("small", null, ` ${parametersText(relative.parameters)}`))));
}

function drawFixed() {
  setContent(byId("name"), bdi(model.name));
  const card = data.words && data.words.published && /^[\w.-]+\/[\w.-]+$/.test(model.id) ? model.id : null;
  byId("elsewhere").hidden = !card;
  if (card) {
    byId("card-link").href = `https://huggingface.co/${card}`;
    byId("files-link").href = `https://huggingface.co/models?library=gguf&other=base_model:quantized:${encodeURIComponent(card)}`;
  }
  setContent(byId("from"), say`by ${bdi(model.publisher)} \u00b7 ${parametersText(model.parameters)} parameters`);
  drawSpecification();
  drawFamily();
  for (const group of classes) byId(group.id).hidden = !tables.some((table) => table.id === group.id);
  document.querySelectorAll("nav a[href^='#']").forEach((link) => { link.parentNode.hidden = byId(link.getAttribute("href").slice(1)).hidden; });
  byId("home").hidden = !data.home;
  if (data.home) byId("home").querySelector("a").dataset.page = data.home;
  const request = data.request || {};
  const flash = request.flash_attention ? `, flash attention ${request.flash_attention}` : "";
  setContent(byId("request"), `Asked of ${data.runtime}: its server with all layers on the GPU, batches of ${grouped(request.batch)} and ${grouped(request.ubatch)} tokens${flash}. Made by lfmfit ${data.version}.`);
  const unchecked = data.backends.filter((backend) => !backend.measured).map((backend) => backend.label);
  setContent(byId("unchecked"), unchecked.length ? `Memory on ${listed(unchecked)} follows the same rules as on the measured backends but was not checked there.` : "");
  for (const list of ["notes", "warnings"]) {
    setContent(byId(list), (data[list] || []).map((line) => el("li", null, bdi(line))));
    byId(list).hidden = !(data[list] || []).length;
  }
}
