"use strict";
// Figures of the circuits.

/** Live neurons by irrep, then class. */
function sortedLiveNeurons() {
  const neurons = circuits.coset.neurons.map((neuron, i) => ({...neuron, i})).filter(neuron => neuron.live);
  const place = name => name === null ? irreps.length : irreps.indexOf(name);
  return neurons.sort((p, q) => place(p.left.irrep) - place(q.left.irrep) || p.left.H.localeCompare(q.left.H, undefined, {numeric: true}) ||
    p.i - q.i);
}

function concentrationFigure(side) {
  const neurons = sortedLiveNeurons(), classes = circuits.coset.classes, rows = circuits.coset[`${side}_by_class`];
  const cosets = side === "left" ? "right cosets Hg" : "left cosets gH";
  const layout = baseLayout(`${side === "left" ? "Left" : "Right"} side, ${cosets}`), plain = {showgrid: false, zeroline: false, type: "category"};
  Object.assign(layout.xaxis, plain, {title: {text: "class of subgroups"}, ticks: "", showticklabels: classes.length <= 40});
  Object.assign(layout.yaxis, plain, {title: {text: "neuron"}, ticks: "", autorange: "reversed", showticklabels: neurons.length <= 40});
  layout.hovermode = "closest";
  return {layout, data: [{type: "heatmap", zmin: 0, zmax: 1, colorscale: [[0, css("--map-4")], [0.01, css("--map-3")], [1, css("--map-2")]],
    z: neurons.map(neuron => rows[neuron.i]), x: classes.map(c => c.id), y: neurons.map(neuron => `${neuron.i} (${neuron[side].irrep})`),
    hovertemplate: "neuron %{y}<br>class %{x}<br>c = %{z:.3g}<extra></extra>", colorbar: {thickness: 14, outlinewidth: 0, title: {text: "c"}}}]};
}

function ablationFigure() {
  const layout = baseLayout("Loss without them, and without as many random neurons");
  Object.assign(layout.xaxis, {title: {text: "neurons removed"}});
  Object.assign(layout.yaxis, {type: "log", exponentformat: "power", title: {text: "loss, all pairs"}});
  Object.assign(layout, {showlegend: true, legend, hovermode: "closest"});
  layout.margin.b = 104;
  const steps = circuits.coset.ablation.slice().sort((p, q) => p.removed - q.removed);
  const data = [{type: "scatter", mode: "lines+markers", name: "least concentrated", x: steps.map(s => s.removed), y: steps.map(s => s.loss),
    text: steps.map(s => s.threshold === null ? "none removed" : `C_min from ${s.threshold}`), line: {color: css("--strong-0"), width: 2.5},
    hovertemplate: "%{text}: %{x} removed<br>loss %{y:.4g}<extra></extra>"}];
  const controls = (circuits.nulls?.random_neurons.ablation ?? []).slice().sort((p, q) => p.removed - q.removed);
  const start = circuits.coset.ablation[0].loss;
  for (const [key, dash] of controls.length > 0 ? [["median", "solid"], ["5%", "dot"], ["95%", "dot"]] : []) {
    data.push({type: "scatter", mode: "lines+markers", name: `random: ${key}`, x: [0, ...controls.map(c => c.removed)],
      y: [start, ...controls.map(c => c.loss[key])], line: {color: css("--strong-1"), width: key === "median" ? 2.5 : 1.4, dash}});
  }
  return {layout, data};
}

function pictureIrreps() {
  return Object.entries(circuits.rho_sets?.irreps ?? {}).filter(([, its]) => its.picture).map(([name]) => name);
}

function chosenPicture() {
  return document.getElementById("picture-irrep").value;
}

/** Points of the plane scaled to the unit circle's size. */
function pointFigure() {
  const name = chosenPicture(), {points, a} = circuits.rho_sets.irreps[name].picture;
  const layout = baseLayout(`${name}: ${points.length} points, and the a of its neurons`);
  layout.hovermode = "closest";
  Object.assign(layout.xaxis, {title: {text: "first direction of a"}, zeroline: true});
  Object.assign(layout.yaxis, {title: {text: "second direction of a"}, zeroline: true, scaleanchor: "x"});
  Object.assign(layout, {showlegend: true, legend});
  layout.margin.b = 104;
  const centre = points.reduce((sum, p) => [sum[0] + p[0] / points.length, sum[1] + p[1] / points.length], [0, 0]);
  const around = points.map((p, i) => i).sort((i, k) => Math.atan2(points[i][1] - centre[1], points[i][0] - centre[0]) -
    Math.atan2(points[k][1] - centre[1], points[k][0] - centre[0]));
  const outline = [...around, around[0]];
  const neurons = circuits.rho_sets.irreps[name].neurons;
  return {layout, data: [
    {type: "scatter", mode: "lines+markers+text", name: "points", x: outline.map(i => points[i][0]), y: outline.map(i => points[i][1]),
      text: outline.map((p, i) => i < points.length ? String(p) : ""), textposition: "top center", textfont: {color: css("--text"), size: 16},
      line: {color: css("--dim"), width: 1.4, dash: "dot"}, marker: {color: css("--text"), size: 13}, hovertemplate: "point %{text}<extra></extra>"},
    {type: "scatter", mode: "markers", name: "a of a neuron", x: a.map(v => v[0]), y: a.map(v => v[1]), text: neurons.map(String),
      marker: {color: css(colourOf(name)), size: 7, opacity: 0.7}, hovertemplate: "neuron %{text}<extra></extra>"}]};
}

function spectrumOfAFigure() {
  const name = chosenPicture(), its = circuits.rho_sets.irreps[name];
  const layout = baseLayout(`${name}: spectrum of a, rank ${its.a_rank}`);
  Object.assign(layout.xaxis, {title: {text: "direction"}, dtick: 1});
  Object.assign(layout.yaxis, {title: {text: "share of weight"}, range: [0, 1.02]});
  return {layout, data: [{type: "bar", x: its.a_spectrum.map((value, i) => i + 1), y: its.a_spectrum, marker: {color: css(colourOf(name))},
    hovertemplate: "direction %{x}: %{y:.4g}<extra></extra>"}]};
}

function controlFigure() {
  const controls = allControls(), layout = baseLayout("Losses observed, and those of random draws");
  layout.hovermode = "closest";
  Object.assign(layout.xaxis, {type: "log", exponentformat: "power", title: {text: "loss"}});
  Object.assign(layout.yaxis, {type: "category", autorange: "reversed"});
  Object.assign(layout, {showlegend: true, legend});
  layout.margin.b = 104;
  const boxes = controls.map(([what, , c], i) => ({type: "box", orientation: "h", name: "random draws", legendgroup: "random", showlegend: i === 0,
    x: c.values, y: c.values.map(() => what), boxpoints: false, line: {color: css("--dim"), width: 1.4}, hoverinfo: "x"}));
  boxes.push({type: "scatter", mode: "markers", name: "observed", x: controls.map(([, , c]) => c.observed), y: controls.map(([what]) => what),
    marker: {symbol: "diamond", size: 13, color: controls.map(([, , c]) => css(c.p <= 0.05 ? "--strong-1" : "--weak-0"))},
    text: controls.map(([, , c]) => `p = ${shown(c.p)} (${c.extreme})`), hovertemplate: "%{y}<br>%{x:.4g}, %{text}<extra></extra>"});
  return {layout, data: boxes};
}
