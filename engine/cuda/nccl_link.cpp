// The link between the processes' GPUs by NCCL: their pieces of memory as its messages, on the one stream.

#include <chrono>
#include <string>
#include <thread>
#include <vector>

#include "engine/cuda/nccl_library.hpp"
#include "engine/cuda/runtime.hpp"
#include "engine/cuda/sharing.hpp"
#include "engine/device/error.hpp"

namespace engine::cuda {
namespace {

/// What one process says to the others while all wait for NCCL to join them.
enum class Joining : char { under_way, joined, failed };

class NcclLink : public DeviceLink {
 public:
  /// Begins to join the others, by an identity that all have from the first.
  NcclLink(const NcclLibrary& library, const Communicator& together, const ncclUniqueId& id)
      : library_(library), together_(together) {
    CUDA_CHECK(cudaEventCreateWithFlags(&sent_, cudaEventDisableTiming));
    // Its calls return at once, and state() says when they are done: who waits can see that another process is gone.
    ncclConfig_t config = NCCL_CONFIG_INITIALIZER;
    config.blocking = 0;
    const ncclResult_t result = library_.join(&communicator_, together.count(), id, together.rank(), &config);
    failed_ = result != ncclSuccess && result != ncclInProgress;
  }
  /// Nothing is under way any more, or another process is gone: there is nothing to wait for.
  ~NcclLink() override {
    if (communicator_ != nullptr) (void)library_.abort(communicator_);
    if (sent_ != nullptr) (void)cudaEventDestroy(sent_);
  }

  Joining joining() const {
    if (failed_ || communicator_ == nullptr) return Joining::failed;
    const ncclResult_t result = state();
    if (result == ncclInProgress) return Joining::under_way;
    return result == ncclSuccess ? Joining::joined : Joining::failed;
  }

  void exchange(std::span<const Communicator::Sent> sent,
                std::span<const Communicator::Received> received) override {
    require(library_.begin(), "ncclGroupStart");
    for (const Communicator::Received& r : received) {
      require(library_.receive(r.data, r.bytes, ncclInt8, r.from, communicator_, stream()), "ncclRecv");
    }
    for (const Communicator::Sent& s : sent) {
      require(library_.send(s.data, s.bytes, ncclInt8, s.to, communicator_, stream()), "ncclSend");
    }
    require(library_.end(), "ncclGroupEnd");
    wait([&] { return state() != ncclInProgress; });  // enqueued
    CUDA_CHECK(cudaEventRecord(sent_, stream()));
    wait([&] {
      const cudaError_t status = cudaEventQuery(sent_);
      if (status == cudaErrorNotReady) return false;
      CUDA_CHECK(status);
      return true;
    });
  }

 private:
  ncclResult_t state() const {
    ncclResult_t of_communicator = ncclSuccess;
    const ncclResult_t result = library_.state(communicator_, &of_communicator);
    return result == ncclSuccess ? of_communicator : result;
  }

  void require(ncclResult_t result, const char* what) const {
    if (result == ncclSuccess || result == ncclInProgress) return;
    together_.require_others();  // the better reason
    throw BackendError(std::string("nccl: ") + library_.error_text(result) + note_if_lost() + " (" + what +
                       ")");
  }

  /// A GPU that waits for a process which is gone would wait for ever.
  template <typename Done>
  void wait(const Done& done) const {
    using Clock = std::chrono::steady_clock;
    const Clock::time_point start = Clock::now();
    constexpr auto spinning = std::chrono::microseconds(200);
    while (!done()) {
      require(state(), "ncclCommGetAsyncError");
      if (Clock::now() - start < spinning) continue;
      together_.require_others();
      std::this_thread::sleep_for(std::chrono::microseconds(20));
    }
  }

  const NcclLibrary& library_;
  const Communicator& together_;
  ncclComm_t communicator_ = nullptr;
  cudaEvent_t sent_ = nullptr;
  bool failed_ = false;
};

template <typename Value>
std::vector<Value> gathered(Communicator& together, Value own) {
  std::vector<Value> all(static_cast<std::size_t>(together.count()));
  together.gather(&own, all.data(), sizeof(own));
  return all;
}

}  // namespace

std::unique_ptr<DeviceLink> open_link(Communicator& together) {
  const NcclLibrary* const library = nccl();
  for (const int version : gathered(together, library != nullptr ? library->version : 0)) {
    if (library == nullptr || version != library->version) return nullptr;
  }
  ncclUniqueId id{};
  const ncclResult_t made = together.is_first() ? library->unique_id(&id) : ncclSuccess;
  if (gathered(together, made).front() != ncclSuccess) return nullptr;
  together.broadcast(&id, sizeof(id));
  auto link = std::make_unique<NcclLink>(*library, together, id);
  for (;;) {
    bool all_joined = true;
    for (const Joining one : gathered(together, link->joining())) {
      if (one == Joining::failed) return nullptr;
      all_joined = all_joined && one == Joining::joined;
    }
    if (all_joined) return link;
    std::this_thread::sleep_for(std::chrono::milliseconds(5));
  }
}

}  // namespace engine::cuda
