#include "analysis/network/pair_sums.hpp"

#include <algorithm>
#include <cstdint>
#include <numeric>

#include "analysis/numerics/at.hpp"
#include "engine/cpu/thread_pool.hpp"

namespace analysis {
namespace {

/// In four sums at a time, which do not wait for each other.
double mean_of(const double* values, int count) {
  double sums[4] = {};
  int i = 0;
  for (; i + 4 <= count; i += 4) {
    for (int k = 0; k < 4; ++k) sums[k] += values[i + k];
  }
  for (; i < count; ++i) sums[0] += values[i];
  return ((sums[0] + sums[1]) + (sums[2] + sums[3])) / count;
}

/// All pairs of one product, ab = g: a = 0 .. n - 1 and its partners.
struct PairBlock {
  std::vector<int> a, b;

  PairBlock(const group::FiniteGroup& group, int g) : a(at(group.order())), b(at(group.order())) {
    std::iota(a.begin(), a.end(), 0);
    for (std::size_t i = 0; i < a.size(); ++i) b[i] = group.multiply(group.inverse(a[i]), g);
  }
};

/// |x|^2 of the logits h W_U minus their mean over c, over all pairs: trace of the hidden layer's Gram matrix
/// with that of the centred unembedding.
double centred_logit_energy(const Matrix& gram, const Matrix& unembed) {
  Matrix centred_unembed = unembed;
  for (int j = 0; j < centred_unembed.rows; ++j) {
    double mean = 0;
    for (int c = 0; c < unembed.cols; ++c) mean += centred_unembed(j, c) / unembed.cols;
    for (int c = 0; c < unembed.cols; ++c) centred_unembed(j, c) -= mean;
  }
  const Matrix of_unembed = product(centred_unembed, centred_unembed, Transpose::no, Transpose::yes);
  double trace = 0;
  for (std::size_t i = 0; i < gram.values.size(); ++i) trace += gram.values[i] * of_unembed.values[i];
  return std::max(0.0, trace);
}

/// What the hidden layer's sums say of the logits h W_U.
LogitSums logit_sums(const HiddenSums& sums, const Matrix& unembed) {
  return {product(sums.by_xy, unembed), centred_logit_energy(sums.gram, unembed), Matrix()};
}

/// Which products one task sums up, and what it has summed so far.
struct Part {
  int first, end;
  Matrix by_x, by_y;
  std::vector<double> within;  ///< (H): sum of (h - mean over the pairs of one product)^2
  Matrix gram;                 ///< (H, H): its upper triangle; empty where logits are computed
  std::vector<double> energy;  ///< (n): of the centred logits, by class
};

/// A fixed number of parts for a network's sizes, so that the bits don't depend on threads.
std::vector<Part> parts_of(int n, int hidden, bool with_gram) {
  constexpr std::int64_t most_numbers = std::int64_t{1} << 25, most_parts = 16;
  const std::int64_t each =
      std::max<std::int64_t>(1, 2LL * n * hidden + (with_gram ? 1LL * hidden * hidden : 0));
  const int count = static_cast<int>(
      std::clamp<std::int64_t>(most_numbers / each, 1, std::min<std::int64_t>(most_parts, n)));
  std::vector<Part> parts;
  for (int i = 0; i < count; ++i) {
    parts.push_back({static_cast<int>(std::int64_t{n} * i / count),
                     static_cast<int>(std::int64_t{n} * (i + 1) / count), Matrix(n, hidden),
                     Matrix(n, hidden), std::vector<double>(at(hidden), 0.0),
                     with_gram ? Matrix(hidden, hidden) : Matrix(), std::vector<double>(at(n), 0.0)});
  }
  return parts;
}

/// Sums over all pairs of any network, a product at a time.
class Pass {
 public:
  Pass(const Network& network, const Harmonics& harmonics)
      : network_(network),
        harmonics_(harmonics),
        known_(network.known()),
        n_(network.elements()),
        hidden_(network.hidden_dim()),
        // Half of H^2 products a pair against n H: of wide layers the logits take less time and memory.
        logits_from_gram_(known_.hidden_logits() && !network.has_bypass() && hidden_ <= 2 * n_) {
    if (known_.hidden) sums_.hidden.by_xy = Matrix(n_, hidden_);
    if (computes_logits()) sums_.logits.by_xy = sums_.logits.of_identity = Matrix(n_, n_);
  }

  PairSums run() {
    std::vector<Part> parts = parts_of(n_, hidden_, logits_from_gram_);
    const std::size_t numbers = at(n_) * (at(hidden_) + at(n_));
    engine::thread_pool().run_with_scratch(static_cast<int>(parts.size()), 2LL * n_ * n_ * n_ * (hidden_ + 1),
                                           numbers * sizeof(double), [&](int i, void* scratch) {
                                             Part& part = parts[at(i)];
                                             for (int g = part.first; g < part.end; ++g) {
                                               add_product(g, part, static_cast<double*>(scratch));
                                             }
                                           });
    if (known_.hidden) combine(parts);
    if (logits_from_gram_) {
      sums_.hidden.gram = gram_of(parts);
      sums_.logits = logit_sums(sums_.hidden, network_.unembed());
    }
    for (const Part& part : parts) {
      sums_.logits.centred_energy += std::accumulate(part.energy.begin(), part.energy.end(), 0.0);
    }
    return std::move(sums_);
  }

 private:
  bool computes_logits() const { return known_.logits && !logits_from_gram_; }

  void add_product(int g, Part& part, double* h) {
    const PairBlock pairs(harmonics_.group(), g);
    if (known_.hidden) {
      network_.hidden_rows(n_, pairs.a.data(), pairs.b.data(), h);
      add_hidden(g, pairs, part, h);
    }
    if (logits_from_gram_) add_gram(n_, hidden_, h, part.gram.values.data());
    if (!computes_logits()) return;
    double* const z = h + at(n_) * at(hidden_);
    if (known_.hidden_logits()) {
      // (n, H) (H, n)
      multiply(Transpose::no, Transpose::no, n_, n_, hidden_, h, network_.unembed().values.data(), 0, z);
    }
    if (network_.has_bypass()) network_.complete_logits(n_, pairs.a.data(), pairs.b.data(), z);
    add_logits(g, pairs, part, z);
  }

  void add_hidden(int g, const PairBlock& pairs, Part& part, const double* h) {
    double* const of_product = sums_.hidden.by_xy.row(g);
    for (int i = 0; i < n_; ++i) {
      const double* const row = h + at(i) * at(hidden_);
      double *const by_x = part.by_x.row(pairs.a[at(i)]), *const by_y = part.by_y.row(pairs.b[at(i)]);
      for (int j = 0; j < hidden_; ++j) by_x[j] += row[j];
      for (int j = 0; j < hidden_; ++j) by_y[j] += row[j];
      for (int j = 0; j < hidden_; ++j) of_product[j] += row[j];
    }
    // From the mean of these pairs: sum h^2 - n mean^2 would lose the digits of a neuron that hardly varies.
    std::vector<double> mean(of_product, of_product + hidden_);
    for (double& value : mean) value /= n_;
    for (int i = 0; i < n_; ++i) {
      const double* const row = h + at(i) * at(hidden_);
      for (int j = 0; j < hidden_; ++j) {
        const double deviation = row[j] - mean[at(j)];
        part.within[at(j)] += deviation * deviation;
      }
    }
  }

  void add_logits(int g, const PairBlock& pairs, Part& part, const double* z) {
    double* const of_product = sums_.logits.by_xy.row(g);
    const int identity = harmonics_.group().identity();
    for (int i = 0; i < n_; ++i) {
      const double* const row = z + at(i) * at(n_);
      const double mean = mean_of(row, n_);
      sums_.logits.of_identity(pairs.a[at(i)], pairs.b[at(i)]) = row[identity] - mean;
      for (int c = 0; c < n_; ++c) of_product[c] += row[c];
      for (int c = 0; c < n_; ++c) part.energy[at(c)] += (row[c] - mean) * (row[c] - mean);
    }
  }

  void combine(const std::vector<Part>& parts) {
    HiddenSums& sums = sums_.hidden;
    sums.by_x = Matrix(n_, hidden_);
    sums.by_y = Matrix(n_, hidden_);
    sums.mean.assign(at(hidden_), 0.0);
    sums.variance.assign(at(hidden_), 0.0);
    for (const Part& part : parts) {
      for (std::size_t i = 0; i < sums.by_x.values.size(); ++i) {
        sums.by_x.values[i] += part.by_x.values[i];
        sums.by_y.values[i] += part.by_y.values[i];
      }
      for (std::size_t j = 0; j < sums.variance.size(); ++j) sums.variance[j] += part.within[j];
    }
    const double pairs = static_cast<double>(n_) * n_;
    for (int g = 0; g < n_; ++g) {
      for (int j = 0; j < hidden_; ++j) sums.mean[at(j)] += sums.by_xy(g, j) / pairs;
    }
    for (int g = 0; g < n_; ++g) {  // and the means of the products from the mean of all
      for (int j = 0; j < hidden_; ++j) {
        const double deviation = sums.by_xy(g, j) / n_ - sums.mean[at(j)];
        sums.variance[at(j)] += n_ * deviation * deviation;
      }
    }
  }

  static Matrix gram_of(std::vector<Part>& parts) {
    std::vector<Matrix> grams;
    for (Part& part : parts) grams.push_back(std::move(part.gram));
    return whole_gram(std::move(grams));
  }

  const Network& network_;
  const Harmonics& harmonics_;
  Known known_;
  int n_, hidden_;
  bool logits_from_gram_;  ///< which are then not computed
  PairSums sums_;
};

}  // namespace

PairSums pair_sums(const Network& network, const Harmonics& harmonics, engine::Device device) {
  const Embeddings* const embeddings = network.relu_of_sum();
  if (embeddings == nullptr) return Pass(network, harmonics).run();
  PairSums sums{hidden_sums(*embeddings, harmonics, device), {}};
  sums.logits = logit_sums(sums.hidden, network.unembed());
  return sums;
}

std::vector<double> written_energies(const Network& network, const Harmonics& harmonics,
                                     const HiddenSums& sums, const std::vector<const Matrix*>& u) {
  std::vector<double> energies(u.size(), 0.0);
  if (!sums.gram.values.empty()) {
    for (std::size_t k = 0; k < u.size(); ++k) {
      const Matrix of_neurons = product(*u[k], *u[k], Transpose::no, Transpose::yes);
      for (std::size_t i = 0; i < of_neurons.values.size(); ++i) {
        energies[k] += sums.gram.values[i] * of_neurons.values[i];
      }
    }
    return energies;
  }
  const int n = network.elements(), hidden = network.hidden_dim();
  int most = 0;
  std::int64_t columns = 0;
  for (const Matrix* const its : u) {
    most = std::max(most, its->cols);
    columns += its->cols;
  }
  std::vector<std::vector<double>> of_product(at(n), std::vector<double>(u.size(), 0.0));
  engine::thread_pool().run_with_scratch(
      n, 2LL * n * n * hidden * (columns + 1), at(n) * (at(hidden) + at(most)) * sizeof(double),
      [&](int g, void* scratch) {
        double* const h = static_cast<double*>(scratch);
        double* const written = h + at(n) * at(hidden);
        const PairBlock pairs(harmonics.group(), g);
        network.hidden_rows(n, pairs.a.data(), pairs.b.data(), h);
        for (std::size_t k = 0; k < u.size(); ++k) {
          // (n, H) (H, m)
          multiply(Transpose::no, Transpose::no, n, u[k]->cols, hidden, h, u[k]->values.data(), 0, written);
          for (std::size_t i = 0; i < at(n) * at(u[k]->cols); ++i)
            of_product[at(g)][k] += written[i] * written[i];
        }
      });
  for (const std::vector<double>& one : of_product) {
    for (std::size_t k = 0; k < u.size(); ++k) energies[k] += one[k];
  }
  return energies;
}

Matrix centred_logit(const Network& network, int label) {
  const int n = network.elements(), hidden = network.hidden_dim();
  std::vector<double> to_label(at(hidden));  // W_U[:, label] minus its mean over c
  for (int j = 0; j < hidden; ++j) {
    double mean = 0;
    for (int c = 0; c < n; ++c) mean += network.unembed()(j, c) / n;
    to_label[at(j)] = network.unembed()(j, label) - mean;
  }
  Matrix result(n, n);
  engine::thread_pool().run_with_scratch(n, 4LL * n * n * hidden, at(n) * at(hidden) * sizeof(double),
                                         [&](int a, void* scratch) {
                                           std::vector<int> first(at(n), a), second(at(n));
                                           std::iota(second.begin(), second.end(), 0);
                                           double* const h = static_cast<double*>(scratch);
                                           network.hidden_rows(n, first.data(), second.data(), h);
                                           for (int b = 0; b < n; ++b) {
                                             const double* const row = h + at(b) * at(hidden);
                                             for (int j = 0; j < hidden; ++j)
                                               result(a, b) += row[j] * to_label[at(j)];
                                           }
                                         });
  return result;
}

}  // namespace analysis
