// Every figure of a census.

/** A colour of the style sheet with an opacity. */
function translucent(name, opacity) {
  const hex = css(name);
  return `rgba(${[1, 3, 5].map(i => parseInt(hex.slice(i, i + 2), 16)).join(",")},${opacity})`;
}

function shownList() {
  return [...shownPopulations].sort((a, b) => a - b);
}

/** Steps of a curve from 1 at epoch `from`, ends of the band included. */
function steps(curve, from) {
  const x = [from], y = [1], low = [1], high = [1];
  for (const step of curve) {
    x.push(step.epoch);
    y.push(step.share);
    low.push(step.band[0] ?? 0);
    high.push(step.band[1] ?? 0);
  }
  return {x, y, low, high};
}

function survivalFigure() {
  const layout = baseLayout("Share that has not grokked"), log = document.getElementById("log-epochs").checked, data = [];
  Object.assign(layout.xaxis, {title: {text: "epoch"}, type: log ? "log" : "linear", rangemode: "tozero"});
  Object.assign(layout.yaxis, {range: [-0.02, 1.02], title: {text: "share of runs"}});
  layout.hovermode = "closest";
  for (const i of shownList()) {
    const p = populations[i];
    if (p.times.logged === 0) continue;
    const {x, y, low, high} = steps(p.times.curve, log ? 1 : 0), colour = colourOf(i);
    const edge = {type: "scatter", mode: "lines", line: {width: 0, shape: "hv"}, hoverinfo: "skip"};
    data.push({...edge, x, y: low}, {...edge, x, y: high, fill: "tonexty", fillcolor: translucent(colour, 0.18)});
    data.push({type: "scatter", mode: "lines", name: p.name, x, y, line: {color: css(colour), width: 2.5, shape: "hv"},
      hovertemplate: `${p.name}: %{y:.3f}<br>epoch %{x}<extra></extra>`});
    const censored = p.times.curve.filter(step => step.censored > 0);
    data.push({type: "scatter", mode: "markers", x: censored.map(s => s.epoch), y: censored.map(s => s.share),
      marker: {symbol: "cross-thin", size: 11, line: {color: css(colour), width: 2}}, text: censored.map(s => s.censored),
      hovertemplate: `${p.name}: %{text} censored<br>epoch %{x}<extra></extra>`});
  }
  return {layout, data};
}

/** Bars of [value, low, high] with whiskers. */
function bar(name, names, estimates, colour) {
  const value = estimates.map(e => e[0] ?? 0);
  return {type: "bar", name, x: names, y: value, marker: {color: css(colour)},
    error_y: {type: "data", symmetric: false, array: estimates.map((e, i) => (e[0] === null ? 0 : e[2] - value[i])),
      arrayminus: estimates.map((e, i) => (e[0] === null ? 0 : value[i] - e[1])), color: css("--text"), thickness: 1.5, width: 4},
    customdata: estimates.map(e => withInterval(e, shareText)), hovertemplate: "%{x}: %{customdata}<extra>" + name + "</extra>"};
}

function keyFigure() {
  const p = populations[chosenPopulation()], layout = baseLayout(`${p.name}: how often an irrep is key`);
  Object.assign(layout, {barmode: "group", showlegend: true, legend, hovermode: "closest"});
  layout.margin.b = 104;
  Object.assign(layout.yaxis, {range: [0, 1.02], title: {text: "share of runs"}});
  Object.assign(layout.xaxis, {type: "category"});
  const names = p.irreps.map(irrep => irrep.name), data = [bar("key", names, p.irreps.map(irrep => irrep.key), "--strong-0")];
  if (p.grokked_runs < p.runs) data.push(bar("key, of the runs that grokked", names, p.irreps.map(irrep => irrep.key_of_grokked), "--strong-2"));
  if (p.irreps.some(irrep => irrep.ordered_runs > 0)) {
    data.push(bar("appears first, where key", names, p.irreps.map(irrep => irrep.first), "--strong-1"));
  }
  return {layout, data};
}

function orderedRuns() {
  const order = document.getElementById("map-order").value, runs = [...runsOf[chosenPopulation()]];
  const grokkedAt = run => run.grokked_at ?? Infinity;
  if (order === "grokked") runs.sort((a, b) => (grokkedAt(a) < grokkedAt(b) ? -1 : Number(grokkedAt(a) > grokkedAt(b))));
  if (order === "keys") runs.sort((a, b) => a.key_reps.join().localeCompare(b.key_reps.join()));
  return runs;
}

function mapFigure() {
  const p = populations[chosenPopulation()], runs = orderedRuns(), layout = baseLayout(`${p.name}: logit similarity of each irrep in each run`);
  const all = document.getElementById("map-irreps").value === "all" || p.irreps.every(irrep => irrep.key_runs === 0);
  const chosen = [...p.irreps.keys()].filter(i => all || p.irreps[i].key_runs > 0);
  const plain = {showgrid: false, zeroline: false, ticks: ""};
  Object.assign(layout.xaxis, plain, {type: "category", title: {text: "irrep"}});
  const few = runs.length <= 40, places = runs.map((run, i) => i);
  Object.assign(layout.yaxis, plain, {autorange: "reversed", title: {text: few ? "seed" : "runs"}, showticklabels: few,
    tickvals: places, ticktext: runs.map(run => run.seed)});
  layout.hovermode = "closest";
  const largest = runs.reduce((most, run) => Math.max(most, ...run.similarities), 0.01);
  return {layout, data: [{type: "heatmap", x: chosen.map(i => p.irreps[i].name), y: places,
    z: runs.map(run => chosen.map(i => run.similarities[i])), zmin: 0, zmax: largest,
    text: runs.map(run => chosen.map(() => run.run)), colorscale: [[0, css("--map-2")], [0.5, css("--map-1")], [1, css("--strong-0")]],
    xgap: chosen.length <= 60 ? 1 : 0, ygap: runs.length <= 60 ? 1 : 0, colorbar: {thickness: 14, outlinewidth: 0},
    hovertemplate: "%{text}<br>%{x}: %{z:.4f}<extra></extra>"}]};
}

function columnFigure() {
  const column = populations[0].columns[Number(document.getElementById("column").value)], key = column.key;
  const layout = baseLayout(`${column.title} by population`), few = census.runs.length <= 400;
  layout.hovermode = "closest";
  const values = shownList().flatMap(i => runsOf[i].map(run => run.metrics[key])).filter(value => value > 0);
  const decades = Math.log10(values.reduce((a, b) => Math.max(a, b), 0) / values.reduce((a, b) => Math.min(a, b), Infinity));
  if (key.endsWith("_loss")) Object.assign(layout.yaxis, {type: "log", exponentformat: "power", title: {text: "nats"}}, decades > 2 ? {dtick: 1} : {});
  else layout.yaxis.title = {text: "share"};
  Object.assign(layout.xaxis, {type: "category", tickangle: "auto"});
  const data = shownList().map(i => ({type: "box", name: populations[i].name, y: runsOf[i].map(run => run.metrics[key]),
    text: runsOf[i].map(run => run.run), marker: {color: css(colourOf(i)), size: 5}, line: {color: css(colourOf(i)), width: 1.5},
    fillcolor: translucent(colourOf(i), 0.2), boxpoints: few ? "all" : "outliers", jitter: 0.4, pointpos: 0,
    hovertemplate: "%{text}: %{y:.4g}<extra></extra>"}));
  return {layout, data};
}
