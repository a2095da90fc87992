"use strict";
// Puts the page together and listens.

function showOnly(names) {
  shownIrreps.clear();
  for (const name of names) shownIrreps.add(name);
  for (const button of document.querySelectorAll("#legend button")) {
    button.setAttribute("aria-pressed", shownIrreps.has(button.dataset.irrep));
  }
  redrawAll();
}

/** A choice of irreps that holds in every figure. */
function fillLegend() {
  for (const [id, names] of [["show-key", keyIrreps], ["show-all", irreps], ["show-none", []]]) {
    document.getElementById(id).addEventListener("click", () => showOnly(names));
  }
  const legend = document.getElementById("legend");
  for (const name of irreps) {
    const button = element("button", null, {type: "button", "aria-pressed": shownIrreps.has(name), "data-irrep": name});
    button.append(chip(name), keyIrreps.includes(name) ? `${name} ★` : name);
    button.addEventListener("click", () => {
      if (!shownIrreps.delete(name)) shownIrreps.add(name);
      button.setAttribute("aria-pressed", shownIrreps.has(name));
      redrawAll();
    });
    legend.append(button);
  }
}

function noteOrder() {
  document.getElementById("order-note").textContent = chosenOrder().note;
}

function noteMap() {
  const map = chosenMap();
  document.getElementById("map-note").textContent = `scale ${shown(map.scale)}; error over all pairs ${shown(map.hidden_error)}, ` +
    `of the means over one product ${shown(map.hidden_mean_error)}; ${shown(map.unembed_share)} of the unembedding`;
}

function declareFigures() {
  const trainingFigures = [];
  if (hasTraining) {
    figures.set("losses", lossFigure);
    figures.set("accuracies", accuracyFigure);
    const grid = document.getElementById("progress-grid");
    irrepMetrics.forEach((metric, i) => {
      const figure = element("figure", null), caption = element("figcaption", metric.meaning);
      caption.append(element("code", metric.formula));
      figure.append(element("div", "", {class: "figure", id: `progress-${i}`}), caption);
      grid.append(figure);
      figures.set(`progress-${i}`, () => metricFigure(metric));
    });
    trainingFigures.push(...figures.keys());
  }
  listen("log-epochs", trainingFigures);
  figures.set("share-bars", shareFigure);
  if (hasSlice) {
    figures.set("slice-logits", logitSliceFigure);
    if (keyIrreps.length > 0) figures.set("slice-part", partSliceFigure);
  }
  if (report.maps.length > 0) {
    figures.set("map-hidden", hiddenMapFigure);
    figures.set("map-unembed", unembedMapFigure);
  }
  if (report.attention !== null) {
    if (hasSlice) {
      ["look-a", "look-b", "look-equals"].forEach((id, token) => figures.set(id, () => attentionFigure(token)));
    }
    figures.set("head-shares", headShareFigure);
    figures.set("head-scores", headScoreFigure);
    figures.set("head-functions", headFunctionFigure);
  }
  figures.set("spectrum-bars", spectrumFigure);
  declareCircuitFigures();
}

function start() {
  startThemes();
  if (!hasTraining) {
    document.getElementById("training").hidden = true;
    document.querySelector("#progress h2").textContent = "Irreps shown";
  }
  options("order", report.group.element_orders.map(order => [order.name, order.name]));
  options("part", [...(keyIrreps.length > 1 ? [["all", "all key irreps"]] : []), ...keyIrreps.map(name => [name, name])]);
  options("map-irrep", report.maps.map(map => [map.irrep, map.irrep]));
  options("head-order", report.group.element_orders.map(order => [order.name, order.name]));
  options("head", (report.attention ?? []).map(head => [head.head, head.head]));
  const byCoset = report.group.element_orders.findIndex(order => order.name === "by coset");
  document.getElementById("head-order").selectedIndex = byCoset;
  document.getElementById("order").selectedIndex = byCoset;
  const similarity = map => report.final[`logit_${map.irrep}_rep_trace_similarity`];
  document.getElementById("map-irrep").selectedIndex =
    report.maps.reduce((best, map, i, maps) => similarity(map) > similarity(maps[best]) ? i : best, 0);
  document.getElementById("maps").hidden = report.maps.length === 0;
  fillSummary();
  fillClusters();
  fillAttention();
  fillNumbers();
  fillDefinitions();
  fillCircuits();
  fillRun();
  fillLegend();
  fillNavigation();
  noteOrder();
  if (report.maps.length > 0) noteMap();
  if (typeof Plotly === "undefined") {
    document.getElementById("missing").hidden = false;
    for (const figure of document.querySelectorAll(".figure")) figure.hidden = true;
    return;
  }
  declareFigures();
  for (const figure of document.querySelectorAll(".figure")) figure.hidden = !figures.has(figure.id);
  document.getElementById("no-slice").hidden = hasSlice;
  listen("order", ["slice-logits", "slice-part"], noteOrder);
  listen("part", ["slice-part"]);
  listen("head", ["look-a", "look-b", "look-equals", "head-shares", "head-scores", "head-functions"]);
  listen("head-order", ["look-a", "look-b", "look-equals", "head-functions"]);
  listen("map-irrep", ["map-hidden", "map-unembed"], noteMap);
  listenToCircuits();
  drawWhenNear();
}

start();
