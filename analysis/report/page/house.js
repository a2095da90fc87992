"use strict";
// What every page of irreplens shares: elements, sortable tables, figures that are drawn when they come near the window and
// again when theme or choice changes, themes. A page defines cell(value), the td of a table's value, and sortValue(value).

const figures = new Map();                       // element id -> function that returns {data, layout}
const drawn = new Set();

/** Four digits; small numbers as powers of ten. */
function shown(value) {
  if (value === null || value === undefined || !Number.isFinite(value)) return "–";
  if (value === 0 || Math.abs(value) < 1e-12) return "0";
  if (Number.isInteger(value) && Math.abs(value) < 1e6) return String(value);
  return Math.abs(value) < 1e-3 ? value.toExponential(2) : value.toPrecision(4);
}

function element(tag, text, attributes = {}) {
  const made = document.createElement(tag);
  if (text !== null) made.textContent = text;
  for (const [name, value] of Object.entries(attributes)) made.setAttribute(name, value);
  return made;
}

/** A table whose columns sort at a click or by Enter. @param marked  rows to set in bold, by predicate */
function sortableTable(headings, rows, marked = () => false) {
  const table = element("table", null), body = element("tbody", null), head = element("tr", null);
  let sorted = -1, descending = false;
  const fill = () => {
    body.replaceChildren(...rows.map(row => {
      const line = element("tr", null, marked(row) ? {class: "key"} : {});
      line.append(...row.map(cell));
      return line;
    }));
  };
  fill();
  headings.forEach((heading, i) => {
    const th = element("th", null, {scope: "col", "aria-sort": "none"}), button = element("button", heading, {type: "button"});
    button.addEventListener("click", () => {
      descending = sorted === i ? !descending : typeof sortValue(rows[0]?.[i]) === "number";
      sorted = i;
      rows.sort((p, q) => {
        const a = sortValue(p[i]), b = sortValue(q[i]);
        const order = typeof a === "number" && typeof b === "number" ? a - b : String(a).localeCompare(String(b));
        return descending ? -order : order;
      });
      for (const other of head.children) other.setAttribute("aria-sort", "none");
      th.setAttribute("aria-sort", descending ? "descending" : "ascending");
      fill();
    });
    if (body.rows[0]?.cells[i].classList.contains("wide")) th.classList.add("wide");  // over texts that begin at the left
    th.append(button);
    head.append(th);
  });
  const header = element("thead", null);
  header.append(head);
  table.append(header, body);
  return table;
}

function card(value, label, colour) {
  const made = element("div", null, {class: "card"});
  if (colour) made.style.setProperty("--mark", `var(${colour})`);
  made.append(element("b", value), element("span", label));
  return made;
}

function css(name) {
  return getComputedStyle(document.documentElement).getPropertyValue(name).trim();
}

function baseLayout(title) {
  const axis = {gridcolor: css("--line"), zerolinecolor: css("--line"), linecolor: css("--line"), automargin: true};
  return {
    title: {text: title, font: {size: 17, color: css("--text")}, x: 0.02, xanchor: "left", yref: "container", y: 0.97},
    paper_bgcolor: "rgba(0,0,0,0)", plot_bgcolor: "rgba(0,0,0,0)",
    font: {color: css("--dim"), size: 14, family: "system-ui, Segoe UI, Roboto, sans-serif"},
    margin: {l: 60, r: 16, t: 44, b: 48}, hovermode: "x unified", showlegend: false,
    modebar: {bgcolor: "rgba(0,0,0,0)", color: css("--dim"), activecolor: css("--text")},
    hoverlabel: {bgcolor: css("--back"), bordercolor: css("--line"), font: {color: css("--text")}},
    xaxis: {...axis}, yaxis: {...axis},
  };
}

const legend = {orientation: "h", yref: "container", y: 0.01, yanchor: "bottom"};
const config = {responsive: true, displaylogo: false, toImageButtonOptions: {format: "svg"},
  modeBarButtonsToRemove: ["lasso2d", "select2d", "zoom2d", "pan2d", "zoomIn2d", "zoomOut2d", "autoScale2d"]};

function draw(id) {
  const {data, layout} = figures.get(id)();
  Plotly.react(id, data, layout, config);
  const figure = document.getElementById(id);
  figure.setAttribute("role", "figure");
  figure.setAttribute("aria-label", layout.title.text);
  drawn.add(id);
}

function redrawAll() {
  for (const id of drawn) draw(id);
}

function drawEverything() {
  for (const id of figures.keys()) draw(id);
}

/** Blue through the background to orange, so that zero is dark in the dark theme and light in the light one. */
function diverging() {
  return [0, 0.25, 0.5, 0.75, 1].map((place, i) => [place, css(`--map-${i}`)]);
}

/** The background through to orange, for what is never negative. */
function sequential() {
  return [2, 3, 4].map((stop, i) => [i / 2, css(`--map-${stop}`)]);
}

function options(id, names) {
  document.getElementById(id).append(...names.map(([value, text]) => element("option", text, {value})));
}

function fillNavigation() {
  const nav = document.querySelector("nav");
  for (const section of document.querySelectorAll("main section")) {
    if (section.hidden) continue;
    nav.append(element("a", section.dataset.short, {href: `#${section.id}`}));
  }
}

function listen(id, ids, note = () => {}) {
  document.getElementById(id).addEventListener("change", () => {
    note();
    for (const figure of ids) if (drawn.has(figure)) draw(figure);
  });
}

function drawWhenNear() {
  const observer = new IntersectionObserver(entries => {
    for (const entry of entries) {
      if (!entry.isIntersecting || drawn.has(entry.target.id)) continue;
      observer.unobserve(entry.target);
      draw(entry.target.id);
    }
  }, {rootMargin: "600px"});
  for (const id of figures.keys()) observer.observe(document.getElementById(id));
  window.addEventListener("beforeprint", drawEverything);
}

function setTheme(light) {
  document.documentElement.dataset.theme = light ? "light" : "dark";
  document.getElementById("theme").textContent = light ? "Dark theme" : "Light theme";
  redrawAll();
}

function switchTheme() {
  setTheme(document.documentElement.dataset.theme === "dark");
}

/** The theme that the reader's system prefers, a button and the key t to switch it. */
function startThemes() {
  setTheme(matchMedia("(prefers-color-scheme: light)").matches);
  document.getElementById("theme").addEventListener("click", switchTheme);
  document.addEventListener("keydown", event => {
    const typing = /^(SELECT|INPUT|TEXTAREA)$/.test(event.target.tagName);
    if (event.key === "t" && !typing && !event.ctrlKey && !event.metaKey && !event.altKey) switchTheme();
  });
}
