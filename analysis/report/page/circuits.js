"use strict";
// The sections of the circuits: which there are, and what they say.

function put(id, made) {
  document.getElementById(id).append(made);
}

function hideSection(id) {
  document.getElementById(id).hidden = true;
}

function fillCosets() {
  const view = circuits.coset, share = value => value === null ? "none" : `${shown(100 * value)}%`;
  put("circuit-table", neuronTable());
  put("census-table", censusTable());
  if (view.ablation) put("ablation-table", ablationTable());
  for (const id of ["ablation", "ablation-curve-part"]) document.getElementById(id).hidden = !view.ablation;
  let text = `${view.subgroups} subgroups in ${view.classes.length} classes; ${view.live} live neurons, ${share(view.conjugate_share)} of them ` +
    `with the same class on both sides; of the sides with a proper subgroup ${share(view.irrep_in_H_share)} have their irrep in its spectrum.`;
  if (circuits.ideal_bound) {
    text += ` Cosets alone bound the margin of ${share(circuits.ideal_bound.share)} of the pairs above 0.01, and leave ` +
      `${share(circuits.ideal_bound.unexplained_unembed)} of the unembedding unexplained.`;
  }
  if (!circuits.rho_sets) text += equivarianceReading();
  document.getElementById("coset-reading").textContent = text;
}

function fillRho() {
  put("rho-table", rhoTable());
  put("rho-circuits", circuitTable());
  options("picture-irrep", pictureIrreps().map(name => [name, name]));
  document.getElementById("picture-controls").hidden = pictureIrreps().length === 0;
  document.getElementById("rho-reading").textContent =
    `${circuits.rho_sets.unassigned} live neurons are in no irrep.${equivarianceReading()}`;
}

function equivarianceReading() {
  const e = circuits.equivariance;
  return e === null || e === undefined ? ""
    : ` Of the logits' square ${shown(100 * e.equivariant_share)}% depends on x⁻¹ z y⁻¹ alone, with a margin of ${shown(e.ideal_margin)}; ` +
      `the right logit spreads by ${shown(100 * e.right_logit_spread)}%.`;
}

function fillControls() {
  put("intervention-table", interventionTable());
  put("control-table", controlTable());
  put("random-b-table", randomVectorTable());
  const nulls = circuits.nulls, untrained = nulls.untrained?.coset;
  const none = untrained ? ` Of the untrained network's ${untrained.live} live neurons ${untrained.live - (untrained.census.left["1a"] ?? 0)} ` +
    "concentrate on cosets on the left." : "";
  document.getElementById("control-reading").textContent = `${nulls.draws} draws of each, seed ${nulls.seed}.${none}`;
}

function fillCertificate() {
  const its = circuits.certificate;
  document.getElementById("certificate-reading").textContent = its.sentence + (!its.stored ? ""
    : " It was read from certificate.json and not checked here; ./certify --check certificate.json RUN_DIR does.");
  put("certificate-table", certificateTable());
}

function fillCircuits() {
  const notes = document.getElementById("circuit-notes");
  for (const note of circuits.notes) notes.append(element("p", note, {class: "notice"}));
  if (report.circuits && !circuits.nulls) {
    notes.append(element("p", "Ablation, the cosets' bound, bi-equivariance: analyze with --views irreps,cosets,rho; interventions and null controls: --views irreps,cosets,rho,interventions.", {class: "notice"}));
  }
  if (report.circuits && !circuits.certificate && ["OneLayerMLP", "Transformer"].includes(report.run.config.model)) {
    notes.append(element("p", "A proof of the accuracy: analyze with --views irreps,cosets,rho,certificate, or ./certify.", {class: "notice"}));
  }
  if (circuits.coset) fillCosets();
  else hideSection("cosets");
  document.getElementById("circuit-table").hidden = !circuits.coset;
  document.getElementById("circuit-neurons").hidden = !circuits.coset && notes.childElementCount === 0;
  if (circuits.rho_sets) fillRho();
  else hideSection("rho-sets");
  if (circuits.nulls) fillControls();
  else hideSection("interventions");
  if (circuits.certificate) fillCertificate();
  else hideSection("certificate");
}

function declareCircuitFigures() {
  if (circuits.coset) {
    figures.set("concentration-left", () => concentrationFigure("left"));
    figures.set("concentration-right", () => concentrationFigure("right"));
    if (circuits.coset.ablation) figures.set("ablation-curve", ablationFigure);
  }
  if (pictureIrreps().length > 0) {
    figures.set("point-picture", pointFigure);
    figures.set("a-spectrum", spectrumOfAFigure);
  }
  if (circuits.nulls && allControls().length > 0) figures.set("control-boxes", controlFigure);
}

function listenToCircuits() {
  listen("picture-irrep", ["point-picture", "a-spectrum"]);
}
