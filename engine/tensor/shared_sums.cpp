#include "engine/tensor/shared_sums.hpp"

#include "engine/device/backend.hpp"
#include "engine/device/communicator.hpp"

namespace engine {
namespace {

/// The numbers of an array that a process sums up.
struct Slice {
  std::size_t first, count;
};

Slice slice_of(std::size_t numbers, int process, int processes) {
  const auto start = [&](int p) {
    return numbers * static_cast<std::size_t>(p) / static_cast<std::size_t>(processes);
  };
  return {start(process), start(process + 1) - start(process)};
}

/// The sum over processes of each number, for all.
void sum_over_processes(Communicator& together, std::vector<double>& numbers) {
  const int own = together.rank(), processes = together.count();
  const auto bytes = [](const Slice& slice) { return slice.count * sizeof(double); };
  const Slice mine = slice_of(numbers.size(), own, processes);
  std::vector<double> others(mine.count * static_cast<std::size_t>(processes));
  std::vector<Communicator::Sent> sent;
  std::vector<Communicator::Received> received;
  for (int process = 0; process < processes; ++process) {
    const Slice theirs = slice_of(numbers.size(), process, processes);
    if (process == own) continue;
    if (theirs.count > 0) sent.push_back({process, numbers.data() + theirs.first, bytes(theirs)});
    double* const place = others.data() + static_cast<std::size_t>(process) * mine.count;
    if (mine.count > 0) received.push_back({process, place, bytes(mine)});
  }
  together.exchange(sent, received);
  for (std::size_t i = 0; i < mine.count; ++i) {
    double sum = 0;
    for (int process = 0; process < processes; ++process) {
      sum += process == own ? numbers[mine.first + i]
                            : others[static_cast<std::size_t>(process) * mine.count + i];
    }
    numbers[mine.first + i] = sum;
  }
  sent.clear();
  received.clear();
  for (int process = 0; process < processes; ++process) {
    const Slice theirs = slice_of(numbers.size(), process, processes);
    if (process == own) continue;
    if (mine.count > 0) sent.push_back({process, numbers.data() + mine.first, bytes(mine)});
    if (theirs.count > 0) received.push_back({process, numbers.data() + theirs.first, bytes(theirs)});
  }
  together.exchange(sent, received);
}

}  // namespace

SharedSums::SharedSums(const PairBatch& batch, const LossMeter& results, std::vector<Tensor> gradients)
    : batch_(batch), results_(results), gradients_(std::move(gradients)) {}

void SharedSums::add_up() const {
  if (!batch_.holds_a_part()) return;
  const double share = static_cast<double>(batch_.product().rows()) / batch_.pairs();
  std::vector<double> numbers;
  std::vector<LossAndCorrect> results(static_cast<std::size_t>(results_.replicas()));
  results_.read(results);
  for (const LossAndCorrect& result : results) {
    numbers.push_back(share * result.loss);
    numbers.push_back(result.correct);
  }
  for (const Tensor& gradient : gradients_) {
    for (const real value : gradient.to_host()) numbers.push_back(share * static_cast<double>(value));
  }
  sum_over_processes(*batch_.together(), numbers);
  const double* next = numbers.data();
  for (LossAndCorrect& result : results) {
    result.loss = *next++;
    result.correct = *next++;
  }
  backend(results_.device()).write(results_.data(), results.data(), results.size() * sizeof(LossAndCorrect));
  for (const Tensor& gradient : gradients_) {
    std::vector<real> values(static_cast<std::size_t>(gradient.size()));
    for (real& value : values) value = static_cast<real>(*next++);
    gradient.copy_from(values);
  }
}

}  // namespace engine
