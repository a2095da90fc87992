#include "analysis/report/document.hpp"

#include <algorithm>
#include <cmath>
#include <cstdint>
#include <nlohmann/json.hpp>

#include "analysis/circuits/circuits_json.hpp"
#include "analysis/input/element_orders.hpp"
#include "analysis/report/footnotes.hpp"
#include "analysis/report/neuron_stages.hpp"

namespace analysis {
namespace {

using nlohmann::ordered_json;

/// Larger groups' slices and tables are left out of the report, which would grow past what a browser opens.
constexpr int most_packed_order = 1024;

std::string base64(const std::string& bytes) {
  static constexpr char digits[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
  std::string text;
  text.reserve((bytes.size() + 2) / 3 * 4);
  for (std::size_t i = 0; i < bytes.size(); i += 3) {
    std::uint32_t group = 0;
    for (std::size_t k = 0; k < 3; ++k) {
      group = group << 8 | (i + k < bytes.size() ? static_cast<unsigned char>(bytes[i + k]) : 0U);
    }
    for (std::size_t k = 0; k < 4; ++k)
      text += i + k > bytes.size() ? '=' : digits[group >> (18 - 6 * k) & 63U];
  }
  return text;
}

/// Writes the parts of the document in one of the two forms of number lists.
class DocumentWriter {
 public:
  DocumentWriter(const Run& run, const Harmonics& harmonics, const RunAnalysis& analysis,
                 const FinalModel& model, NumberLists lists)
      : run_(run), harmonics_(harmonics), analysis_(analysis), model_(model), lists_(lists) {}

  ordered_json document() const {
    return {{"run", run()},
            {"group", group()},
            {"irreps", irreps()},
            {"final", final_metrics()},
            {"training", training()},
            {"slice", slice()},
            {"spectrum", spectrum()},
            {"neurons", neurons()},
            {"maps", maps()},
            {"attention", attention()},
            {"footnotes", footnotes(harmonics_.group(), run_.config.model.model)}};
  }

 private:
  ordered_json list(const std::vector<double>& values) const {
    if (lists_ == NumberLists::plain) return values;
    return {{"f32", packed(std::vector<float>(values.begin(), values.end()))}};
  }
  /// A list as large as the group's table, in half the space: hover and colours show four digits.
  ordered_json coarse_list(const std::vector<double>& values) const {
    if (lists_ == NumberLists::plain) return values;
    double largest = 0;
    for (const double value : values) largest = std::max(largest, std::abs(value));
    const double scale = largest > 0 ? largest / 32767 : 1;
    std::vector<std::int16_t> steps;
    for (const double value : values) steps.push_back(static_cast<std::int16_t>(std::lround(value / scale)));
    return {{"i16", packed(steps)}, {"scale", scale}};
  }
  ordered_json index_list(const std::vector<int>& values) const {
    if (lists_ == NumberLists::plain) return values;
    return {{"u16", packed(std::vector<std::uint16_t>(values.begin(), values.end()))}};
  }
  template <class Number>
  static std::string packed(const std::vector<Number>& values) {
    return base64({reinterpret_cast<const char*>(values.data()), values.size() * sizeof(Number)});
  }
  bool has_pairs() const { return lists_ == NumberLists::plain || harmonics_.order() <= most_packed_order; }
  ordered_json matrix(const Matrix& m) const {
    return {{"rows", m.rows}, {"cols", m.cols}, {"values", list(m.values)}};
  }

  ordered_json run() const {
    return {{"directory", run_.directory.lexically_normal().string()},
            {"config", ordered_json::parse(config_without_elements())},
            {"skipped_checkpoints", analysis_.skipped}};
  }
  std::string config_without_elements() const {
    engine::RunConfig config = run_.config;
    config.elements.clear();
    return engine::config_to_json(config);
  }

  ordered_json group() const {
    const group::FiniteGroup& group = harmonics_.group();
    std::vector<std::string> labels;
    for (int g = 0; g < group.order(); ++g) labels.push_back(group.label(g));
    const ordered_json table =
        has_pairs() ? index_list({group.cayley_table().begin(), group.cayley_table().end()}) : ordered_json();
    ordered_json orders = ordered_json::array();
    for (const ElementOrder& order : element_orders(group)) {
      orders.push_back({{"name", order.name}, {"note", order.note}, {"elements", order.elements}});
    }
    return {{"name", group.name()}, {"order", group.order()}, {"identity", group.identity()},
            {"elements", labels},   {"table", table},         {"element_orders", orders}};
  }

  ordered_json irreps() const {
    ordered_json all = ordered_json::array();
    for (const group::RealBlock& block : harmonics_.blocks()) {
      all.push_back(
          {{"name", block.name},
           {"dimension", block.dimension},
           {"type", group::to_string(block.type)},
           {"partition", block.partition ? ordered_json(block.partition->to_string()) : ordered_json()},
           {"character", list(block.character)}});
    }
    return {{"all", all},
            {"key", harmonics_.names(analysis_.key_irreps)},
            {"key_in_order", harmonics_.names(analysis_.in_order)}};
  }

  ordered_json final_metrics() const {
    ordered_json metrics;
    for (const auto& [name, value] : named(analysis_.final.metrics, harmonics_)) metrics[name] = value;
    metrics["epoch"] = analysis_.final.epoch;
    return metrics;
  }

  ordered_json training() const {
    std::vector<std::string> names;
    std::vector<std::vector<double>> columns;
    std::vector<std::int64_t> epochs;
    for (const auto& [epoch, metrics] : analysis_.checkpoints) {
      epochs.push_back(epoch);
      const auto row = named(metrics, harmonics_);
      columns.resize(row.size());
      names.clear();
      for (std::size_t i = 0; i < row.size(); ++i) {
        names.push_back(row[i].first);
        columns[i].push_back(row[i].second);
      }
    }
    ordered_json metrics = ordered_json::object();
    for (std::size_t i = 0; i < names.size(); ++i) metrics[names[i]] = list(columns[i]);
    return {{"epoch", epochs}, {"metrics", metrics}};
  }

  ordered_json slice() const {
    ordered_json factors = ordered_json::object();
    for (std::size_t k = 0; k < analysis_.key_irreps.size(); ++k) {
      factors[harmonics_.name(analysis_.key_irreps[k])] = model_.slice.factors[k];
    }
    const Matrix& logits = model_.slice.logits;
    ordered_json values;
    if (has_pairs()) {
      values = {{"rows", logits.rows}, {"cols", logits.cols}, {"values", coarse_list(logits.values)}};
    }
    return {{"logits", values}, {"factors", factors}};
  }

  ordered_json spectrum() const {
    ordered_json layers = ordered_json::object();
    for (const LayerSpectrum& layer : model_.spectrum) layers[layer.layer] = list(layer.shares);
    return layers;
  }

  ordered_json clusters(const std::vector<ClusterSummary>& summaries) const {
    ordered_json all = ordered_json::array();
    for (const ClusterSummary& c : summaries) {
      all.push_back({{"cluster", cluster_name(c.cluster, harmonics_)},
                     {"neurons", c.neurons},
                     {"rho_a", c.shares.x},
                     {"rho_b", c.shares.y},
                     {"rho_ab", c.shares.xy},
                     {"sum", c.shares.total()}});
    }
    return all;
  }

  ordered_json neurons() const {
    const NeuronAnalysis& analysis = model_.neurons;
    ordered_json all = ordered_json::array();
    for (std::size_t j = 0; j < analysis.neurons.size(); ++j) {
      const Neuron& neuron = analysis.neurons[j];
      ordered_json shares = ordered_json::object();
      for (std::size_t k = 0; k < analysis.key_irreps.size(); ++k) {
        const VarianceShares& v = neuron.variance_shares[k];
        shares[harmonics_.name(analysis.key_irreps[k])] = {neuron.input_shares[k], v.x, v.y, v.xy};
      }
      all.push_back({{"neuron", j},
                     {"before", cluster_name(neuron.before, harmonics_)},
                     {"after", cluster_name(neuron.after, harmonics_)},
                     {"input", neuron.input},
                     {"variance", neuron.variance},
                     {"shares", shares}});
    }
    const NeuronThresholds& limits = analysis.thresholds;
    const NeuronStages stages = neuron_stages(run_.config.model.model);
    return {
        {"stages", {{"before", stages.before}, {"after", stages.after}}},
        {"thresholds", {{"before_relu", limits.before}, {"after_relu", limits.after}, {"off", limits.off}}},
        {"before_relu", clusters(analysis.before)},
        {"after_relu", clusters(analysis.after)},
        {"all", all}};
  }

  ordered_json maps() const {
    ordered_json all = ordered_json::array();
    for (const RepresentationMap& map : model_.maps) {
      all.push_back({{"irrep", harmonics_.name(map.irrep)},
                     {"labels", map.labels},
                     {"scale", map.scale},
                     {"unembed_share", map.unembed_share},
                     {"hidden_error", map.hidden_error},
                     {"hidden_mean_error", map.hidden_mean_error},
                     {"hidden", matrix(map.hidden)},
                     {"unembed", matrix(map.unembed)}});
    }
    return all;
  }

  ordered_json attention() const {
    const AttentionAnalysis& analysis = model_.attention;
    if (analysis.heads.empty()) return nullptr;
    ordered_json heads = ordered_json::array();
    for (std::size_t h = 0; h < analysis.heads.size(); ++h) {
      const HeadAnalysis& head = analysis.heads[h];
      const int column = static_cast<int>(h);
      ordered_json tokens = ordered_json::array();
      for (std::size_t token = 0; token < token_names.size(); ++token) {
        const TokenWeight& weight = head.tokens[token];
        std::vector<double> x, y, xy;
        for (const VarianceShares& shares : weight.shares) {
          x.push_back(shares.x);
          y.push_back(shares.y);
          xy.push_back(shares.xy);
        }
        tokens.push_back({{"token", token_names[token]},
                          {"mean", weight.mean},
                          {"variance", weight.variance},
                          {"rho_a", list(x)},
                          {"rho_b", list(y)},
                          {"rho_ab", list(xy)}});
      }
      heads.push_back({{"head", h},
                       {"score_a", list(column_of(analysis.scores.of_a, column))},
                       {"score_b", list(column_of(analysis.scores.of_b, column))},
                       {"score_equals", analysis.scores.of_equals[h]},
                       {"score_a_shares", list(head.score_shares_a)},
                       {"score_b_shares", list(head.score_shares_b)},
                       {"tokens", tokens}});
    }
    return heads;
  }
  static std::vector<double> column_of(const Matrix& m, int column) {
    std::vector<double> values;
    for (int i = 0; i < m.rows; ++i) values.push_back(m(i, column));
    return values;
  }

  const Run& run_;
  const Harmonics& harmonics_;
  const RunAnalysis& analysis_;
  const FinalModel& model_;
  NumberLists lists_;
};

}  // namespace

std::string document_json(const Run& run, const Harmonics& harmonics, const RunAnalysis& analysis,
                          const FinalModel& model, NumberLists lists, const Circuits* circuits) {
  std::string text = DocumentWriter(run, harmonics, analysis, model, lists)
                         .document()
                         .dump(-1, ' ', false, ordered_json::error_handler_t::replace);
  text.pop_back();  // the circuits are text already, and become the object's last member
  text += ",\"circuits\":";
  text += circuits != nullptr ? circuits_document(*circuits, harmonics) : "null";
  text += '}';
  return text;
}

}  // namespace analysis
