#include "analysis/certificate_check/integer_transformer.hpp"

#include <algorithm>
#include <cstdlib>
#include <set>

#include "analysis/certificate_check/size.hpp"
#include "analysis/certificate_check/tensor_list.hpp"
#include "engine/device/error.hpp"

namespace analysis::certificate_check {
namespace {

constexpr const char* nine[] = {"embed.W_E",         "pos_embed.W_pos",    "blocks.0.attn.W_Q",
                                "blocks.0.attn.W_K", "blocks.0.attn.W_V",  "blocks.0.attn.W_O",
                                "blocks.0.mlp.W_in", "blocks.0.mlp.W_out", "unembed.W_U"};
constexpr Wide too_much = Wide{1} << 100;

/// The nine tensors, of sizes that fit each other.
struct Tensors {
  const float *w_e, *w_pos, *w_q, *w_k, *w_v, *w_o, *w_in, *w_out, *w_u;
  int n, d, m, heads, head_size;

  Tensors(const engine::TensorFile& tensors, const std::string& file) {
    const auto& unembed = finite_tensor(tensors, file, nine[8], 2).shape;
    const auto& queries = finite_tensor(tensors, file, nine[2], 3).shape;
    const std::int64_t classes = unembed[1], width = unembed[0], count = queries[0], inner = queries[2],
                       hidden = finite_tensor(tensors, file, nine[6], 2).shape[1];
    const auto get = [&](int k, const std::vector<std::int64_t>& shape) {
      finite_tensor(tensors, file, nine[k], shape.size());
      return tensors.get(file, nine[k], shape).values.data();
    };
    w_e = get(0, {classes + 1, width});
    w_pos = get(1, {3, width});
    w_q = get(2, {count, width, inner});
    w_k = get(3, {count, width, inner});
    w_v = get(4, {count, width, inner});
    w_o = get(5, {count, inner, width});
    w_in = get(6, {width, hidden});
    w_out = get(7, {hidden, width});
    w_u = get(8, {width, classes});
    if (std::max({width, hidden, inner}) > 1 << 15 || classes > 1 << 15 || count > 32) {
      throw engine::FormatError(file + ": this checker knows up to 32 heads, and widths up to 32768");
    }
    n = static_cast<int>(classes);
    d = static_cast<int>(width);
    m = static_cast<int>(hidden);
    heads = static_cast<int>(count);
    head_size = static_cast<int>(inner);
  }

  EnclosedMatrix head(const float* tensor, int h, int rows, int cols) const {
    return enclosed(tensor + size(h) * size(rows) * size(cols), rows, cols);
  }
  /// W_E[g] + W_pos[position] less that of "=", all g.
  EnclosedMatrix tokens(int position) const {
    return enclosed_sums(w_e, n, d, w_pos + size(position) * size(d), w_e + size(n) * size(d),
                         w_pos + 2 * size(d));
  }
  EnclosedMatrix equals() const {
    return enclosed_sums(w_e + size(n) * size(d), 1, d, w_pos + 2 * size(d), nullptr, nullptr);
  }
};

/// @throws engine::FormatError for a tensor of another network
void refuse_others(const engine::TensorFile& tensors, const std::string& file) {
  const std::set<std::string> known(std::begin(nine), std::end(nine));
  for (const auto& [name, tensor] : tensors.tensors) {
    const bool alias = (name == "x_embed" || name == "y_embed") && tensor == tensors.tensors.at(nine[0]);
    const bool zero = std::all_of(tensor.values.begin(), tensor.values.end(), [](float v) { return v == 0; });
    if (!known.contains(name) && !alias && !zero)
      throw engine::FormatError(file + ": tensor '" + name +
                                "' is no part of a one-layer transformer without biases");
  }
}

/// floor(sqrt(value)), value below 2^122.
std::int64_t root_of(Wide value) {
  std::int64_t root = 0;
  for (int bit = 60; bit >= 0; --bit) {
    const std::int64_t larger = root | std::int64_t{1} << bit;
    if (static_cast<Wide>(larger) * larger <= value) root = larger;
  }
  return root;
}

/// exp of scores / sqrt(head size).
/// @param off  raised to the share, in 2^-60, that some exponential is off by
std::vector<IntegerExponential> exponentials(const EnclosedMatrix& scores, int head_size,
                                             const std::string& file, Wide& off) {
  const std::int64_t reciprocal = root_of((Wide{1} << 120) / head_size);  // in units of 2^-60, rounded down
  const int down = 12 - scores.unit;                                      // to units of 2^-48
  const auto refuse = [&] {
    throw engine::FormatError(file + ": attention has a score that differs from that of \"=\" by more than " +
                              std::to_string(largest_score));
  };
  if (down < 0) refuse();
  std::vector<IntegerExponential> found;
  for (const std::int64_t score : scores.mid) {
    const Wide value = shifted_down(static_cast<Wide>(score) * reciprocal, down);
    if (value < -(Wide{largest_score} << 48) || value > Wide{largest_score} << 48) refuse();
    found.push_back(integer_exponential(static_cast<std::int64_t>(value)));
  }
  const Wide of_score =
      shifted_down(static_cast<Wide>(scores.off) * (reciprocal + 1) + scores.largest(), down) + 2;
  // e^delta - 1 is at most 2 delta up to delta = 1, which the caller sees to.
  off = std::max(off, 2 * (std::min(of_score, Wide{1} << 80) * 4096 + exponential_off));
  return found;
}

void use_common_unit(TokenSums& sums, std::vector<EnclosedMatrix>& constants) {
  std::vector<EnclosedMatrix*> all;
  for (auto* const list : {&sums.of_x, &sums.of_y, &constants}) {
    for (EnclosedMatrix& matrix : *list) all.push_back(&matrix);
  }
  int unit = all.front()->unit;
  for (const EnclosedMatrix* const matrix : all) unit = std::max(unit, matrix->unit);
  for (EnclosedMatrix* const matrix : all) set_unit(*matrix, unit);
  sums.constant = constants.front();
  for (std::size_t k = 1; k < constants.size(); ++k) {  // 33 of them at most: below 2^60
    for (std::size_t j = 0; j < sums.constant.mid.size(); ++j) sums.constant.mid[j] += constants[k].mid[j];
    sums.constant.off += constants[k].off;
  }
}

/// Everything but s and what depends on it.
struct Linear {
  TokenSums to_hidden, to_logits;
  EnclosedMatrix u;
};

Linear linear_parts(const Tensors& t, const std::string& file, IntegerTransformer& network) {
  const EnclosedMatrix first = t.tokens(0), second = t.tokens(1), equals = t.equals();
  const EnclosedMatrix w_in = enclosed(t.w_in, t.d, t.m), w_u = enclosed(t.w_u, t.d, t.n);
  Linear parts{{}, {}, product(enclosed(t.w_out, t.m, t.d), w_u)};
  std::vector<EnclosedMatrix> to_hidden{product(equals, w_in)}, to_logits{product(equals, w_u)};
  Wide off_exponential = 0;
  for (int h = 0; h < t.heads; ++h) {
    const EnclosedMatrix query = product(equals, t.head(t.w_q, h, t.d, t.head_size));
    const EnclosedMatrix asked = product(t.head(t.w_k, h, t.d, t.head_size), transposed(query));
    for (const auto& [tokens, list] : {std::pair{&first, &network.of_x}, std::pair{&second, &network.of_y}}) {
      const auto of_head = exponentials(product(*tokens, asked), t.head_size, file, off_exponential);
      list->insert(list->end(), of_head.begin(), of_head.end());
    }
    const EnclosedMatrix w_v = t.head(t.w_v, h, t.d, t.head_size), w_o = t.head(t.w_o, h, t.head_size, t.d);
    const EnclosedMatrix of_x = product(first, w_v), of_y = product(second, w_v),
                         of_equals = product(equals, w_v);
    const EnclosedMatrix hidden = product(w_o, w_in), logits = product(w_o, w_u);
    parts.to_hidden.of_x.push_back(product(of_x, hidden));
    parts.to_hidden.of_y.push_back(product(of_y, hidden));
    to_hidden.push_back(product(of_equals, hidden));
    parts.to_logits.of_x.push_back(product(of_x, logits));
    parts.to_logits.of_y.push_back(product(of_y, logits));
    to_logits.push_back(product(of_equals, logits));
  }
  use_common_unit(parts.to_hidden, to_hidden);
  use_common_unit(parts.to_logits, to_logits);
  // A quotient of exponentials is off by 4 times their share, as long as that is at most 1/8.
  const bool close = off_exponential <= Wide{1} << 57;
  network.off_weight = close ? 2 + static_cast<std::int64_t>(4 * off_exponential >> (60 - weight_bits))
                             : std::int64_t{1} << (weight_bits + 1);
  return parts;
}

/// No column's sum over heads, and nothing on the way to it, is larger; in the sums' units.
Wide size_of(const TokenSums& sums) {
  Wide total = sums.constant.largest() + sums.constant.off;
  for (const auto* const list : {&sums.of_x, &sums.of_y}) {
    for (const EnclosedMatrix& matrix : *list) total += matrix.largest() + matrix.off;
  }
  return total;
}

/// The most that each column can be, at least 0: w0 + w1 is at most 1.
std::vector<Wide> greatest_of(const TokenSums& sums) {
  std::vector<Wide> greatest;
  for (int j = 0; j < sums.constant.cols; ++j) {
    Wide total = static_cast<Wide>(sums.constant.at(0, j)) + sums.constant.off;
    for (std::size_t h = 0; h < sums.of_x.size(); ++h) {
      std::int64_t most = 0;
      for (const EnclosedMatrix* const matrix : {&sums.of_x[h], &sums.of_y[h]}) {
        for (int g = 0; g < matrix->rows; ++g) most = std::max(most, matrix->at(g, j) + matrix->off);
      }
      total += most;
    }
    greatest.push_back(std::max(total, Wide{0}));
  }
  return greatest;
}

/// At least value 2^(unit + bits), rounded up.
Wide in_units(Wide value, int unit, int bits) {
  const int down = -unit - bits;
  if (down < 0 && value > 0 && (-down > 60 || value > too_much >> -down)) return too_much;
  return shifted_down(value, down) + 1;
}

std::vector<Wide> widest_of(const EnclosedMatrix& u) {
  std::vector<Wide> widest(size(u.rows), 0);
  for (int i = 0; i < u.rows; ++i) {
    for (int z = 0; z < u.cols; ++z)
      widest[size(i)] = std::max<Wide>(widest[size(i)], std::abs(u.at(i, z)) + u.off);
  }
  return widest;
}

int finest_units(const Linear& parts, const std::string& file) {
  const std::vector<Wide> hidden = greatest_of(parts.to_hidden), widest = widest_of(parts.u);
  const Wide of_hidden = size_of(parts.to_hidden), of_logits = size_of(parts.to_logits);
  const int hidden_unit = parts.to_hidden.constant.unit, logit_unit = parts.to_logits.constant.unit;
  const Wide largest_u = *std::max_element(widest.begin(), widest.end());
  for (int s = 24; s >= -60; --s) {
    Wide sum = 0;
    bool fits = in_units(largest_u, parts.u.unit, s) < 1 << 30 &&
                in_units(of_hidden, hidden_unit, s) < 1 << 30 &&
                in_units(of_logits, logit_unit, s) < 1 << 30 &&
                in_units(of_logits, logit_unit, 2 * s) < Wide{1} << 57;
    for (std::size_t i = 0; fits && i < hidden.size(); ++i) {
      sum += (in_units(hidden[i], hidden_unit, s) + 2) * (in_units(widest[i], parts.u.unit, s) + 2);
    }
    if (fits && sum < Wide{1} << 52) return s;
  }
  throw engine::FormatError(file + ": the weights are too large for this checker's integers");
}

/// By how much weighted rows, in units of 2^-(s + row_bits + weight_bits), can be off.
Wide off_of(const TokenSums& sums, std::int64_t off_weight) {
  Wide total = static_cast<Wide>(sums.constant.off) << weight_bits;
  for (const auto* const list : {&sums.of_x, &sums.of_y}) {
    for (const EnclosedMatrix& matrix : *list) {
      total += static_cast<Wide>(off_weight) * (matrix.largest() + matrix.off) +
               (static_cast<Wide>(matrix.off) << weight_bits);
    }
  }
  return total;
}

/// By how much a number that is off by `off` 2^-bits is off when it is rounded to a whole one: 1/2 and that.
std::int64_t off_rounded(Wide off, int bits) {
  return static_cast<std::int64_t>(1 + std::min(2 * off >> bits, Wide{1} << 60));
}

}  // namespace

bool is_transformer(const engine::TensorFile& tensors) {
  return tensors.tensors.contains(nine[0]);
}

void transformer_sizes(const engine::TensorFile& tensors, const std::string& file, int& elements,
                       int& neurons) {
  const Tensors its(tensors, file);
  elements = its.n;
  neurons = its.m;
}

std::string sha256_of_transformer(const engine::TensorFile& tensors) {
  return sha256_of(tensors, nine);
}

IntegerTransformer integer_transformer(const engine::TensorFile& tensors, const std::string& file) {
  refuse_others(tensors, file);
  const Tensors its(tensors, file);
  IntegerTransformer network;
  network.elements = its.n;
  network.neurons = its.m;
  network.heads = its.heads;
  Linear parts = linear_parts(its, file, network);
  network.s = finest_units(parts, file);
  const int unit = -(network.s + row_bits);
  for (TokenSums* const sums : {&parts.to_hidden, &parts.to_logits}) {
    set_unit(sums->constant, unit);
    for (auto* const list : {&sums->of_x, &sums->of_y}) {
      for (EnclosedMatrix& matrix : *list) set_unit(matrix, unit);
    }
  }
  set_unit(parts.u, unit);
  network.off_u = off_rounded(parts.u.off, row_bits);
  network.width.assign(size(its.m), 0);
  for (std::size_t k = 0; k < parts.u.mid.size(); ++k) {
    const std::int64_t value = (parts.u.mid[k] + (std::int64_t{1} << (row_bits - 1))) >> row_bits;
    std::int64_t& width = network.width[k / size(its.n)];
    width = std::max(width, std::abs(value));
    network.u.push_back(static_cast<double>(value));
  }
  network.off_hidden = off_rounded(off_of(parts.to_hidden, network.off_weight), row_bits + weight_bits);
  // Rounded down, both the number and this.
  network.off_bypass = static_cast<std::int64_t>(std::min(
      shifted_down(off_of(parts.to_logits, network.off_weight), row_bits + weight_bits - network.s) + 2,
      Wide{1} << 62));
  network.to_hidden = std::move(parts.to_hidden);
  network.to_logits = std::move(parts.to_logits);
  return network;
}

}  // namespace analysis::certificate_check
