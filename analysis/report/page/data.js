"use strict";
// The document as analyze wrote it, lists decoded, and what all figures share: colours, names, formats.

const report = JSON.parse(document.getElementById("data").textContent);

/** Numbers of a list: plain, or base64 of little-endian float32, uint16, or int16 times a scale. */
function numbers(list) {
  if (Array.isArray(list)) return list;
  const text = atob(list.f32 ?? list.u16 ?? list.i16), bytes = new Uint8Array(text.length);
  for (let i = 0; i < text.length; ++i) bytes[i] = text.charCodeAt(i);
  if (list.f32 !== undefined) return new Float32Array(bytes.buffer);
  if (list.u16 !== undefined) return new Uint16Array(bytes.buffer);
  return Float32Array.from(new Int16Array(bytes.buffer), value => value * list.scale);
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
const hasSlice = report.slice.logits !== null;

const clusterColours = {off: "--off", several: "--several", none: "--none"};

/** The style sheet's variable for an irrep or a cluster: key irreps have the strong colours, in order; the others are muted. */
function colourOf(name) {
  if (name in clusterColours) return clusterColours[name];
  const key = keyIrreps.indexOf(name);
  return key >= 0 ? `--strong-${key % 13}` : `--weak-${irreps.indexOf(name) % 8}`;
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
    meaning: "Share of what the second input adds to the neurons that lies in the irrep.", formula: "|P r|² / |r|²,  r = W_y W[E:]"},
  {title: "Unembedding", name: r => `percent_unembed_${r}_rep`, log: false, trivial: true,
    meaning: "Share of the unembedding that lies in the irrep.", formula: "|P W_Uᵀ|² / |W_U|²"},
  {title: "Hidden layer, total", name: r => `total_percent_hidden_${r}_rep`, log: false, trivial: true,
    meaning: "Share of the hidden layer's variance that functions ρ(a), ρ(b) and ρ(ab) of the irrep carry.",
    formula: "the sum of the next three"},
  {title: "Hidden layer, ρ(a)", name: r => `percent_hidden_x_${r}_rep`, log: false, trivial: true,
    meaning: "Share of the hidden layer's variance that functions ρ(a) of the first input carry.", formula: "|P F|² / (n |hc|²),  F(a) = Σ_b hc(a,b)"},
  {title: "Hidden layer, ρ(b)", name: r => `percent_hidden_y_${r}_rep`, log: false, trivial: true,
    meaning: "Share that functions ρ(b) of the second input carry.", formula: "|P F|² / (n |hc|²),  F(b) = Σ_a hc(a,b)"},
  {title: "Hidden layer, ρ(ab)", name: r => `percent_hidden_xy_${r}_rep`, log: false, trivial: true,
    meaning: "Share that functions ρ(ab) of the product carry, which is what the network was asked for.",
    formula: "|P F|² / (n |hc|²),  F(g) = Σ_{ab=g} hc(a,b)"},
  {title: "Excluded loss, hidden layer", name: r => `hidden_excluded_loss_${r}_rep`, log: true, trivial: true,
    meaning: "Loss on the train pairs when the irrep's ρ(ab) is removed from the hidden layer: high if the network needs it.",
    formula: "loss of (h − h_R) W_U,  h_R(a,b) = (P F)(ab) / n"},
  {title: "Restricted loss, hidden layer", name: r => `hidden_restricted_loss_${r}_rep`, log: true, trivial: true,
    meaning: "Loss on all pairs when only the irrep's ρ(ab) is kept: low if it is enough.", formula: "loss of h_R W_U"},
  {title: "Excluded loss, logits", name: r => `logit_excluded_loss_${r}_rep`, log: true, trivial: false,
    meaning: "Loss on the train pairs when the multiple of the irrep's character is removed from the logits.", formula: "loss of logits − κ χ(a b c⁻¹), train pairs"},
  {title: "Restricted loss, logits", name: r => `logit_restricted_loss_${r}_rep`, log: true, trivial: false,
    meaning: "Loss on all pairs when only that multiple of the character is kept.", formula: "loss of κ χ(a b c⁻¹), all pairs"},
];

const totalMetrics = [
  ["percent_logits_explained", "Share of the centred logits that are multiples of characters, over all non-trivial irreps.", "Σ similarity²"],
  ["total_hidden_excluded_loss", "Train loss without all key irreps in the hidden layer.", "loss of (h − Σ h_R) W_U"],
  ["total_hidden_restricted_loss", "Loss on all pairs with the key irreps alone in the hidden layer.", "loss of Σ h_R W_U"],
  ["total_logit_excluded_loss", "Train loss without the key irreps' characters in the logits.", "loss of logits − Σ κ_R χ_R"],
  ["total_logit_restricted_loss", "Loss on all pairs with the key irreps' characters alone in the logits.", "loss of Σ κ_R χ_R"],
  ["percent_x_embed_explained", "Share of l in the key irreps.", "Σ over key irreps of the share"],
  ["percent_y_embed_explained", "Share of r in the key irreps.", "Σ over key irreps of the share"],
  ["percent_unembed_explained", "Share of W_U in the key irreps.", "Σ over key irreps of the share"],
  ["percent_hidden_explained", "Share of the hidden layer's variance in ρ(a), ρ(b), ρ(ab) of the key irreps.", "Σ over key irreps of the share"],
  ["percent_hidden_xy_explained", "Share of the hidden layer's variance in ρ(ab) of the key irreps.", "Σ over key irreps of the share"],
  ["test_loss_restricted_loss_ratio", "How much worse the network is than its own circuit.", "test loss / total hidden restricted loss"],
  ["sum_of_squared_weights", "What weight decay pushes down.", "|W_x|² + |W_y|² + |W|² + |W_U|²"],
  ["train_loss", "Loss on the train pairs.", "mean −log softmax(logits)[ab]"],
  ["test_loss", "Loss on the test pairs.", "mean −log softmax(logits)[ab]"],
  ["all_loss", "Loss on all pairs.", "mean −log softmax(logits)[ab]"],
  ["train_acc", "Share of train pairs answered right.", "argmax logits = ab"],
  ["test_acc", "Share of test pairs answered right.", "argmax logits = ab"],
];

/** The first epoch with at least 99% test accuracy, or null. */
function grokkingEpoch() {
  if (!hasTraining) return null;
  const reached = column("test_acc").findIndex(accuracy => accuracy >= 0.99);
  return reached < 0 ? null : epochs[reached];
}
