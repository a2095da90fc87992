#include "analysis/certificate_check/integer_network.hpp"

#include <algorithm>
#include <cmath>

#include "analysis/certificate_check/exact_sum.hpp"
#include "analysis/certificate_check/size.hpp"
#include "analysis/certificate_check/tensor_list.hpp"
#include "engine/cpu/thread_pool.hpp"

namespace analysis::certificate_check {
namespace {

using Values = std::vector<float>;

constexpr const char* network_tensors[] = {"W_x", "W_y", "W", "W_U"};
constexpr int finest = 24, coarsest = -300;

const engine::StoredTensor& tensor(const engine::TensorFile& tensors, const std::string& file,
                                   const char* name) {
  return finite_tensor(tensors, file, name, 2);
}

/// floor(2^s sum_e a(x, e) b(first + e, i)) for all x and i, (n, m).
std::vector<std::int64_t> floored_product(const Values& a, const Values& b, int n, int embed, int m,
                                          int first, int s) {
  std::vector<std::int64_t> found(size(n) * size(m));
  engine::thread_pool().run(n, 8LL * n * embed * m, [&](int x) {
    std::vector<ExactSum> sums(size(m));
    for (int e = 0; e < embed; ++e) {
      const float factor = a[size(x) * size(embed) + size(e)];
      const float* const row = b.data() + size(first + e) * size(m);
      for (std::size_t i = 0; i < size(m); ++i) sums[i].add(factor, row[i]);
    }
    for (std::size_t i = 0; i < size(m); ++i) found[size(x) * size(m) + i] = sums[i].floor_at(s);
  });
  return found;
}

/// A power of two that every |l|, |r| and |u| stays below.
int size_exponent(const Values& w_x, const Values& w_y, const Values& w, const Values& w_u, int embed) {
  const auto most = [](const Values& values) {
    double largest = 0;
    for (const float value : values) largest = std::max(largest, static_cast<double>(std::abs(value)));
    return largest;
  };
  const double bound = std::max(std::max(most(w_x), most(w_y)) * most(w) * (embed + 1.0), most(w_u));
  return bound > 0 ? std::ilogb(bound) + 2 : -300;
}

/// The least and greatest of an integer matrix' column, or row.
struct Range {
  std::int64_t least = INT64_MAX, most = INT64_MIN;

  void see(std::int64_t value) {
    least = std::min(least, value);
    most = std::max(most, value);
  }
  Range down(int bits) const { return {least >> bits, most >> bits}; }
  std::int64_t size() const { return std::max(std::abs(least), std::abs(most)); }
};

}  // namespace

void sizes_of(const engine::TensorFile& tensors, const std::string& file, int& elements, int& neurons) {
  const engine::StoredTensor& unembed = tensor(tensors, file, "W_U");
  neurons = static_cast<int>(unembed.shape[0]);
  elements = static_cast<int>(unembed.shape[1]);
}

IntegerNetwork integer_network(const engine::TensorFile& tensors, const std::string& file) {
  IntegerNetwork network;
  sizes_of(tensors, file, network.elements, network.neurons);
  const std::int64_t n = network.elements, m = network.neurons;
  for (const char* const name : network_tensors) tensor(tensors, file, name);
  const std::int64_t embed = tensor(tensors, file, "W_x").shape[1];
  network.embed_dim = static_cast<int>(embed);
  const Values &w_x = tensors.get(file, "W_x", {n, embed}).values,
               &w_y = tensors.get(file, "W_y", {n, embed}).values,
               &w = tensors.get(file, "W", {2 * embed, m}).values,
               &w_u = tensors.get(file, "W_U", {m, n}).values;

  // Floors at one s give those at every smaller s: floor(floor(a) / 2) = floor(a / 2).
  const int start =
      std::max(coarsest, std::min(finest, 61 - size_exponent(w_x, w_y, w, w_u, network.embed_dim)));
  network.l = floored_product(w_x, w, network.elements, network.embed_dim, network.neurons, 0, start);
  network.r =
      floored_product(w_y, w, network.elements, network.embed_dim, network.neurons, network.embed_dim, start);
  for (const float value : w_u) network.u.push_back(floor_at(value, start));
  std::vector<Range> l(size(network.neurons)), r = l, u = l;
  for (std::size_t k = 0; k < network.l.size(); ++k) {
    l[k % size(network.neurons)].see(network.l[k]);
    r[k % size(network.neurons)].see(network.r[k]);
    u[k / size(network.elements)].see(network.u[k]);
  }
  int down = 0;  // how much coarser than at the start
  const auto fits = [&] {
    __int128 sum = 0;
    for (std::size_t i = 0; i < l.size(); ++i) {
      const Range a = l[i].down(down), b = r[i].down(down), c = u[i].down(down);
      sum += static_cast<__int128>(a.size() + b.size() + 2) *
             (static_cast<__int128>(c.most) - c.least + 1 + 2 * static_cast<__int128>(c.size()));
    }
    return sum < static_cast<__int128>(1) << 53;
  };
  while (down < 62 && !fits()) ++down;
  network.s = start - down;
  for (std::vector<std::int64_t>* const values : {&network.l, &network.r, &network.u}) {
    for (std::int64_t& value : *values) value >>= down;
  }
  for (std::size_t i = 0; i < l.size(); ++i) {
    const Range a = l[i].down(down), b = r[i].down(down), c = u[i].down(down);
    network.slack += 2 * (std::max<std::int64_t>(a.most + b.most, 0) + 2 + 2 * c.size());
    network.width.push_back(c.most - c.least);
    for (std::size_t z = 0; z < size(network.elements); ++z) {
      std::int64_t& value = network.u[i * size(network.elements) + z];
      value = 2 * value - (c.most + c.least);
    }
  }
  return network;
}

std::string sha256_of_network(const engine::TensorFile& tensors) {
  return sha256_of(tensors, network_tensors);
}

}  // namespace analysis::certificate_check
