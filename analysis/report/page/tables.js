"use strict";
// Tables, cards and texts: all that the report shows without Plotly.

function chip(name) {
  const made = element("span", "", {class: "chip"});
  made.style.background = `var(${colourOf(name)})`;
  return made;
}

/** A cell: a number, a text, or {cluster} with its colour. */
function cell(value) {
  const made = element("td", null);
  if (typeof value === "object" && value !== null) {
    made.append(chip(value.cluster), value.cluster);
  } else {
    made.textContent = typeof value === "number" ? shown(value) : value === null ? "–" : value;
  }
  return made;
}

function sortValue(value) {
  return typeof value === "object" && value !== null ? value.cluster : value;
}

function fillSummary() {
  const f = report.final, cards = document.getElementById("cards"), config = report.run.config;
  const name = report.run.directory.split("/").filter(part => part !== "" && part !== ".").pop() ?? "run";
  const group = report.group.name.toUpperCase().replace(/\d/g, digit => "₀₁₂₃₄₅₆₇₈₉"[digit]);
  document.title = `${name}: ${group}`;
  document.getElementById("title").textContent = `${name}: what a network learnt of ${group}`;
  document.getElementById("subtitle").textContent = `Order ${report.group.order}; ${f.epoch} epochs, ` +
    `seed ${config.seed}, trained on ${shown(100 * config.frac_train)}% of the pairs; ` +
    (epochs.length === 0 ? "the final model alone" : `${epochs.length} checkpoints`);
  for (const name of keyIrreps) {
    cards.append(card(shown(f[`logit_${name}_rep_trace_similarity`]), `similarity of ${name}`, colourOf(name)));
  }
  cards.append(card(shown(f.test_loss), "test loss"), card(shown(f.test_acc), "test accuracy"),
    card(shown(f.total_hidden_restricted_loss), "loss with the key irreps alone"),
    card(shown(f.total_hidden_excluded_loss), "loss without them"),
    card(shown(f.percent_logits_explained), "share of the logits explained"));
  const order = report.irreps.key_in_order;
  document.getElementById("reading").textContent = keyIrreps.length === 0
    ? "No irrep is key: no character is visible in the logits (similarity above 0.005). A network that has not grokked looks like this."
    : `The network computes with ${keyIrreps.join(", ")}` +
      (hasTraining && order.length > 1 ? `; they appear in the order ${order.join(", ")}.` : ".");
  if (hasTraining) {
    const grokked = grokkingEpoch();
    document.getElementById("reading").textContent += grokked === null ? " Test accuracy has not reached 99%: it has not grokked yet."
      : ` It groks at epoch ${grokked}, where test accuracy first reaches 99%.`;
  }
}

/** A share, or 0 where it is nothing but rounding. */
function visible(share) {
  return Math.abs(share) < 5e-7 ? 0 : share;
}

function fillClusters() {
  const limits = report.neurons.thresholds;
  const {before, after} = report.neurons.stages;
  document.getElementById("neuron-before").textContent = before.replace("before", "Before");
  document.getElementById("neuron-after").textContent = after;
  document.getElementById("heading-before").textContent = `Clusters ${before}`;
  document.getElementById("heading-after").textContent = `Clusters ${after}`;
  document.getElementById("spectrum-layers").textContent = architecture.spectrum;
  document.getElementById("thresholds").textContent = `Here: at least ${limits.before_relu} of the input, ` +
    `${limits.after_relu} of the variance; off below ${limits.off} of the largest neuron's.`;
  for (const [id, clusters] of [["clusters-before", report.neurons.before_relu], ["clusters-after", report.neurons.after_relu]]) {
    document.getElementById(id).append(sortableTable(["cluster", "neurons", "ρ(a)", "ρ(b)", "ρ(ab)", "sum"],
      clusters.map(c => [{cluster: c.cluster}, c.neurons, c.rho_a, c.rho_b, c.rho_ab, c.sum])));
  }
  const headings = ["neuron", after, before, "input", "variance"];
  for (const name of keyIrreps) headings.push(`${name} in input`, `${name} in variance`);
  document.getElementById("neuron-table").append(sortableTable(headings, report.neurons.all.map(neuron => {
    const row = [neuron.neuron, {cluster: neuron.after}, {cluster: neuron.before}, neuron.input, neuron.variance];
    for (const name of keyIrreps) {
      const [input, x, y, xy] = neuron.shares[name];
      row.push(visible(input), visible(x + y + xy));
    }
    return row;
  })));
}

function fillAttention() {
  document.getElementById("attention").hidden = report.attention === null;
  if (report.attention === null) return;
  const strongest = shares => {
    const list = Array.from(shares), best = list.indexOf(Math.max(...list));
    return list[best] < 5e-5 ? "" : `${irreps[best]} ${shown(list[best])}`;
  };
  const sum = shares => visible(Array.from(shares).reduce((total, share) => total + share, 0));
  const rows = report.attention.flatMap(head => head.tokens.map((token, i) => {
    const [a, b, ab] = [token.rho_a, token.rho_b, token.rho_ab].map(numbers);
    const score = i === 0 ? strongest(numbers(head.score_a_shares)) : i === 1 ? strongest(numbers(head.score_b_shares)) : "";
    const means = [mean(numbers(head.score_a)), mean(numbers(head.score_b)), head.score_equals];
    return [head.head, tokenTexts[i], means[i], token.mean, Math.sqrt(token.variance), sum(a), sum(b), sum(ab),
      strongest(Array.from(a, (share, k) => share + b[k] + ab[k])), score];
  }));
  document.getElementById("head-table").append(sortableTable(["head", "looks at", "mean score", "mean weight", "standard deviation", "ρ(a)", "ρ(b)",
    "ρ(ab)", "strongest irrep in the weight", "in the score"], rows));
}

function fillNumbers() {
  const rows = irreps.map((name, i) => [{cluster: name}, report.irreps.all[i].dimension,
    ...irrepMetrics.map(metric => metric.trivial || i > 0 ? report.final[metric.name(name)] : null)]);
  document.getElementById("number-table").append(sortableTable(["irrep", "dim", ...irrepMetrics.map(m => m.title)], rows,
    row => keyIrreps.includes(row[0].cluster)));
  document.getElementById("total-table").append(sortableTable(["total", "value"],
    totalMetrics.map(([name]) => [name, report.final[name]])));
}

function fillDefinitions() {
  const list = document.getElementById("definitions"), limits = report.neurons.thresholds;
  const add = (term, sentence, formula) => {
    const definition = element("dd", sentence);
    if (formula) definition.append(element("code", formula));
    list.append(element("dt", term), definition);
  };
  add("Projector P", "Keeps of a function on the group what lies in the irrep of dimension d and character χ; all projectors " +
    "sum to the identity, and no number here depends on a basis.", "(P f)(g) = d/n Σ_h χ(g h⁻¹) f(h)");
  add("Network", architecture.network, `${architecture.formula}${withBias ? " + b_U" : ""},  hc = h − mean over pairs`);
  if (withBias || report.attention !== null) {
    add("What bypasses the hidden layer", "Losses, accuracies and all that is called logits are of the full logits; excluded and restricted " +
      "losses of the hidden layer are of what it writes alone.", report.attention !== null ? "r W_U" : "b_U");
  }
  add("Key irrep", "An irrep that the final network uses.", "logit similarity > 0.005");
  for (const metric of irrepMetrics) add(metric.title, metric.meaning, metric.formula);
  for (const [name, sentence, formula] of totalMetrics) add(name, sentence, formula);
  add("Slice c = e", "The logit of the identity minus the mean over all classes, and the irrep's part of it: κ is the coefficient " +
    "of its character in all logits.", "logit(a,b,e) − mean over c;  κ χ(ab),  κ = ⟨logits, χ(a b c⁻¹)⟩ / |χ(a b c⁻¹)|²");
  add("Spectrum", "Share of a layer's squared norm in each irrep.", "|P f|² / |f|²");
  if (report.attention !== null) {
    add("Attention", "How much a head looks at a token, and what of that weight's variance over all pairs functions ρ(a), ρ(b), ρ(ab) of an " +
      "irrep carry.", "w = softmax(s_a(a), s_b(b), s_=)");
  }
  add("Neuron: input", architecture.input,
    "|l_j|² + |r_j|²,  (|P l_j|² + |P r_j|²) / (|l_j|² + |r_j|²)");
  add("Neuron: variance", "Mean over all pairs of the squared distance from the neuron's mean; the share in an irrep is what its " +
    "functions ρ(a), ρ(b), ρ(ab) carry.", "mean (h_j − mean h_j)²");
  add("Cluster", "The irrep whose share reaches the threshold, the strongest if several do; several if only all key irreps together " +
    "reach it, else none; off if the neuron has hardly any input or variance.",
    `before: input share ≥ ${limits.before_relu};  after: variance share ≥ ${limits.after_relu};  off: < ${limits.off} of the largest`);
  add("Map and scale", "What the neurons write along the unembedding's component at each entry of ρ, in terms of the entries of ρ(ab); " +
    "the scale is its mean diagonal.", "u_j = component of W_U[j] at an entry of ρ;  Σ_j h_j(a,b) u_j ≈ s ρ(ab)");
  add("Error of a map", "Mean over all pairs of the squared distance between what the neurons write and s times the entries " +
    "of ρ(ab), in units of the latter; for the mean over pairs with one product likewise.", "Σ |Σ_j h_j(a,b) u_j − s φ(ab)|² / Σ |s φ(ab)|²");
}

function fillRun() {
  const rows = Object.entries(report.run.config).map(([name, value]) =>
    [name, typeof value === "object" ? JSON.stringify(value) : String(value)]);
  document.getElementById("config").append(sortableTable(["setting", "value"], rows));
  const notes = document.getElementById("notes");
  for (const note of report.footnotes) {
    document.getElementById("footnotes").append(element("p", `Footnote: ${note}`, {class: "notice"}));
  }
  for (const line of report.run.skipped_checkpoints) notes.append(element("p", `Skipped: ${line}`, {class: "notice"}));
}
