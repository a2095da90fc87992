"use strict";
// Every figure of a run.

const shownIrreps = new Set(keyIrreps.length > 0 && irreps.length > 12 ? keyIrreps : irreps);

function epochAxis(layout) {
  const log = document.getElementById("log-epochs").checked;
  Object.assign(layout.xaxis, {title: {text: "epoch"}, type: log ? "log" : "linear"});
  const grokked = grokkingEpoch();
  if (grokked !== null) {
    layout.shapes = [{type: "line", x0: grokked, x1: grokked, yref: "paper", y0: 0, y1: 1,
      line: {color: css("--dim"), width: 1.5, dash: "dot"}}];
  }
  return layout;
}

function curves(lines) {
  return lines.map(([name, columnName, colour, dash]) => ({type: "scatter", mode: "lines", name, x: epochs,
    y: column(columnName), line: {color: css(colour), width: 2.5, dash: dash || "solid"}}));
}

function lossFigure() {
  const layout = epochAxis(baseLayout("Losses"));
  Object.assign(layout.yaxis, {type: "log", exponentformat: "power", title: {text: "nats"}});
  Object.assign(layout, {showlegend: true, legend});
  layout.margin.b = 104;
  const grokked = grokkingEpoch();
  if (grokked !== null) {
    const log = document.getElementById("log-epochs").checked;
    layout.annotations = [{x: log ? Math.log10(Math.max(grokked, 1)) : grokked, y: 1, yref: "paper", yanchor: "bottom",
      text: `groks at ${grokked}`, showarrow: false, font: {color: css("--text")}}];
  }
  return {layout, data: curves([["train", "train_loss", "--strong-0"], ["test", "test_loss", "--strong-1"],
    ["excluded (hidden)", "total_hidden_excluded_loss", "--strong-3", "dash"],
    ["restricted (hidden)", "total_hidden_restricted_loss", "--strong-2", "dash"],
    ["excluded (logits)", "total_logit_excluded_loss", "--strong-3", "dot"],
    ["restricted (logits)", "total_logit_restricted_loss", "--strong-2", "dot"]])};
}

function accuracyFigure() {
  const layout = epochAxis(baseLayout("Accuracy, and what the key irreps explain"));
  layout.yaxis.range = [-0.02, 1.04];
  Object.assign(layout, {showlegend: true, legend});
  layout.margin.b = 104;
  return {layout, data: curves([["train accuracy", "train_acc", "--strong-0"], ["test accuracy", "test_acc", "--strong-1"],
    ["logits explained", "percent_logits_explained", "--strong-4", "dash"],
    ["hidden explained", "percent_hidden_explained", "--strong-2", "dash"],
    ["unembedding explained", "percent_unembed_explained", "--strong-5", "dash"]])};
}

function metricFigure(metric) {
  const layout = epochAxis(baseLayout(metric.title));
  if (metric.log) Object.assign(layout.yaxis, {type: "log", exponentformat: "power"});
  layout.hovermode = "closest";
  const data = irreps.filter((name, i) => shownIrreps.has(name) && (metric.trivial || i > 0)).map(name => ({
    type: "scatter", mode: "lines", name, x: epochs, y: column(metric.name(name)),
    line: {color: css(colourOf(name)), width: keyIrreps.includes(name) ? 2.6 : 1.4},
    hovertemplate: `${name}: %{y:.4g}<br>epoch %{x}<extra></extra>`}));
  return {layout, data};
}

function bars(title, groups) {
  const layout = baseLayout(title), names = irreps.filter(name => shownIrreps.has(name));
  Object.assign(layout, {barmode: "group", showlegend: true, legend});
  layout.margin.b = 104;
  layout.yaxis.rangemode = "tozero";
  layout.yaxis.title = {text: "share of squared norm"};
  const data = groups.map(([name, values, colour]) => ({type: "bar", name, x: names, marker: {color: css(colour)},
    y: names.map(irrep => values[irreps.indexOf(irrep)]), hovertemplate: "%{y:.4g}"}));
  return {layout, data};
}

function shareFigure() {
  const of = prefix => irreps.map(name => report.final[`${prefix}_${name}_rep`]);
  return bars("Shares by irrep", [["embedding x", of("percent_x_embed"), "--strong-0"], ["embedding y", of("percent_y_embed"), "--strong-8"],
    ["unembedding", of("percent_unembed"), "--strong-5"], ["hidden ρ(a)", of("percent_hidden_x"), "--strong-1"],
    ["hidden ρ(b)", of("percent_hidden_y"), "--strong-7"], ["hidden ρ(ab)", of("percent_hidden_xy"), "--strong-2"]]);
}

function spectrumFigure() {
  const colours = ["--strong-0", "--strong-1", "--strong-8", "--strong-7", "--strong-2", "--strong-3", "--strong-5"];
  return bars("Spectrum of the weights", Object.entries(report.spectrum).map(([layer, shares], i, all) =>
    [layer, numbers(shares), i === all.length - 1 ? "--strong-5" : colours[i]]));
}

function heatmap(title, rows, xNames, yNames, xTitle, yTitle, hover) {
  const layout = baseLayout(title), plain = {showgrid: false, zeroline: false, type: "category"};
  Object.assign(layout.xaxis, plain, {title: {text: xTitle}, showticklabels: xNames.length <= 40, ticks: ""});
  Object.assign(layout.yaxis, plain, {title: {text: yTitle}, showticklabels: yNames.length <= 40, ticks: "", autorange: "reversed"});
  layout.hovermode = "closest";
  let largest = 0;
  for (const row of rows) for (const value of row) largest = Math.max(largest, Math.abs(value));
  return {layout, data: [{type: "heatmap", z: rows, x: xNames, y: yNames, zmin: -largest, zmax: largest,
    colorscale: diverging(), hovertemplate: hover + "<extra></extra>", colorbar: {thickness: 14, outlinewidth: 0}}]};
}

function chosenOrder() {
  return report.group.element_orders[document.getElementById("order").selectedIndex];
}

function sliceFigure(title, entry) {
  const order = chosenOrder().elements, names = order.map(g => report.group.elements[g]);
  const rows = order.map(a => Float32Array.from(order, b => entry(a, b)));
  return heatmap(title, rows, names, names, "b", "a", "a = %{y}<br>b = %{x}<br>%{z:.4g}");
}

let sliceLogits = null, cayleyTable = null;

function logitSliceFigure() {
  sliceLogits = sliceLogits || numbers(report.slice.logits.values);
  const n = report.group.order;
  return sliceFigure("Logit of e, centred", (a, b) => sliceLogits[a * n + b]);
}

function partSliceFigure() {
  const chosen = document.getElementById("part").value, n = report.group.order, values = new Float64Array(n);
  for (const name of chosen === "all" ? keyIrreps : [chosen]) {
    const character = numbers(report.irreps.all[irreps.indexOf(name)].character);
    for (let g = 0; g < n; ++g) values[g] += report.slice.factors[name] * character[g];
  }
  cayleyTable = cayleyTable || numbers(report.group.table);
  const title = chosen === "all" ? "The key irreps' part" : `The part of ${chosen}, κ χ(ab)`;
  return sliceFigure(title, (a, b) => values[cayleyTable[a * n + b]]);
}

function chosenMap() {
  return report.maps[document.getElementById("map-irrep").selectedIndex];
}

function hiddenMapFigure() {
  const map = chosenMap();
  return heatmap(`${map.irrep}: written entry by entry of ρ(ab)`, matrixRows(map.hidden), map.labels, map.labels,
    "entry of ρ(ab)", "entry of ρ(c)", "writes %{y} for %{x}<br>%{z:.4g}");
}

function neuronsByCluster() {
  const clusters = [...keyIrreps, "several", "none", "off"];
  return report.neurons.all.slice().sort((p, q) => clusters.indexOf(p.after) - clusters.indexOf(q.after) || p.neuron - q.neuron);
}

function unembedMapFigure() {
  const map = chosenMap(), rows = matrixRows(map.unembed), sorted = neuronsByCluster();
  return heatmap(`${map.irrep}: unembedding by neuron`, sorted.map(neuron => rows[neuron.neuron]), map.labels,
    sorted.map(neuron => `${neuron.neuron} (${neuron.after})`), "entry of ρ(c)", "neuron", "neuron %{y}<br>entry %{x}<br>%{z:.4g}");
}

function chosenHead() {
  return report.attention[document.getElementById("head").selectedIndex];
}

/** The weights of a head on a, b and "=" for one pair: the softmax of its scores. */
function attentionWeights(scoreA, scoreB, scoreEquals) {
  const highest = Math.max(scoreA, scoreB, scoreEquals);
  const powers = [scoreA, scoreB, scoreEquals].map(score => Math.exp(score - highest));
  const sum = powers[0] + powers[1] + powers[2];
  return powers.map(power => power / sum);
}

const tokenTexts = ["a", "b", "“=”"];

function attentionFigure(token) {
  const head = chosenHead(), order = chosenHeadOrder().elements, names = order.map(g => report.group.elements[g]);
  const scoreA = numbers(head.score_a), scoreB = numbers(head.score_b);
  const rows = order.map(a => Float32Array.from(order, b => attentionWeights(scoreA[a], scoreB[b], head.score_equals)[token]));
  const figure = heatmap(`Head ${head.head} looks at ${tokenTexts[token]}`, rows, names, names, "b", "a",
    "a = %{y}<br>b = %{x}<br>weight %{z:.4g}");
  let lowest = 1, highest = 0;  // a head may look at a token nearly always: colours span what there is
  for (const row of rows) {
    for (const weight of row) {
      lowest = Math.min(lowest, weight);
      highest = Math.max(highest, weight);
    }
  }
  Object.assign(figure.data[0], {zmin: lowest, zmax: highest, colorscale: sequential()});
  return figure;
}

function chosenHeadOrder() {
  return report.group.element_orders[document.getElementById("head-order").selectedIndex];
}

/** Which irreps the chosen head's weights are of, through functions of a, of b and of ab. */
function headShareFigure() {
  const head = chosenHead(), groups = [];
  const colours = {a: ["--strong-0", "--strong-8", "--strong-10"], b: ["--strong-1", "--strong-7", "--strong-11"], "=": ["--strong-2", "--strong-5", "--strong-6"]};
  for (const token of head.tokens) {
    [["ρ(a)", token.rho_a], ["ρ(b)", token.rho_b], ["ρ(ab)", token.rho_ab]].forEach(([through, shares], i) =>
      groups.push([`${token.token}: ${through}`, numbers(shares), colours[token.token][i]]));
  }
  const figure = bars(`Head ${head.head}: its weights on a, b and “=”, by irrep`, groups);
  figure.layout.yaxis.title = {text: "share of the weight's variance"};
  return figure;
}

/** The scores as functions on the group, and their irreps. */
function headScoreFigure() {
  const head = chosenHead();
  const figure = bars(`Head ${head.head}: its scores, by irrep`, [["score of a", numbers(head.score_a_shares), "--strong-0"],
    ["score of b", numbers(head.score_b_shares), "--strong-1"]]);
  figure.layout.yaxis.title = {text: "share of squared norm"};
  return figure;
}

function mean(list) {
  return list.reduce((sum, value) => sum + value, 0) / list.length;
}

function headFunctionFigure() {
  const head = chosenHead(), order = chosenHeadOrder().elements, names = order.map(g => report.group.elements[g]);
  const layout = baseLayout(`Head ${head.head}: its scores by element, less their means`);
  Object.assign(layout, {showlegend: true, legend, hovermode: "closest"});
  layout.margin.b = 104;
  Object.assign(layout.xaxis, {type: "category", showticklabels: names.length <= 40, showgrid: false, title: {text: "element"}});
  const dots = (name, scores, colour) => {
    const usual = mean(scores);  // far larger than the function on the group, which would be a flat line beside it
    return {type: "scatter", mode: "markers", name, x: names, marker: {color: css(colour), size: 5},
      y: order.map(g => scores[g] - usual), hovertemplate: `${name}: %{y:.4g}<br>%{x}<extra></extra>`};
  };
  return {layout, data: [dots("of a", numbers(head.score_a), "--strong-0"), dots("of b", numbers(head.score_b), "--strong-1")]};
}
