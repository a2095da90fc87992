// Tables, cards and texts: all that the census shows without Plotly.

function chip(population) {
  const made = element("span", "", {class: "chip"});
  made.style.background = `var(${colourOf(population)})`;
  return made;
}

/** A cell: a number, a text, or {text, value to sort by, href, population whose colour it has, wide for long texts}. */
function cell(value) {
  const made = element("td", null, value?.wide ? {class: "wide"} : {});
  if (typeof value !== "object" || value === null) {
    made.textContent = typeof value === "number" ? shown(value) : value === null ? "–" : value;
    return made;
  }
  if (value.population !== undefined) made.append(chip(value.population));
  made.append(value.href ? element("a", value.text, {href: value.href}) : value.text);
  return made;
}

function sortValue(value) {
  if (value === null) return -Infinity;
  return typeof value === "object" ? value.value ?? -Infinity : value;
}

function estimate(numbers, format = shown) {
  return {text: withInterval(numbers, format), value: numbers[0]};
}

/** A path as a link: its names may have any letters, "#" and "%" too. */
function linkTo(path) {
  return path === null ? null : path.split("/").map(encodeURIComponent).join("/");
}

function wideText(text) {
  return {text, value: text, wide: true};
}

function fill(id, table) {
  document.getElementById(id).replaceChildren(table);
}

function chosenPopulation() {
  return Number(document.getElementById("population").value);
}

function fillSummary() {
  const grokked = census.runs.filter(run => run.grokked).length, groups = new Set(populations.map(p => p.group));
  document.title = `Census of ${census.runs.length} runs`;
  document.getElementById("title").textContent = `Census: what ${census.runs.length} runs have in common`;
  document.getElementById("subtitle").textContent = `Groups ${[...groups].join(", ")}; ` +
    `models ${[...new Set(populations.map(p => p.model))].join(", ")}`;
  document.getElementById("cards").append(card(census.runs.length, "runs"), card(populations.length, "populations"),
    card(grokked, "runs grokked"), card(census.runs.length - grokked, "have not, so far"), card(census.skipped.length, "skipped"));
  const epochs = p => p.epochs[0] === p.epochs[1] ? String(p.epochs[0]) : `${p.epochs[0]} to ${p.epochs[1]}`;
  fill("population-table", sortableTable(["population", "runs", "epochs", "grokked", "share", "a quarter by epoch", "half", "three quarters"],
    populations.map((p, i) => [{text: p.name, value: p.name, population: i}, p.runs, {text: epochs(p), value: p.epochs[1]}, p.grokked_runs,
      estimate(p.grokked, shareText), ...[0, 1, 2].map(q => ({text: quartileText(p.times, q), value: p.times.quartiles[q][0] ?? Infinity}))])));
}

/** The tables of the population chosen. */
function fillPopulation() {
  const p = populations[chosenPopulation()];
  document.getElementById("population-note").textContent = `${p.runs} runs, ${p.grokked_runs} grokked; ` +
    (p.irreps.some(irrep => irrep.ordered_runs > 0) ? "" : "in which order irreps appear is not known, see ./census --checkpoints; ") +
    (p.times.unlogged > 0 ? `${p.times.unlogged} without a log of accuracies` : "all with a log of accuracies");
  fill("irrep-table", sortableTable(["irrep", "dim", "faithful", "key in", "share of runs", "of grokked", "first", "place", "neurons", "similarity"],
    p.irreps.map(irrep => [irrep.name, irrep.dimension, irrep.faithful ? "yes" : "no", irrep.key_runs, estimate(irrep.key, shareText),
      estimate(irrep.key_of_grokked, shareText), irrep.ordered_runs === 0 ? null : estimate(irrep.first, shareText),
      irrep.ordered_runs === 0 ? null : estimate(irrep.rank),
      irrep.key_runs === 0 ? null : {text: `${shown(irrep.neurons[1])} (${shown(irrep.neurons[0])}..${shown(irrep.neurons[2])})`, value: irrep.neurons[1]},
      irrep.similarity]), row => row[3] > 0));
  const sets = (id, title, list) => fill(id, sortableTable([title, "runs", "share"],
    list.map(set => [wideText(set.irreps.join(" ") || "none"), set.runs, estimate(set.share, shareText)])));
  sets("set-table", "irreps", p.sets);
  sets("order-table", "order", p.orders);
  document.getElementById("order-table").parentElement.hidden = p.orders.length === 0;
}

function fillPaper() {
  const rows = [];
  populations.forEach((p, i) => {
    const name = kind => ({text: `${p.name}: ${kind}`, value: `${String(i).padStart(6, "0")} ${kind}`, population: i});
    rows.push([name("median"), p.runs, ...p.columns.map(c => estimate(c.median, v => paperText(c.key, v)))]);
    rows.push([name("mean"), p.runs, ...p.columns.map(c => ({text: paperText(c.key, c.mean), value: c.mean}))]);
    if (p.columns.every(c => c.published_mean === null)) return;
    rows.push([name("published mean"), p.runs, ...p.columns.map(c =>
      ({text: paperText(c.key, c.published_mean) + (c.defect ? "*" : ""), value: c.published_mean}))]);
  });
  fill("paper-table", sortableTable(["population", "runs", ...populations[0].columns.map(c => c.title)], rows, row => row[0].text.endsWith(": median")));
  const concerned = new Map();  // by what is wrong, and in which figures: whom it concerns
  for (const note of census.footnotes) {
    const text = `${note.reason}. Wrong are: ${note.keys.join(", ")}.`;
    concerned.set(text, [...concerned.get(text) ?? [], `${note.group} ${note.model}`]);
  }
  for (const [text, names] of concerned) {
    document.getElementById("footnotes").append(element("p", `Footnote *: published figures of ${names.join(", ")}: ${text}`, {class: "notice"}));
  }
}

function fillPredictors() {
  const row = (name, test) => [name, test.predictor, test.predicted, test.correlation,
    {text: test.correlation === null ? "does not vary" : `${shown(test.by_chance[0])}..${shown(test.by_chance[1])}`, value: test.by_chance[0]},
    test.p_value, test.pairs];
  const rows = census.pooled.map(test => row({text: `all ${test.populations} that vary, pooled`, value: ""}, test));
  populations.forEach((p, i) => {
    for (const test of p.predictors.filter(t => t.correlation !== null)) rows.push(row({text: p.name, value: p.name, population: i}, test));
  });
  fill("predictor-table", sortableTable(["population", "predictor", "of", "rank correlation", "95% by chance", "p", "irreps"], rows,
    r => r[0].value === ""));
}

/** A run's figure, and the one that it came with in brackets. */
function runFigure(run, key) {
  const value = run.metrics[key], published = run.published?.metrics[key];
  const star = defectOf(run.population, key) ? "*" : "";
  return {text: paperText(key, value) + (published === undefined ? "" : ` (${paperText(key, published)}${star})`), value};
}

function fillRuns() {
  const chosen = document.getElementById("run-population").value;
  const runs = chosen === "all" ? census.runs : runsOf[Number(chosen)], columns = populations[0].columns;
  fill("run-table", sortableTable(["run", "population", "seed", "epochs", "grokked at", "key irreps", "train accuracy", "test accuracy", ...columns.map(c => c.title)],
    runs.map(run => {
      const order = run.key_reps_in_order.length > 0 ? run.key_reps_in_order : run.key_reps;
      const published = run.published?.key_reps ?? [], same = published.length === 0 || [...published].sort().join() === [...run.key_reps].sort().join();
      return [{text: run.run, value: run.directory, href: linkTo(run.report)}, {text: populations[run.population].name, value: populations[run.population].name, population: run.population},
        run.seed, run.epochs, {text: run.grokked_at ?? (run.grokked ? "not logged" : "no"), value: run.grokked_at ?? Infinity},
        wideText((order.join(" ") || "none") + (same ? "" : ` (published: ${published.join(" ")}${defectOf(run.population, "key_reps") ? "*" : ""})`)),
        run.metrics.train_acc, run.metrics.test_acc, ...columns.map(c => runFigure(run, c.key))];
    })));
}

function fillSkipped() {
  document.getElementById("skipped").hidden = census.skipped.length === 0;
  fill("skipped-table", sortableTable(["directory", "reason"], census.skipped.map(s => [s.directory, wideText(s.reason)])));
  document.querySelector("#skipped-table table").classList.add("named");
}
