// The document as census wrote it, and how its figures are told.

const census = JSON.parse(document.getElementById("data").textContent);
const populations = census.populations;
const shownPopulations = new Set(populations.keys());
const runsOf = populations.map(() => []);
for (const run of census.runs) runsOf[run.population].push(run);

function colourOf(population) {
  return `--strong-${population % 13}`;
}

/** A share of runs. */
function shareText(value) {
  return value === null ? "–" : value.toFixed(3);
}

/** "0.62 (0.51..0.72)"; `format` tells a number. */
function withInterval([value, low, high], format = shown) {
  if (value === null) return "–";
  return low === null || high === null ? format(value) : `${format(value)} (${format(low)}..${format(high)})`;
}

/** A time until which a share has grokked: null is never, as far as is known. */
function epochText(value) {
  return value === null ? "never" : String(Math.round(value));
}

function quartileText(times, i) {
  if (times.logged === 0) return "not logged";
  const [value, low, high] = times.quartiles[i];
  return `${epochText(value)} (${epochText(low)}..${epochText(high)})`;
}

/** Figures of the published table, as it prints them. */
function paperText(key, value) {
  if (value === null || value === undefined) return "–";
  if (key.startsWith("percent_")) return `${(100 * value).toFixed(2)}%`;
  return key === "total_hidden_excluded_loss" ? value.toFixed(2) : value.toExponential(2).replace(/e([+-])(\d)$/, "e$10$2");
}

/** Why a published figure of a population is wrong; "" if it is right. */
function defectOf(population, key) {
  const p = populations[population];
  if (!p.published) return "";
  const note = census.footnotes.find(n => n.group === p.group && n.model === p.model && n.keys.includes(key));
  return note ? note.reason : "";
}

const columnMeanings = {
  test_loss: "Loss on the test pairs of the final model, in nats, on a log axis.",
  total_hidden_excluded_loss: "Excluded loss: on the train pairs without the key irreps' ρ(ab) in the hidden layer, in nats. High if the network needs them.",
  total_hidden_restricted_loss: "Restricted loss: on all pairs with nothing but the key irreps' ρ(ab) in the hidden layer, in nats, on a log axis. Low if they are enough.",
  percent_logits_explained: "Share of the centred logits' squared norm that are multiples of characters.",
  percent_x_embed_explained: "Share of what the first input adds to the neurons that lies in the key irreps.",
  percent_y_embed_explained: "Share of what the second input adds to the neurons that lies in the key irreps.",
  percent_unembed_explained: "Share of the unembedding that lies in the key irreps.",
  percent_hidden_explained: "Share of the hidden layer's variance that functions ρ(a), ρ(b), ρ(ab) of the key irreps carry.",
  percent_hidden_xy_explained: "Share of the hidden layer's variance that functions ρ(ab) of the key irreps carry.",
};
