#include "engine/tensor/shared_sums.hpp"

#include <functional>

#include "engine/device/backend.hpp"
#include "engine/device/communicator.hpp"
#include "engine/device/device_link.hpp"

namespace engine {
namespace {

using Sent = Communicator::Sent;
using Received = Communicator::Received;

/// Pieces of a device's memory by way of the hosts.
void exchange_by_hosts(Communicator& together, Device device, std::span<const Sent> sent,
                       std::span<const Received> received) {
  std::vector<std::vector<char>> pieces;
  std::vector<Sent> from_host;
  std::vector<Received> to_host;
  for (const Sent& s : sent) {
    backend(device).read(pieces.emplace_back(s.bytes).data(), s.data, s.bytes);
    from_host.push_back({s.to, pieces.back().data(), s.bytes});
  }
  for (const Received& r : received)
    to_host.push_back({r.from, pieces.emplace_back(r.bytes).data(), r.bytes});
  together.exchange(from_host, to_host);
  for (std::size_t i = 0; i < received.size(); ++i)
    backend(device).write(received[i].data, to_host[i].data, received[i].bytes);
}

}  // namespace

struct SharedSums::Sums {
  /// The numbers that a process sums up.
  struct Slice {
    std::size_t first, count;

    std::size_t bytes() const { return count * sizeof(double); }
  };
  static Slice slice_of(std::size_t numbers, int process, int processes) {
    const auto start = [&](int p) {
      return numbers * static_cast<std::size_t>(p) / static_cast<std::size_t>(processes);
    };
    return {start(process), start(process + 1) - start(process)};
  }

  Communicator& together;
  DeviceLink* link;       ///< null: by way of the hosts
  std::size_t count;      ///< of the numbers to be summed
  Slice mine;             ///< those that this process sums
  Buffer numbers, parts;  ///< (count); (processes, mine.count)

  Sums(Communicator& together_, Device device, std::size_t count_)
      : together(together_),
        link(together.link(device)),
        count(count_),
        mine(slice_of(count, together.rank(), together.count())),
        numbers(device, count * sizeof(double)),
        parts(device, mine.bytes() * static_cast<std::size_t>(together.count())) {}

  double* all() const { return static_cast<double*>(numbers.data()); }
  double* part(int process) const {
    return static_cast<double*>(parts.data()) + static_cast<std::size_t>(process) * mine.count;
  }
  void exchange(std::span<const Sent> sent, std::span<const Received> received) const {
    if (link != nullptr) {
      link->exchange(sent, received);
    } else {
      exchange_by_hosts(together, numbers.device(), sent, received);
    }
  }

  /// `work` of every other process and its slice.
  void for_others(const std::function<void(int process, const Slice& theirs)>& work) const {
    for (int process = 0; process < together.count(); ++process)
      if (process != together.rank()) work(process, slice_of(count, process, together.count()));
  }

  /// Makes of each number its sum over processes.
  void add_up() const {
    std::vector<Sent> sent;
    std::vector<Received> received;
    for_others([&](int process, const Slice& theirs) {
      if (theirs.count > 0) sent.push_back({process, all() + theirs.first, theirs.bytes()});
      if (mine.count > 0) received.push_back({process, part(process), mine.bytes()});
    });
    exchange(sent, received);
    const Backend& device = backend(numbers.device());
    if (mine.count > 0) {
      device.copy(part(together.rank()), all() + mine.first, mine.bytes());
      device.sharing->add_up(static_cast<std::int64_t>(mine.count), together.count(), part(0),
                             all() + mine.first);
    }
    sent.clear();
    received.clear();
    for_others([&](int process, const Slice& theirs) {
      if (mine.count > 0) sent.push_back({process, all() + mine.first, mine.bytes()});
      if (theirs.count > 0) received.push_back({process, all() + theirs.first, theirs.bytes()});
    });
    exchange(sent, received);
  }
};

SharedSums::SharedSums(const PairBatch& batch, const LossMeter& results, std::vector<Tensor> gradients)
    : batch_(batch), results_(results), gradients_(std::move(gradients)) {
  if (!batch_.holds_a_part()) return;
  std::size_t count = 2 * static_cast<std::size_t>(results_.replicas());
  for (const Tensor& gradient : gradients_) count += static_cast<std::size_t>(gradient.size());
  sums_ = std::make_shared<Sums>(*batch_.together(), batch_.device(), count);
}

void SharedSums::add_up() const {
  if (!sums_) return;
  const SharingEntries& device = *backend(batch_.device()).sharing;
  const double share = static_cast<double>(batch_.product().rows()) / batch_.pairs();
  double* next = sums_->all();
  device.results_to_sums(results_.replicas(), share, results_.data(), next);
  next += 2 * results_.replicas();
  for (const Tensor& gradient : gradients_) {
    device.to_sums(gradient.size(), share, gradient.data(), next);
    next += gradient.size();
  }
  sums_->add_up();
  next = sums_->all();
  device.results_from_sums(results_.replicas(), next, results_.data());
  next += 2 * results_.replicas();
  for (const Tensor& gradient : gradients_) {
    device.from_sums(gradient.size(), next, gradient.data());
    next += gradient.size();
  }
}

}  // namespace engine
