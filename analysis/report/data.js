"use strict";
// The document as analyze wrote it, lists decoded, and what all figures share: colours, names, formats.

const report = JSON.parse(document.getElementById("data").textContent);

/** Numbers of a list, packed as base64 of little-endian float32 or plain. */
function numbers(list) {
  if (Array.isArray(list)) return list;
  const text = atob(list.f32), bytes = new Uint8Array(text.length);
  for (let i = 0; i < text.length; ++i) bytes[i] = text.charCodeAt(i);
  return new Float32Array(bytes.buffer);
}

/** Rows of {rows, cols, values}. */
function matrixRows(matrix) {
  const values = numbers(matrix.values), rows = [];
  for (let i = 0; i < matrix.rows; ++i) rows.push(values.slice(i * matrix.cols, (i + 1) * matrix.cols));
  return rows;
}

const irreps = report.irreps.all.map(irrep => irrep.name);
const keyIrreps = report.irreps.key;
const epochs = report.training.epoch;
const hasTraining = epochs.length > 1;

const strongColours = ["#4cc9f0", "#f9a03f", "#7ae582", "#f25f8b", "#b892ff", "#ffe066", "#3ddbc0", "#ff7f6b", "#8fb3ff",
  "#d4e157", "#e49bdc", "#c8a27a", "#66d9ff"];
const weakColours = ["#8796a5", "#a58f87", "#87a58f", "#9a87a5", "#a5a087", "#87a3a5", "#a58799", "#7c8c6f"];
const clusterColours = {off: "#46525e", several: "#e8edf2", none: "#8796a5"};

/** Key irreps have the strong colours, in order; the others are muted. */
function colourOf(name) {
  if (name in clusterColours) return clusterColours[name];
  const key = keyIrreps.indexOf(name);
  if (key >= 0) return strongColours[key % strongColours.length];
  return weakColours[irreps.indexOf(name) % weakColours.length];
}

/** A column of metrics.csv. */
function column(name) {
  return Array.from(numbers(report.training.metrics[name]));
}

/** The metrics of one irrep: title, column name, axis, sentence, formula. */
const irrepMetrics = [
  {title: "Logit similarity", name: r => `logit_${r}_rep_trace_similarity`, log: false, trivial: false,
    meaning: "How much the logits look like the irrep's character: the cosine over all a, b, c.",
    formula: "cos(logits(a,b,c) − mean over c, χ(a b c⁻¹))"},
  {title: "Embedding x", name: r => `percent_x_embed_${r}_rep`, log: false, trivial: true,
    meaning: "Share of what the first input adds to the neurons that lies in the irrep.", formula: "|P l|² / |l|²,  l = W_x W[:E]"},
  {title: "Embedding y", name: r => `percent_y_embed_${r}_rep`, log: false, trivial: true,
    meaning: "The same for the second input.", formula: "|P r|² / |r|²,  r = W_y W[E:]"},
  {title: "Unembedding", name: r => `percent_unembed_${r}_rep`, log: false, trivial: true,
    meaning: "Share of the unembedding that lies in the irrep.", formula: "|P W_Uᵀ|² / |W_U|²"},
  {title: "Hidden layer, total", name: r => `total_percent_hidden_${r}_rep`, log: false, trivial: true,
    meaning: "Share of the hidden layer's variance that functions ρ(a), ρ(b) and ρ(ab) of the irrep carry.",
    formula: "the sum of the next three"},
  {title: "Hidden layer, ρ(a)", name: r => `percent_hidden_x_${r}_rep`, log: false, trivial: true,
    meaning: "The part of functions of a alone.", formula: "|P F|² / (n |hc|²),  F(a) = Σ_b hc(a,b)"},
  {title: "Hidden layer, ρ(b)", name: r => `percent_hidden_y_${r}_rep`, log: false, trivial: true,
    meaning: "The part of functions of b alone.", formula: "|P F|² / (n |hc|²),  F(b) = Σ_a hc(a,b)"},
  {title: "Hidden layer, ρ(ab)", name: r => `percent_hidden_xy_${r}_rep`, log: false, trivial: true,
    meaning: "The part of functions of the product, which is what the network was asked for.",
    formula: "|P F|² / (n |hc|²),  F(g) = Σ_{ab=g} hc(a,b)"},
  {title: "Excluded loss, hidden layer", name: r => `hidden_excluded_loss_${r}_rep`, log: true, trivial: true,
    meaning: "Loss on the train pairs when the irrep's ρ(ab) is removed from the hidden layer: high if the network needs it.",
    formula: "loss of (h − h_R) W_U,  h_R(a,b) = (P F)(ab) / n"},
  {title: "Restricted loss, hidden layer", name: r => `hidden_restricted_loss_${r}_rep`, log: true, trivial: true,
    meaning: "Loss on all pairs when only the irrep's ρ(ab) is kept: low if it is enough.", formula: "loss of h_R W_U"},
  {title: "Excluded loss, logits", name: r => `logit_excluded_loss_${r}_rep`, log: true, trivial: false,
    meaning: "The same, removing the multiple of the character from the logits.", formula: "loss of logits − κ χ(a b c⁻¹), train pairs"},
  {title: "Restricted loss, logits", name: r => `logit_restricted_loss_${r}_rep`, log: true, trivial: false,
    meaning: "The same, keeping that multiple alone.", formula: "loss of κ χ(a b c⁻¹), all pairs"},
];

const totalMetrics = [
  ["percent_logits_explained", "Share of the centred logits that are multiples of characters, over all non-trivial irreps.", "Σ similarity²"],
  ["total_hidden_excluded_loss", "Train loss without all key irreps in the hidden layer.", "loss of (h − Σ h_R) W_U"],
  ["total_hidden_restricted_loss", "Loss on all pairs with the key irreps alone in the hidden layer.", "loss of Σ h_R W_U"],
  ["total_logit_excluded_loss", "The same in the logits.", "loss of logits − Σ κ_R χ_R"],
  ["total_logit_restricted_loss", "The same in the logits.", "loss of Σ κ_R χ_R"],
  ["percent_x_embed_explained", "Share of l in the key irreps.", "Σ over key irreps"],
  ["percent_y_embed_explained", "Share of r in the key irreps.", "Σ over key irreps"],
  ["percent_unembed_explained", "Share of W_U in the key irreps.", "Σ over key irreps"],
  ["percent_hidden_explained", "Share of the hidden layer's variance in ρ(a), ρ(b), ρ(ab) of the key irreps.", "Σ over key irreps"],
  ["percent_hidden_xy_explained", "Share of the hidden layer's variance in ρ(ab) of the key irreps.", "Σ over key irreps"],
  ["test_loss_restricted_loss_ratio", "How much worse the network is than its own circuit.", "test loss / total hidden restricted loss"],
  ["sum_of_squared_weights", "What weight decay pushes down.", "|W_x|² + |W_y|² + |W|² + |W_U|²"],
  ["train_loss", "Loss on the train pairs.", "mean −log softmax(logits)[ab]"],
  ["test_loss", "Loss on the test pairs.", "mean −log softmax(logits)[ab]"],
  ["all_loss", "Loss on all pairs.", "mean −log softmax(logits)[ab]"],
  ["train_acc", "Share of train pairs answered right.", "argmax logits = ab"],
  ["test_acc", "Share of test pairs answered right.", "argmax logits = ab"],
];

/** Four digits; small numbers as powers of ten. */
function shown(value) {
  if (value === null || value === undefined || !Number.isFinite(value)) return "–";
  if (value === 0 || Math.abs(value) < 1e-12) return "0";
  if (Number.isInteger(value) && Math.abs(value) < 1e6) return String(value);
  return Math.abs(value) < 1e-3 ? value.toExponential(2) : value.toPrecision(4);
}

/** The first epoch with at least 99% test accuracy, or null. */
function grokkingEpoch() {
  if (!hasTraining) return null;
  const reached = column("test_acc").findIndex(accuracy => accuracy >= 0.99);
  return reached < 0 ? null : epochs[reached];
}
