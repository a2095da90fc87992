#include "engine/device/communicator.hpp"

#include <cstdint>
#include <cstring>
#include <vector>

#include "engine/device/backend.hpp"
#include "engine/device/device_link.hpp"

namespace engine {

Communicator::Communicator(int rank, int count) : rank_(rank), count_(count) {}

Communicator::~Communicator() = default;

DeviceLink* Communicator::link(Device device) {
  if (!link_) {
    const SharingEntries* const sharing = backend(device).sharing;
    link_ = sharing != nullptr ? sharing->open_link(*this) : nullptr;
  }
  return link_->get();
}

void Communicator::broadcast(void* data, std::size_t bytes) {
  if (bytes == 0) return;
  std::vector<Sent> sent;
  std::vector<Received> received;
  if (is_first()) {
    for (int to = 1; to < count_; ++to) sent.push_back({to, data, bytes});
  } else {
    received.push_back({0, data, bytes});
  }
  exchange(sent, received);
}

std::string Communicator::broadcast(const std::string& text) {
  std::uint64_t length = text.size();
  broadcast(&length, sizeof(length));
  std::string all = is_first() ? text : std::string(length, '\0');
  broadcast(all.data(), all.size());
  return all;
}

void Communicator::gather(const void* own, void* all, std::size_t bytes) {
  const auto entry = [&](int rank) {
    return static_cast<char*>(all) + static_cast<std::size_t>(rank) * bytes;
  };
  std::memcpy(entry(rank_), own, bytes);
  std::vector<Sent> sent;
  std::vector<Received> received;
  for (int other = 0; other < count_; ++other) {
    if (other == rank_) continue;
    sent.push_back({other, entry(rank_), bytes});
    received.push_back({other, entry(other), bytes});
  }
  exchange(sent, received);
}

}  // namespace engine
