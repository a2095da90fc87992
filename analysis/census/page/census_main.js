// Puts the census' page together and listens.

function showOnly(list) {
  shownPopulations.clear();
  for (const i of list) shownPopulations.add(i);
  for (const button of document.querySelectorAll("#legend button")) {
    button.setAttribute("aria-pressed", shownPopulations.has(Number(button.dataset.population)));
  }
  redrawAll();
}

/** A choice of populations that holds in every figure of several. */
function fillLegend() {
  document.getElementById("show-all").addEventListener("click", () => showOnly(populations.keys()));
  document.getElementById("show-none").addEventListener("click", () => showOnly([]));
  const buttons = document.getElementById("legend");
  populations.forEach((p, i) => {
    const button = element("button", null, {type: "button", "aria-pressed": true, "data-population": i});
    button.append(chip(i), p.name);
    button.addEventListener("click", () => {
      if (!shownPopulations.delete(i)) shownPopulations.add(i);
      button.setAttribute("aria-pressed", shownPopulations.has(i));
      redrawAll();
    });
    buttons.append(button);
  });
}

function noteColumn() {
  const column = populations[0].columns[Number(document.getElementById("column").value)];
  document.getElementById("column-meaning").textContent = columnMeanings[column.key];
}

/** The largest table waits until it comes near. */
function fillRunsWhenNear() {
  const place = document.getElementById("run-table");
  const observer = new IntersectionObserver(entries => {
    if (!entries.some(entry => entry.isIntersecting)) return;
    observer.disconnect();
    fillRuns();
  }, {rootMargin: "600px"});
  observer.observe(place);
  document.getElementById("run-population").addEventListener("change", fillRuns);
  window.addEventListener("beforeprint", fillRuns);
}

function start() {
  startThemes();
  const names = populations.map((p, i) => [i, p.name]);
  options("population", names);
  options("run-population", [["all", "all"], ...names]);
  options("column", populations[0].columns.map((column, i) => [i, column.title]));
  document.getElementById("population").selectedIndex =
    populations.reduce((best, p, i) => (p.runs > populations[best].runs ? i : best), 0);
  fillSummary();
  fillLegend();
  fillPopulation();
  fillPaper();
  fillPredictors();
  fillSkipped();
  fillRunsWhenNear();
  fillNavigation();
  noteColumn();
  listen("population", ["key-bars", "map"], fillPopulation);
  listen("column", ["column-boxes"], noteColumn);
  if (typeof Plotly === "undefined") {
    document.getElementById("missing").hidden = false;
    for (const figure of document.querySelectorAll(".figure")) figure.hidden = true;
    return;
  }
  figures.set("survival", survivalFigure);
  figures.set("key-bars", keyFigure);
  figures.set("map", mapFigure);
  figures.set("column-boxes", columnFigure);
  if (populations.every(p => p.times.logged === 0)) {
    figures.delete("survival");
    document.getElementById("survival").hidden = true;
  }
  listen("log-epochs", ["survival"]);
  listen("map-order", ["map"]);
  listen("map-irreps", ["map"]);
  drawWhenNear();
}

start();
