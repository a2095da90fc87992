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

/** What differs between the kinds of network: formulas of the network and its parts. */
const architectures = {
  OneLayerMLP: {
    network: "Two embeddings, one relu, one unembedding.", formula: "h(a,b) = relu(l(a) + r(b)),  logits = h W_U",
    x: "l", y: "r", xy: "l = W_x W[:E]", yx: "r = W_y W[E:]", embedding: "what an input adds to the neurons", unembed: "W_U",
    weights: "|W_x|² + |W_y|² + |W|² + |W_U|²",
    input: "The squared norm of what reaches the neuron; the share in an irrep is that of its projection.",
    spectrum: "of the embeddings themselves, of what they add to the neurons (l = W_x W[:E], r = W_y W[E:]), and of the unembedding"},
  OneLayerMLPwithBias: {
    network: "Two embeddings, one relu and a bias after it, one unembedding.", formula: "h(a,b) = relu(l(a) + r(b)) + b,  logits = h W_U",
    x: "l", y: "r", xy: "l = W_x W[:E]", yx: "r = W_y W[E:]", embedding: "what an input adds to the neurons", unembed: "W_U",
    weights: "|W_x|² + |W_y|² + |W|² + |W_U|² + |b|²",
    input: "The squared norm of what reaches the neuron; the share in an irrep is that of its projection.",
    spectrum: "of the embeddings themselves, of what they add to the neurons (l = W_x W[:E], r = W_y W[E:]), and of the unembedding"},
  BilinearNet: {
    network: "Two embeddings, multiplied unit by unit, one unembedding.", formula: "h(a,b) = W_x[a] · W_y[b] unit by unit,  logits = h W_U",
    x: "W_x", y: "W_y", xy: "", yx: "", embedding: "an input's embedding", unembed: "W_U", weights: "|W_x|² + |W_y|² + |W_U|²",
    input: "The squared norm of both factors; the share in an irrep is that of their projections.",
    spectrum: "of both embeddings and of the unembedding"},
  Transformer: {
    network: "Attention of one position, \"=\", to a, b and itself; then an MLP with one relu.",
    formula: "r = e₂ + Σ_heads (w₀ e₀ + w₁ e₁ + w₂ e₂) W_V W_O,  h(a,b) = relu(r W_in),  logits = (h W_out + r) W_U",
    x: "W_E", y: "W_E", xy: "without the row of \"=\" and without positions", yx: "without the row of \"=\" and without positions",
    embedding: "the embedding", unembed: "W_out W_U", weights: "the sum of squares over all nine tensors",
    input: "With l(a) and r(b) the means over b and over a of what reaches the neuron, less the mean over all pairs, their " +
      "squared norm; the share in an irrep is that of their projections.",
    spectrum: "of the embedding, of the scores that the heads give to a and b, of what a and b add to the neurons through the " +
      "heads, and of what the hidden layer and the path around it write from"},
};
const architecture = architectures[report.run.config.model];
const withBias = report.run.config.unembed_bias === true;

/** The metrics of one irrep: title, column name, axis, sentence, formula. */
const irrepMetrics = [
  {title: "Logit similarity", name: r => `logit_${r}_rep_trace_similarity`, log: false, trivial: false,
    meaning: "How much the logits look like the irrep's character: the cosine over all a, b, c.",
    formula: "cos(logits(a,b,c) − mean over c, χ(a b c⁻¹))"},
  {title: "Embedding x", name: r => `percent_x_embed_${r}_rep`, log: false, trivial: true,
    meaning: `Share of ${architecture.embedding}, for the first input, that lies in the irrep.`,
    formula: `|P f|² / |f|²,  f = ${architecture.x}${architecture.xy ? ", " + architecture.xy : ""}`},
  {title: "Embedding y", name: r => `percent_y_embed_${r}_rep`, log: false, trivial: true,
    meaning: `Share of ${architecture.embedding}, for the second input, that lies in the irrep.`,
    formula: `|P f|² / |f|²,  f = ${architecture.y}${architecture.yx ? ", " + architecture.yx : ""}`},
  {title: "Unembedding", name: r => `percent_unembed_${r}_rep`, log: false, trivial: true,
    meaning: "Share of the unembedding that lies in the irrep.", formula: `|P Uᵀ|² / |U|²,  U = ${architecture.unembed}`},
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
    formula: `loss of (h − h_R) ${architecture.unembed},  h_R(a,b) = (P F)(ab) / n`},
  {title: "Restricted loss, hidden layer", name: r => `hidden_restricted_loss_${r}_rep`, log: true, trivial: true,
    meaning: "Loss on all pairs when only the irrep's ρ(ab) is kept: low if it is enough.", formula: `loss of h_R ${architecture.unembed}`},
  {title: "Excluded loss, logits", name: r => `logit_excluded_loss_${r}_rep`, log: true, trivial: false,
    meaning: "Loss on the train pairs when the multiple of the irrep's character is removed from the logits.", formula: "loss of logits − κ χ(a b c⁻¹), train pairs"},
  {title: "Restricted loss, logits", name: r => `logit_restricted_loss_${r}_rep`, log: true, trivial: false,
    meaning: "Loss on all pairs when only that multiple of the character is kept.", formula: "loss of κ χ(a b c⁻¹), all pairs"},
];

const totalMetrics = [
  ["percent_logits_explained", "Share of the centred logits that are multiples of characters, over all non-trivial irreps.", "Σ similarity²"],
  ["total_hidden_excluded_loss", "Train loss without all key irreps in the hidden layer.", `loss of (h − Σ h_R) ${architecture.unembed}`],
  ["total_hidden_restricted_loss", "Loss on all pairs with the key irreps alone in the hidden layer.", `loss of Σ h_R ${architecture.unembed}`],
  ["total_logit_excluded_loss", "Train loss without the key irreps' characters in the logits.", "loss of logits − Σ κ_R χ_R"],
  ["total_logit_restricted_loss", "Loss on all pairs with the key irreps' characters alone in the logits.", "loss of Σ κ_R χ_R"],
  ["percent_x_embed_explained", `Share of ${architecture.x} in the key irreps.`, "Σ over key irreps of the share"],
  ["percent_y_embed_explained", `Share of ${architecture.y} in the key irreps.`, "Σ over key irreps of the share"],
  ["percent_unembed_explained", `Share of ${architecture.unembed} in the key irreps.`, "Σ over key irreps of the share"],
  ["percent_hidden_explained", "Share of the hidden layer's variance in ρ(a), ρ(b), ρ(ab) of the key irreps.", "Σ over key irreps of the share"],
  ["percent_hidden_xy_explained", "Share of the hidden layer's variance in ρ(ab) of the key irreps.", "Σ over key irreps of the share"],
  ["test_loss_restricted_loss_ratio", "How much worse the network is than its own circuit.", "test loss / total hidden restricted loss"],
  ["sum_of_squared_weights", "What weight decay pushes down.", architecture.weights + (withBias ? " + |b_U|²" : "")],
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
