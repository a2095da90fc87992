"use strict";
// Tables of the circuits: neurons in three views, census, ablation, rho-sets, interventions, controls.

const circuits = report.circuits ?? {notes: []};

/** An irrep with its colour, or a dash. */
function irrepCell(name) {
  return name === null || name === undefined ? null : {cluster: name};
}

/** By neuron: irrep, circuit and size of the orbits, for the neurons that an irrep owns. */
function rhoOfNeurons() {
  const found = new Map();
  for (const [irrep, its] of Object.entries(circuits.rho_sets?.irreps ?? {})) {
    for (const neuron of its.neurons) found.set(neuron, {irrep});
    (its.circuits ?? []).forEach((circuit, i) => {
      for (const neuron of circuit.neurons) {
        found.set(neuron, {irrep, circuit: `${irrep} ${i + 1}`, left: circuit.size, right: circuit.size_right});
      }
    });
  }
  return found;
}

function neuronTable() {
  const rho = rhoOfNeurons();
  const rows = circuits.coset.neurons.map((neuron, i) => {
    const its = rho.get(i) ?? {};
    return [i, irrepCell(neuron.left.irrep), neuron.left.irrep_share, neuron.left.H, neuron.left.c, neuron.right.H, neuron.right.c,
      its.left ?? null, its.right ?? null, its.circuit ?? (neuron.live ? "none" : "not live"), neuron.reach];
  });
  return sortableTable(["neuron", "irrep", "its share", "class left", "c left", "class right", "c right", "orbit of b", "orbit of b'",
    "circuit", "reach"], rows);
}

function censusTable() {
  const {left, right} = circuits.coset.census;
  const rows = circuits.coset.classes.filter(c => left[c.id] || right[c.id]).map(c => {
    const names = Object.keys(c.spectrum);
    return [c.id, c.order, c.conjugates, left[c.id] ?? 0, right[c.id] ?? 0,
      names.length > 6 ? `${names.slice(0, 6).join(" ")} and ${names.length - 6} more` : names.join(" ") || "none"];
  });
  return sortableTable(["class", "order", "conjugates", "left", "right", "irreps of its cosets"], rows);
}

function ablationTable() {
  const nulls = new Map((circuits.nulls?.random_neurons.ablation ?? []).map(row => [row.threshold, row.loss]));
  const rows = circuits.coset.ablation.map(row => {
    const control = nulls.get(row.threshold);
    return [row.threshold === null ? "none" : row.threshold, row.removed, row.loss, row.acc, control?.median ?? null,
      control?.["5%"] ?? null, control?.["95%"] ?? null, control?.p ?? null];
  });
  return sortableTable(["removed from C_min", "neurons", "loss", "accuracy", "random: median", "5%", "95%", "p (low)"], rows);
}

function rhoTable() {
  const rows = Object.entries(circuits.rho_sets.irreps).map(([name, its]) => [irrepCell(name), its.neurons.length, its.r2_l, its.r2_r,
    its.r2_u, its.minimal_size, its.rank_one_share?.l ?? null, its.rank_one_share?.r ?? null, its.rank_one_share?.u ?? null,
    its.a_dot_d_min ?? null, its.a_variance ?? null, its.a_rank ?? null, its.coset_identity_error ?? null]);
  return sortableTable(["irrep", "neurons", "R² l", "R² r", "R² u", "minimal size", "rank one l", "rank one r", "rank one u", "least |a·d|",
    "a variance", "a rank", "coset identity error"], rows);
}

function circuitTable() {
  const rows = [];
  for (const [name, its] of Object.entries(circuits.rho_sets.irreps)) {
    (its.circuits ?? []).forEach((c, i) => rows.push([irrepCell(name), i + 1, c.neurons.length, c.size, c.size_right,
      c.same_orbit ? "yes" : "no", c.minimal ? "yes" : "no", c.pairs, c.missing, c.weight, c.even_cv, c.odd]));
  }
  return sortableTable(["irrep", "circuit", "neurons", "size left", "size right", "same orbit", "minimal", "pairs", "missing", "weight",
    "even cv", "odd"], rows);
}

/** A loss, as small as |t| in place of relu makes it. */
function lossCell(loss) {
  return loss !== null && loss > 0 && loss < 1e-12 ? loss.toExponential(2) : loss;
}

function interventionTable() {
  const untrained = circuits.nulls?.untrained?.interventions ?? {};
  const rows = Object.entries(circuits.interventions).map(([name, i]) => [name, lossCell(i.loss), i.loss_sd ?? null, i.acc, i.acc_sd ?? null,
    untrained[name]?.loss ?? null, untrained[name]?.acc ?? null]);
  return sortableTable(["intervention", "loss", "sd of loss", "accuracy", "sd of accuracy", "untrained: loss", "untrained: accuracy"], rows);
}

/** Every control of a loss: what, size, the control. */
function allControls() {
  const nulls = circuits.nulls, list = [];
  for (const [name, its] of Object.entries(nulls.random_functions)) {
    list.push([`${name} functions alone`, its.dimension, its.restricted], [`without ${name} functions`, its.dimension, its.excluded]);
  }
  for (const [name, its] of Object.entries(nulls.random_directions)) list.push([`without ${name} directions`, its.directions, its.loss]);
  for (const its of nulls.random_neurons.circuits) {
    const what = its.circuit === null ? `without the neurons of ${its.irrep}` : `without circuit ${its.circuit + 1} of ${its.irrep}`;
    list.push([what, its.zeroed, its.loss]);
  }
  return list;
}

function controlTable() {
  const rows = allControls().map(([what, size, c]) => [what, size, c.observed, c.median, c["5%"], c["95%"], c.p, c.extreme]);
  return sortableTable(["loss", "size", "observed", "random: median", "5%", "95%", "p", "extreme"], rows, row => row[6] <= 0.05);
}

function randomVectorTable() {
  const rows = [];
  for (const [name, its] of Object.entries(circuits.nulls.random_b.irreps)) {
    const classes = new Set([...Object.keys(its.random), ...Object.keys(its.left), ...Object.keys(its.right)]);
    for (const id of classes) rows.push([irrepCell(name), id, its.random[id] ?? 0, its.left[id] ?? 0, its.right[id] ?? 0]);
  }
  return sortableTable(["irrep", "class", "random b", "neurons left", "neurons right"], rows);
}

/** What it takes to follow the certificate, beside computing every logit. */
function certificateTable() {
  const its = circuits.certificate;
  return sortableTable(["way", "operations", "a pair"], [["the certificate", its.operations, its.operations / its.pairs],
    ["brute force", its.brute_operations, its.brute_operations / its.pairs]]);
}
