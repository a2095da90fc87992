#include "analysis/findings/final_model.hpp"

#include <doctest/doctest.h>

#include <algorithm>
#include <cmath>
#include <nlohmann/json.hpp>

#include "analysis/input/element_orders.hpp"
#include "analysis/network/network_samples.hpp"
#include "analysis/report/document.hpp"
#include "analysis/report/footnotes.hpp"
#include "analysis/report/report.hpp"
#include "group/elements/families.hpp"
#include "group/elements/group_name.hpp"

using analysis::Harmonics, analysis::Matrix, analysis::RunAnalysis;

namespace {

RunAnalysis analyze(const Harmonics& harmonics, const analysis::MlpWeights& weights) {
  const analysis::Meter meter(harmonics, test::every_third(harmonics.order()));
  RunAnalysis result;
  result.network = std::make_shared<const analysis::MlpNetwork>(weights);
  result.sums = meter.sums_of(*result.network);
  result.final = {7, meter.measure(*result.network, result.sums)};
  result.key_irreps = result.in_order = result.final.metrics.key_irreps;
  result.checkpoints = {result.final, result.final};
  return result;
}

analysis::Run run_of(const group::FiniteGroup& group) {
  engine::RunConfig config;
  config.group = "SymmetricGroup";
  return {"runs/</script><b>", config, group, "model.pt", {}};
}

}  // namespace

TEST_CASE("neurons: a planted network's neurons all serve its irrep, before and after the relu") {
  const Harmonics harmonics(group::symmetric_group(4));
  analysis::MlpWeights weights = test::planted_network(harmonics.group(), "standard", 1);
  for (int g = 0; g < 24; ++g) weights.w_x(g, 0) = weights.w_y(g, 0) = 0;  // neuron 0 is off
  const RunAnalysis analysis = analyze(harmonics, weights);
  const analysis::NeuronAnalysis neurons = analysis::examine(harmonics, analysis).neurons;
  REQUIRE(analysis.key_irreps.size() == 1);
  REQUIRE(neurons.before.size() == 2);
  CHECK(neurons.before[0].cluster == analysis.key_irreps[0]);
  CHECK(neurons.before[0].neurons == 107);
  CHECK(neurons.before[1].cluster == analysis::off_neurons);
  CHECK(neurons.neurons[0].after == analysis::off_neurons);
  CHECK(neurons.after[0].neurons == 107);
  CHECK(neurons.after[0].shares.total() > 0.5);
  CHECK(neurons.after[0].shares.total() <= 1);
}

TEST_CASE("neurons: thresholds decide, and a mixture belongs to several") {
  const Harmonics harmonics(group::symmetric_group(3));
  const analysis::MlpWeights sign = test::planted_network(harmonics.group(), "sign", 1),
                             standard = test::planted_network(harmonics.group(), "standard", 1);
  // One network of both, with a neuron that adds half of each.
  const int a = sign.hidden_dim(), b = standard.hidden_dim(), hidden = a + b + 1;
  analysis::MlpWeights both{Matrix(6, hidden), Matrix(6, hidden), Matrix(2 * hidden, hidden),
                            Matrix(hidden, 6)};
  for (int j = 0; j < hidden; ++j) both.w(j, j) = both.w(hidden + j, j) = 1;
  for (int g = 0; g < 6; ++g) {
    for (int j = 0; j < a; ++j) {
      both.w_x(g, j) = sign.w_x(g, j);
      both.w_y(g, j) = sign.w_y(g, j);
      both.unembed(j, g) = sign.unembed(j, g);
    }
    for (int j = 0; j < b; ++j) {
      both.w_x(g, a + j) = standard.w_x(g, j);
      both.w_y(g, a + j) = standard.w_y(g, j);
      both.unembed(a + j, g) = standard.unembed(j, g);
    }
    both.w_x(g, hidden - 1) = both.w_y(g, hidden - 1) = sign.w_x(g, 0) + standard.w_x(g, 0);
  }
  const RunAnalysis analysis = analyze(harmonics, both);
  REQUIRE(analysis.key_irreps.size() == 2);
  const auto strict = analysis::examine(harmonics, analysis).neurons;
  CHECK(strict.neurons.back().before == analysis::several_irreps);
  const auto loose = analysis::examine(harmonics, analysis, {.before = 0.4}).neurons;
  CHECK(loose.neurons.back().before >= 0);
  const auto none = analysis::examine(harmonics, analysis, {.before = 1.1}).neurons;
  CHECK(none.neurons.back().before == analysis::no_irrep);
}

TEST_CASE("maps: bases are orthonormal and span their blocks") {
  for (const char* name : {"s4", "a5", "c7", "d5", "a4"}) {
    const Harmonics harmonics(group::parse_group(name));
    for (int i = 0; i < harmonics.count(); ++i) {
      CAPTURE(name);
      CAPTURE(harmonics.name(i));
      const Matrix phi = analysis::representation_basis(harmonics, i).functions;
      CHECK(phi.cols == harmonics.block(i).size());
      Matrix gram = analysis::product(phi, phi, analysis::Transpose::yes);
      for (int k = 0; k < gram.rows; ++k) gram(k, k) -= 1;
      CHECK(analysis::squared_norm(gram) < 1e-20);
      const Matrix projected = harmonics.project(i, phi);
      CHECK(analysis::squared_norm(projected) == doctest::Approx(phi.cols).epsilon(1e-12));
    }
  }
}

TEST_CASE("maps: a planted network writes a multiple of rho(ab)") {
  for (const auto& planted : {std::pair{"s4", "standard"}, {"s4", "sign"}, {"d5", "freq_2"}}) {
    const char *const group = planted.first, *const irrep = planted.second;
    CAPTURE(irrep);
    const Harmonics harmonics(group::parse_group(group));
    const RunAnalysis analysis = analyze(harmonics, test::planted_network(harmonics.group(), irrep, 2));
    const auto maps = analysis::examine(harmonics, analysis).maps;
    REQUIRE(maps.size() == 1);
    CHECK(maps[0].scale > 0);
    CHECK(maps[0].unembed_share == doctest::Approx(1).epsilon(1e-12));
    CHECK(maps[0].hidden_mean_error < 0.25);
    CHECK(maps[0].hidden_mean_error <= maps[0].hidden_error * (1 + 1e-9) + 1e-12);
    double trace = 0;
    for (int k = 0; k < maps[0].hidden.rows; ++k) trace += maps[0].hidden(k, k);
    CHECK(trace == doctest::Approx(maps[0].scale * maps[0].hidden.rows).epsilon(1e-9));
  }
  // |x + y| - |x - y| is exactly the product of signs.
  const Harmonics harmonics(group::symmetric_group(3));
  const RunAnalysis analysis = analyze(harmonics, test::planted_network(harmonics.group(), "sign", 2));
  CHECK(analysis::examine(harmonics, analysis).maps.at(0).hidden_error < 1e-12);
}

TEST_CASE("slice: logits of the identity, and the parts of a one-irrep network explain them") {
  const Harmonics harmonics(group::symmetric_group(3));
  const RunAnalysis analysis = analyze(harmonics, test::planted_network(harmonics.group(), "sign", 2));
  const analysis::CubeSlice slice = analysis::examine(harmonics, analysis).slice;
  const group::FiniteGroup& group = harmonics.group();
  for (int a = 0; a < 6; ++a) {
    for (int b = 0; b < 6; ++b) {
      const double chi = harmonics.block(1).character[static_cast<std::size_t>(group.multiply(a, b))];
      CHECK(slice.logits(a, b) == doctest::Approx(slice.factors.at(0) * chi));
    }
  }
}

TEST_CASE("element orders: each is a permutation of all elements, cosets and classes lie together") {
  for (const char* name : {"s4", "a5", "c12", "c7", "d6", "q8"}) {
    const group::FiniteGroup group = group::parse_group(name);
    const auto orders = analysis::element_orders(group);
    REQUIRE(orders.size() == 3);
    for (const analysis::ElementOrder& order : orders) {
      std::vector<int> sorted = order.elements;
      std::sort(sorted.begin(), sorted.end());
      CHECK(sorted == orders[0].elements);
    }
    const std::vector<int>& by_class = orders[2].elements;
    CHECK(std::is_sorted(by_class.begin(), by_class.end(),
                         [&](int a, int b) { return group.class_of(a) < group.class_of(b); }));
  }
  const auto c12 = analysis::element_orders(group::cyclic_group(12))[1].elements;
  CHECK(c12 == std::vector<int>{0, 2, 4, 6, 8, 10, 1, 3, 5, 7, 9, 11});
}

TEST_CASE("document: plain lists are arrays, packed ones base64; both hold everything") {
  const Harmonics harmonics(group::symmetric_group(3));
  const RunAnalysis analysis = analyze(harmonics, test::random_network(6, 5));
  const analysis::FinalModel model = analysis::examine(harmonics, analysis);
  const auto text = [&](analysis::NumberLists lists) {
    return nlohmann::json::parse(
        analysis::document_json(run_of(harmonics.group()), harmonics, analysis, model, lists));
  };
  const nlohmann::json plain = text(analysis::NumberLists::plain),
                       packed = text(analysis::NumberLists::packed);
  for (const char* part :
       {"run", "group", "irreps", "final", "training", "slice", "spectrum", "neurons", "maps", "footnotes"}) {
    CHECK(plain.contains(part));
    CHECK(packed.contains(part));
  }
  CHECK(plain["slice"]["logits"]["values"].size() == 36);
  CHECK(plain["training"]["epoch"] == nlohmann::json({7, 7}));
  CHECK(plain["final"]["percent_unembed_sign_rep"].is_number());
  // 1, 1, 1 for the trivial character: 0x3f800000 each
  CHECK(packed["irreps"]["all"][0]["character"]["f32"].get<std::string>().starts_with("AACAPwAAgD8AAIA/"));
}

TEST_CASE("footnotes: where published figures are wrong, by group and kind of model") {
  const auto count = [](const group::FiniteGroup& group, const char* model) {
    return analysis::footnotes(group, model).size();
  };
  CHECK(count(group::alternating_group(5), "OneLayerMLP") == 1);
  CHECK(count(group::cyclic_group(113), "OneLayerMLP") == 1);
  CHECK(count(group::symmetric_group(5), "OneLayerMLP") == 0);
  CHECK(count(group::alternating_group(5), "Transformer") == 3);
  CHECK(count(group::symmetric_group(6), "Transformer") == 2);
  CHECK(count(group::dihedral_group(59), "Transformer") == 1);
}

TEST_CASE("report: one page, with nothing of the data taken for markup") {
  const Harmonics harmonics(group::symmetric_group(3));
  const RunAnalysis analysis = analyze(harmonics, test::random_network(6, 5));
  const std::string page = analysis::report_html(run_of(harmonics.group()), harmonics, analysis,
                                                 analysis::examine(harmonics, analysis));
  CHECK(page.find("runs/\\u003c/script>\\u003cb>") != std::string::npos);
  CHECK(page.find("{{") > page.find("id=\"data\""));
  CHECK(page.find("<script src") == std::string::npos);
  CHECK(page.find("<link") == std::string::npos);
  CHECK(page.size() < std::size_t{8} << 20);
}
