// One model's training shared by processes: to the bit that of one process, whatever their number.

#include <doctest/doctest.h>

#include <cmath>

#include "engine/cpu/shared_chunks.hpp"
#include "engine/cpu/thread_pool.hpp"
#include "engine/device/error.hpp"
#include "engine/processes_of_threads.hpp"
#include "engine/test_models.hpp"
#include "engine/test_tensors.hpp"

using engine::Communicator, engine::Device, engine::PairBatch, engine::real, engine::Shape, engine::Tensor;

namespace {

/// A trainer as test::addition_trainer makes it, of a share of its pairs.
engine::Trainer trainer_of(int n, double frac_train, const engine::ModelSettings& model,
                           const std::vector<std::uint64_t>& seeds, Communicator* together) {
  std::vector<std::vector<std::int64_t>> train, test;
  for (const std::uint64_t seed : seeds) {
    engine::PairSplit split = engine::split_pairs(n, frac_train, seed);
    train.push_back(std::move(split.train));
    test.push_back(std::move(split.test));
  }
  return {*engine::make_model(n, model),
          {.lr = 1e-2},
          PairBatch(n, test::addition(n), train, Device::cpu, together),
          PairBatch(n, test::addition(n), test, Device::cpu, together),
          seeds};
}

/// All that training leaves: states and metrics of each replica.
struct Trained {
  std::vector<engine::TensorFile> states;
  std::vector<engine::EpochMetrics> metrics;

  Trained(engine::Trainer trainer, int steps) {
    trainer.advance(steps);
    metrics = trainer.evaluate();
    for (int r = 0; r < trainer.replicas(); ++r) states.push_back(trainer.state(r));
  }
  bool same_as(const Trained& other) const {
    bool same = states.size() == other.states.size();
    for (std::size_t r = 0; same && r < states.size(); ++r) {
      const engine::EpochMetrics &a = metrics[r], &b = other.metrics[r];
      same = states[r].tensors == other.states[r].tensors && a.train_loss == b.train_loss &&
             a.test_loss == b.test_loss && a.train_acc == b.train_acc && a.test_acc == b.test_acc;
    }
    return same;
  }
};

void check_same_bits(int n, double frac_train, const engine::ModelSettings& model,
                     const std::vector<std::uint64_t>& seeds, int steps,
                     const std::vector<int>& process_counts) {
  const Trained alone(trainer_of(n, frac_train, model, seeds, nullptr), steps);
  for (const int count : process_counts) {
    CAPTURE(count);
    std::vector<char> same(static_cast<std::size_t>(count));  // not of bool: each thread writes its own
    test::as_processes(count, [&](Communicator& together) {
      const Trained one(trainer_of(n, frac_train, model, seeds, &together), steps);
      same[static_cast<std::size_t>(together.rank())] = one.same_as(alone) ? 1 : 0;
    });
    for (const char of_process : same) CHECK(of_process == 1);
  }
}

}  // namespace

TEST_SUITE_BEGIN("quick");

TEST_CASE("processes: shares of chunks cover them in order, none two more than another") {
  for (const int chunks : {1, 2, 16, 64}) {
    for (const int processes : {1, 2, 3, 5, 7, 64, 100}) {
      int next = 0, least = chunks, most = 0;
      for (int p = 0; p < processes; ++p) {
        const engine::cpu::ChunkShare share = engine::cpu::chunk_share(chunks, p, processes);
        CHECK(share.first == next);
        next = share.last;
        least = std::min(least, share.count());
        most = std::max(most, share.count());
      }
      CHECK(next == chunks);
      CHECK(most - least <= 1);
    }
  }
}

TEST_CASE("processes: threads share training of the MLP with the bits of one process") {
  // 1,040 pairs in 16 chunks; 17 processes are more than there are chunks.
  check_same_bits(40, 0.65, test::settings(9, 11), {3}, 4, {1, 2, 3, 4, 5, 7, 17});
}

TEST_CASE(
    "processes: threads share training of every model, of several replicas, with the bits of one process") {
  engine::ModelSettings with_bias = test::settings(9, 11, "OneLayerMLPwithBias");
  with_bias.unembed_bias = true;
  check_same_bits(40, 0.65, with_bias, {3, 8}, 3, {2, 3});
  check_same_bits(40, 0.65, {.model = "BilinearNet", .layers = {{"embed_dim", 12}}}, {3, 8, 5}, 3, {2, 5});
  check_same_bits(30, 0.7, {.model = "Transformer", .layers = {}}, {3, 8}, 2, {2, 3, 4, 9});
}

TEST_CASE("processes: threads share training of a transformer whose unembedding is a product of its own") {
  // From 171 elements on; 4,096 pairs in 8 chunks.
  check_same_bits(173, 0.14, {.model = "Transformer", .layers = {}}, {3}, 1, {3});
}

TEST_CASE("processes: threads share large batches, of 32 chunks, with the bits of one process") {
  check_same_bits(220, 0.8, test::settings(4, 8), {3}, 1, {4, 6});
}

TEST_CASE(
    "processes: threads share a batch of few x, each carried over many chunks, with the bits of one "
    "process") {
  constexpr int n = 600, hidden = 5;
  std::vector<std::int64_t> pairs;
  for (int y = 0; y < n; ++y) {
    pairs.push_back(y);
    pairs.push_back(std::int64_t{417} * n + y);
  }
  test::Numbers numbers(1);
  const std::vector<real> lr = numbers.list(2 * n * hidden), u = numbers.list(hidden * n);
  const auto gradients = [&](Communicator* together) {
    Tensor l = Tensor::from({2 * n, hidden}, lr), last = Tensor::from({hidden, n}, u);
    l.set_requires_grad();
    last.set_requires_grad();
    const PairBatch batch(n, test::addition(n), {pairs}, Device::cpu, together);
    const Tensor loss = engine::pair_cross_entropy(l, last, batch);
    engine::backward(loss);
    std::vector<real> all = l.grad_to_host();
    for (const real x : last.grad_to_host()) all.push_back(x);
    all.push_back(loss.to_host().front());
    return all;
  };
  const std::vector<real> alone = gradients(nullptr);
  CHECK(std::abs(alone[417 * hidden]) + std::abs(alone[417 * hidden + 1]) > 0);
  for (const int count : {2, 3, 8}) {
    std::vector<std::vector<real>> all(static_cast<std::size_t>(count));
    test::as_processes(count, [&](Communicator& together) {
      all[static_cast<std::size_t>(together.rank())] = gradients(&together);
    });
    for (const std::vector<real>& of_process : all) CHECK(of_process == alone);
  }
}

TEST_CASE(
    "processes: plain ops, in processes of threads, compute everything in each, with the bits of one "
    "process") {
  constexpr int n = 20;
  test::Numbers numbers(2);
  const std::vector<real> rows = numbers.list(n * 6), u = numbers.list(6 * n);
  const std::vector<std::int64_t> pairs = {1, 5, 77, 110, 399};
  const auto loss_of = [&](Communicator* together) {
    const PairBatch batch(n, test::addition(n), {pairs}, Device::cpu, together);
    const Tensor table = Tensor::from({n, 6}, rows);
    return engine::cross_entropy(
               matmul(pair_sum(table, table, batch.x(), batch.y()), Tensor::from({6, n}, u)), batch.product())
        .to_host()
        .front();
  };
  test::as_processes(2, [&](Communicator& together) {
    if (loss_of(&together) != loss_of(nullptr)) throw std::logic_error("another loss");
  });
}

TEST_CASE("processes: broadcast and gather between processes of threads") {
  for (const int count : {1, 2, 5}) {
    test::as_processes(count, [&](Communicator& together) {
      if (together.broadcast(together.is_first() ? "word" : "") != "word")
        throw std::logic_error("broadcast");
      if (!together.broadcast(std::string()).empty()) throw std::logic_error("broadcast of nothing");
      std::vector<int> all(static_cast<std::size_t>(count));
      const int own = 10 + together.rank();
      together.gather(&own, all.data(), sizeof(own));
      for (int r = 0; r < count; ++r) {
        if (all[static_cast<std::size_t>(r)] != 10 + r) throw std::logic_error("gather");
      }
    });
  }
}

TEST_CASE("processes: what one process of threads throws ends the others' exchanges") {
  CHECK_THROWS_WITH_AS(test::as_processes(3,
                                          [](Communicator& together) {
                                            if (together.rank() == 2) throw std::invalid_argument("enough");
                                            std::vector<int> all(3);
                                            const int own = 1;
                                            together.gather(&own, all.data(), sizeof(own));
                                          }),
                       "enough", std::invalid_argument);
}

TEST_SUITE_END();
