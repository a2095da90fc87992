#include "analysis/network/transformer_network.hpp"

#include <algorithm>
#include <cmath>
#include <cstdint>

#include "analysis/numerics/at.hpp"
#include "analysis/numerics/scaled_rows.hpp"
#include "engine/cpu/thread_pool.hpp"

namespace analysis {
namespace {

std::vector<double> sum_of_rows(const double* x, const double* y, int width) {
  std::vector<double> sum(x, x + width);
  for (int i = 0; i < width; ++i) sum[at(i)] += y[i];
  return sum;
}

/// The product of one row with a matrix.
std::vector<double> times(const std::vector<double>& row, const Matrix& m) {
  std::vector<double> result(at(m.cols), 0.0);
  for (int i = 0; i < m.rows; ++i) {
    for (int j = 0; j < m.cols; ++j) result[at(j)] += row[at(i)] * m(i, j);
  }
  return result;
}

Matrix columns_from(const Matrix& m, int first, int count) {
  Matrix part(m.rows, count);
  for (int i = 0; i < m.rows; ++i) std::copy_n(m.row(i) + first, count, part.row(i));
  return part;
}

/// Adds to row x the mean over y of own(x, y) own_rows(x) + others(x, y) other_rows(y).
void add_means(const Matrix& own, const Matrix& own_rows, const Matrix& others, const Matrix& other_rows,
               Matrix& means) {
  const Matrix of_others = product(others, other_rows);  // (n, n) (n, H)
  for (int x = 0; x < means.rows; ++x) {
    double mean = 0;
    for (int y = 0; y < own.cols; ++y) mean += own(x, y) / own.cols;
    for (int j = 0; j < means.cols; ++j) means(x, j) += mean * own_rows(x, j) + of_others(x, j) / own.cols;
  }
}

void centre_columns(Matrix& m) {
  for (int j = 0; j < m.cols; ++j) {
    double mean = 0;
    for (int i = 0; i < m.rows; ++i) mean += m(i, j) / m.rows;
    for (int i = 0; i < m.rows; ++i) m(i, j) -= mean;
  }
}

}  // namespace

TransformerNetwork::TransformerNetwork(TransformerWeights weights)
    : weights_(std::move(weights)),
      embedding_(rows_from(weights_.w_e, 0, weights_.elements())),
      unembed_(product(weights_.w_out, weights_.w_u)),
      equals_(sum_of_rows(weights_.w_e.row(weights_.elements()), weights_.w_pos.row(2), weights_.width())) {
  const int heads = weights_.heads(), width = weights_.width();
  const double root = std::sqrt(static_cast<double>(weights_.head_size()));
  // Column h: W_K[h] (e2 W_Q[h])^T / sqrt(head size), whose product with e is its score.
  Matrix asked(width, heads);
  for (int h = 0; h < heads; ++h) {
    const std::vector<double> query = times(equals_, rows_from(weights_.w_q, h * width, width));
    for (int i = 0; i < width; ++i) {
      for (int k = 0; k < weights_.head_size(); ++k) {
        asked(i, h) += weights_.w_k(h * width + i, k) * query[at(k)] / root;
      }
    }
  }
  // Scores less that of "=", which is then 0: a softmax knows differences only.
  scores_ = {product(tokens_less_equals(0), asked), product(tokens_less_equals(1), asked),
             std::vector<double>(at(heads), 0.0)};
  to_hidden_ = rows_of(weights_.w_in);
  to_logits_ = rows_of(weights_.w_u);
}

Matrix TransformerNetwork::tokens_less_equals(int position) const {
  Matrix tokens = embedding_;
  for (int g = 0; g < tokens.rows; ++g) {
    for (int i = 0; i < tokens.cols; ++i) tokens(g, i) += weights_.w_pos(position, i) - equals_[at(i)];
  }
  return tokens;
}

TransformerNetwork::LinearRows TransformerNetwork::rows_of(const Matrix& m) const {
  const int n = elements(), heads = weights_.heads(), width = weights_.width(), size = weights_.head_size();
  LinearRows rows{times(equals_, m), Matrix(n, heads * m.cols), Matrix(n, heads * m.cols)};
  const Matrix first = tokens_less_equals(0), second = tokens_less_equals(1);
  for (int h = 0; h < heads; ++h) {
    // (d, head size) (head size, d) (d, width)
    const Matrix through = product(rows_from(weights_.w_v, h * width, width),
                                   product(rows_from(weights_.w_o, h * size, size), m));
    const std::vector<double> of_equals = times(equals_, through);
    for (int j = 0; j < m.cols; ++j) rows.constant[at(j)] += of_equals[at(j)];
    const Matrix of_a = product(first, through), of_b = product(second, through);
    for (int g = 0; g < n; ++g) {
      std::copy_n(of_a.row(g), m.cols, rows.of_a.row(g) + at(h) * at(m.cols));
      std::copy_n(of_b.row(g), m.cols, rows.of_b.row(g) + at(h) * at(m.cols));
    }
  }
  return rows;
}

template <typename Row>
void TransformerNetwork::for_each_pair(int count, const int* a, const int* b, const Row& row) const {
  const std::size_t heads = at(weights_.heads());
  std::vector<double> all(3 * heads), of_a(heads), of_b(heads);
  for (int i = 0; i < count; ++i) {
    scores_.weights(a[i], b[i], all.data());
    for (std::size_t h = 0; h < heads; ++h) {
      of_a[h] = all[3 * h];
      of_b[h] = all[3 * h + 1];
    }
    row(at(i), of_a.data(), of_b.data());
  }
}

void TransformerNetwork::hidden_rows(int count, const int* a, const int* b, double* h) const {
  const std::size_t width = at(hidden_dim());
  for_each_pair(count, a, b, [&](std::size_t i, const double* of_a, const double* of_b) {
    relu_of_scaled_rows(width, weights_.heads(), to_hidden_.constant.data(), of_a, to_hidden_.of_a.row(a[i]),
                        of_b, to_hidden_.of_b.row(b[i]), h + i * width);
  });
}

void TransformerNetwork::hidden_inputs(int count, const int* a, const int* b, double* t) const {
  const std::size_t width = at(hidden_dim());
  for_each_pair(count, a, b, [&](std::size_t i, const double* of_a, const double* of_b) {
    sum_scaled_rows(width, weights_.heads(), to_hidden_.constant.data(), of_a, to_hidden_.of_a.row(a[i]),
                    of_b, to_hidden_.of_b.row(b[i]), t + i * width);
  });
}

void TransformerNetwork::complete_logits(int count, const int* a, const int* b, double* logits) const {
  const std::size_t width = at(elements());
  for_each_pair(count, a, b, [&](std::size_t i, const double* of_a, const double* of_b) {
    double* const row = logits + i * width;
    for (std::size_t c = 0; c < width; ++c) row[c] += to_logits_.constant[c];
    sum_scaled_rows(width, weights_.heads(), row, of_a, to_logits_.of_a.row(a[i]), of_b,
                    to_logits_.of_b.row(b[i]), row);
  });
}

double TransformerNetwork::sum_of_squared_weights() const {
  double sum = 0;
  for (const Matrix* const tensor :
       {&weights_.w_e, &weights_.w_pos, &weights_.w_q, &weights_.w_k, &weights_.w_v, &weights_.w_o,
        &weights_.w_in, &weights_.w_out, &weights_.w_u}) {
    sum += squared_norm(*tensor);
  }
  return sum;
}

Embeddings TransformerNetwork::neuron_inputs() const {
  const int n = elements(), hidden = hidden_dim(), heads = weights_.heads();
  // The weights on a and b of every head, (n, n) each: all that is not linear.
  std::vector<Matrix> of_a(at(heads), Matrix(n, n)), of_b(at(heads), Matrix(n, n));
  engine::thread_pool().run(n, 60LL * n * n * heads, [&](int a) {
    std::vector<double> weights(3 * at(heads));
    for (int b = 0; b < n; ++b) {
      scores_.weights(a, b, weights.data());
      for (int h = 0; h < heads; ++h) {
        of_a[at(h)](a, b) = weights[3 * at(h)];
        of_b[at(h)](a, b) = weights[3 * at(h) + 1];
      }
    }
  });
  Embeddings inputs{Matrix(n, hidden), Matrix(n, hidden)};
  for (int h = 0; h < heads; ++h) {
    const Matrix to_a = columns_from(to_hidden_.of_a, h * hidden, hidden),
                 to_b = columns_from(to_hidden_.of_b, h * hidden, hidden);
    add_means(of_a[at(h)], to_a, of_b[at(h)], to_b, inputs.l);
    add_means(transposed(of_b[at(h)]), to_b, transposed(of_a[at(h)]), to_a, inputs.r);
  }
  centre_columns(inputs.l);
  centre_columns(inputs.r);
  return inputs;
}

std::vector<NamedFunctions> TransformerNetwork::layers() const {
  return {{"W_E", embedding_},
          {"scores of a", scores_.of_a},
          {"scores of b", scores_.of_b},
          {"a to hidden", to_hidden_.of_a},
          {"b to hidden", to_hidden_.of_b},
          {"W_out W_U", transposed(unembed_)},
          {"W_U", transposed(weights_.w_u)}};
}

}  // namespace analysis
