#include "engine/model/generator.hpp"

#include <doctest/doctest.h>

#include <cmath>
#include <fstream>
#include <nlohmann/json.hpp>
#include <numeric>

#include "engine/training/pair_split.hpp"
#include "shared_data.hpp"

namespace {

using nlohmann::json;

std::vector<float> draw(engine::Generator& generator, const json& shape) {
  std::size_t count = 1;
  for (const json& size : shape) count *= size.get<std::size_t>();
  std::vector<float> values(count);
  generator.randn(values);
  return values;
}

void check_values(const json& expected, const float* values) {
  for (std::size_t i = 0; i < expected.size(); ++i) {
    CHECK(std::abs(static_cast<double>(values[i]) - expected[i].get<double>()) < 1e-6);
  }
}

json golden() {
  const auto path = test::shared_data("golden/torch_rng.json");
  return path ? json::parse(std::ifstream(*path)) : json();
}

/// FIPS 180-4, enough of it to check a list of integers against a published digest.
std::string sha256(const std::string& message) {
  std::uint32_t h[8], k[64];
  const auto fraction = [](double root) {
    return static_cast<std::uint32_t>((root - std::floor(root)) * 4294967296.0);
  };
  for (int i = 0, prime = 2; i < 64; ++prime) {
    bool divisible = false;
    for (int d = 2; d * d <= prime; ++d) divisible |= prime % d == 0;
    if (divisible) continue;
    if (i < 8) h[i] = fraction(std::sqrt(prime));
    k[i++] = fraction(std::cbrt(prime));
  }
  std::string padded = message + '\x80';
  padded.resize((padded.size() + 8 + 63) / 64 * 64 - 8, '\0');
  for (int i = 7; i >= 0; --i) padded += static_cast<char>(message.size() * 8 >> (8 * i));
  const auto rotate = [](std::uint32_t x, int n) { return x >> n | x << (32 - n); };
  for (std::size_t block = 0; block < padded.size(); block += 64) {
    std::uint32_t w[64];
    for (std::size_t i = 0; i < 16; ++i) {
      w[i] = 0;
      for (std::size_t j = 0; j < 4; ++j)
        w[i] = w[i] << 8 | static_cast<unsigned char>(padded[block + 4 * i + j]);
    }
    for (int i = 16; i < 64; ++i) {
      const std::uint32_t a = w[i - 15], b = w[i - 2];
      w[i] = w[i - 16] + (rotate(a, 7) ^ rotate(a, 18) ^ a >> 3) + w[i - 7] +
             (rotate(b, 17) ^ rotate(b, 19) ^ b >> 10);
    }
    std::uint32_t s[8];
    std::copy(h, h + 8, s);
    for (int i = 0; i < 64; ++i) {
      const std::uint32_t t1 = s[7] + (rotate(s[4], 6) ^ rotate(s[4], 11) ^ rotate(s[4], 25)) +
                               ((s[4] & s[5]) ^ (~s[4] & s[6])) + k[i] + w[i];
      const std::uint32_t t2 = (rotate(s[0], 2) ^ rotate(s[0], 13) ^ rotate(s[0], 22)) +
                               ((s[0] & s[1]) ^ (s[0] & s[2]) ^ (s[1] & s[2]));
      std::copy_backward(s, s + 7, s + 8);
      s[4] += t1;
      s[0] = t1 + t2;
    }
    for (int i = 0; i < 8; ++i) h[i] += s[i];
  }
  char text[65];
  for (int i = 0; i < 8; ++i) std::snprintf(text + 8 * i, 9, "%08x", h[i]);
  return text;
}

std::string bytes_of(const std::vector<std::int64_t>& values) {
  return {reinterpret_cast<const char*>(values.data()), values.size() * sizeof(std::int64_t)};
}

}  // namespace

TEST_SUITE_BEGIN("quick");

TEST_CASE("generator: torch.manual_seed(0), first normals of both paths") {
  // torch 1.13: torch.randn(3), torch.randn(17)[:2] and [16] after manual_seed(0)
  engine::Generator one(0);
  std::vector<float> few(3);
  one.randn(few);
  CHECK(few[0] == doctest::Approx(1.5409960746765137).epsilon(1e-6));
  CHECK(few[1] == doctest::Approx(-0.293428897857666).epsilon(1e-6));
  CHECK(few[2] == doctest::Approx(-2.1787893772125244).epsilon(1e-6));
  engine::Generator other(0);
  std::vector<float> many(16);
  other.randn(many);
  CHECK(many[0] == doctest::Approx(-1.1258398294448853).epsilon(1e-6));
  CHECK(many[15] == doctest::Approx(-0.2472781538963318).epsilon(1e-6));
}

TEST_CASE("generator: normals of every published shape") {
  const json file = golden();
  if (file.is_null()) return;
  for (const json& entry : file["randn"]) {
    CAPTURE(entry["shape"].dump());
    engine::Generator generator(entry["seed"].get<std::uint64_t>());
    const std::vector<float> values = draw(generator, entry["shape"]);
    check_values(entry["first"], values.data());
    check_values(entry["last"], values.data() + values.size() - entry["last"].size());
    double sum = 0, squares = 0;
    for (const float x : values) {
      sum += static_cast<double>(x);
      squares += static_cast<double>(x) * static_cast<double>(x);
    }
    const auto count = static_cast<double>(values.size());
    CHECK(std::abs(sum - entry["sum_float64"].get<double>()) < 1e-6 * count);
    CHECK(std::abs(squares - entry["sum_squares_float64"].get<double>()) < 1e-6 * count);
  }
}

TEST_CASE("generator: several draws from one seed, the kept normal included") {
  const json file = golden();
  if (file.is_null()) return;
  const json& sequence = file["sequence_after_one_seed"];
  engine::Generator generator(sequence["seed"].get<std::uint64_t>());
  for (std::size_t i = 0; i < sequence["shapes"].size(); ++i) {
    const std::vector<float> values = draw(generator, sequence["shapes"][i]);
    const json &first = sequence["first_of_each"][i], &last = sequence["last_of_each"][i];
    check_values(first.is_array() ? first : json::array({first}), values.data());
    const json tail = last.is_array() ? last : json::array({last});
    check_values(tail, values.data() + values.size() - tail.size());
  }
}

TEST_CASE("generator: below, as torch.manual_seed(0); torch.randint(0, 10, (5,))") {
  engine::Generator generator(0);
  for (const std::uint32_t expected : {4U, 9U, 3U, 0U, 3U}) CHECK(generator.below(10) == expected);
}

TEST_CASE("generator: randperm, every integer") {
  CHECK(sha256("abc") == "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad");
  const json file = golden();
  if (file.is_null()) return;
  for (const json& entry : file["randperm"]) {
    engine::Generator generator(entry["seed"].get<std::uint64_t>());
    const std::vector<std::int64_t> order = generator.randperm(entry["n"].get<std::int64_t>());
    const auto first = entry["first"].get<std::vector<std::int64_t>>();
    CHECK(std::equal(first.begin(), first.end(), order.begin()));
    CHECK(sha256(bytes_of(order)) == entry["sha256_of_int64_little_endian"].get<std::string>());
  }
}

TEST_CASE("split_pairs: the share is cut down to whole pairs, an empty side is refused") {
  const engine::PairSplit split = engine::split_pairs(6, 0.4, 3);
  CHECK(split.train.size() == 14);
  CHECK(split.test.size() == 22);
  std::vector<std::int64_t> all(split.train);
  all.insert(all.end(), split.test.begin(), split.test.end());
  std::sort(all.begin(), all.end());
  std::vector<std::int64_t> expected(36);
  std::iota(expected.begin(), expected.end(), 0);
  CHECK(all == expected);
  CHECK_THROWS(engine::split_pairs(6, 0.01, 3));
  CHECK_THROWS(engine::split_pairs(6, 1.0, 3));
  CHECK_THROWS(engine::split_pairs(6, std::nan(""), 3));
}

TEST_SUITE_END();
