#pragma once

#include <cstddef>
#include <memory>
#include <optional>
#include <span>
#include <string>

#include "engine/device/device.hpp"

namespace engine {

class DeviceLink;

/// One of several processes that compute the same thing, each with its share of the work, and the way to the others.
/// All of them call the same functions in the same order, each in one thread. How bytes travel is up to who
/// implements it: the engine knows no library for that.
class Communicator {
 public:
  struct Sent {
    int to;
    const void* data;
    std::size_t bytes;
  };
  struct Received {
    int from;
    void* data;
    std::size_t bytes;
  };

  /// @param rank  of this process, from 0.  @param count  of processes
  Communicator(int rank, int count);
  virtual ~Communicator();
  Communicator(const Communicator&) = delete;
  Communicator& operator=(const Communicator&) = delete;

  int rank() const { return rank_; }
  int count() const { return count_; }
  bool is_first() const { return rank_ == 0; }

  /// Sends and receives pieces of host memory, and returns when all is done. The pieces from one process to another
  /// arrive in the order in which both name them, with equal sizes; none has 0 bytes, or goes to its own process.
  /// @throws ProcessError if another process is gone
  virtual void exchange(std::span<const Sent> sent, std::span<const Received> received) = 0;

  /// For who waits for others in another way than an exchange.
  /// @throws ProcessError if another process is known to be gone
  virtual void require_others() const {}

  /// The way between the processes' devices, opened at the first call and the same ever after: either all get one or
  /// none does, and their data go by way of the host. All use one kind of device.  @throws ProcessError, BackendError
  DeviceLink* link(Device device);

  /// What the first process has, for all.  @throws ProcessError
  void broadcast(void* data, std::size_t bytes);
  /// @return what the first process gave; the others' is ignored.  @throws ProcessError
  std::string broadcast(const std::string& text);
  /// What each has, for all.  @param all  (count) entries of `bytes`, by rank.  @throws ProcessError
  void gather(const void* own, void* all, std::size_t bytes);

 private:
  int rank_, count_;
  std::optional<std::unique_ptr<DeviceLink>> link_;  ///< none: not yet asked for
};

}  // namespace engine
