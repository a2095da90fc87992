// The emulated device: fibers for threads, host memory with guards for device memory, lists of closures for
// recordings. Fibers are entered once by ucontext and then change by setjmp and longjmp, which need no system
// call.

#include <setjmp.h>
#include <ucontext.h>

#include <cstdlib>
#include <iostream>
#include <memory>
#include <vector>

#include "engine/cuda/cublas_library.hpp"
#include "engine/cuda/device.hpp"
#include "engine/cuda/launch.cuh"
#include "engine/cuda/sharing.hpp"
#include "engine/device/backend.hpp"
#include "engine/device/error.hpp"

dim3 threadIdx, blockIdx, blockDim, gridDim;

namespace engine::cuda {
namespace {

constexpr int warp = 32, most_threads = 1024;
constexpr std::size_t most_shared = 227 * 1024, stack_bytes = std::size_t{1} << 17;

enum class State { ready, at_block, at_warp, done };

struct Copy {
  void* target;
  const void* source;
  std::size_t bytes;
  bool inside;
};

struct Fiber {
  ucontext_t start;
  jmp_buf resume;
  std::unique_ptr<char[]> stack;
  State state = State::done;
  bool entered = false;
  unsigned exchanges = 0;
  std::vector<Copy> copies;  ///< begun and not waited for
};

std::vector<Fiber> fibers(most_threads);
jmp_buf scheduler;
int current = 0;
const std::function<void()>* body = nullptr;
Place running{};
alignas(64) unsigned char shared[most_shared];
unsigned char exchanged[2][most_threads][16];

bool recording = false;
std::vector<std::function<void()>> recorded;

long calls_until_lost = -1;  ///< none is lost
bool linked = false;

/// The emulated devices' memory is the host's, and so is the way between them.
class EmulatedLink : public DeviceLink {
 public:
  explicit EmulatedLink(Communicator& together) : together_(together) {}
  void exchange(std::span<const Communicator::Sent> sent,
                std::span<const Communicator::Received> received) override {
    together_.exchange(sent, received);
  }

 private:
  Communicator& together_;
};

/// Counts a piece of work, and fails if the GPU is lost by then.
void run_if_not_lost() {
  if (calls_until_lost == 0) throw BackendError("cuda: the GPU is lost");
  if (calls_until_lost > 0) --calls_until_lost;
}

[[noreturn]] void fail(const std::string& what) {
  std::cerr << running.file << ":" << running.line << ": " << running.expression << ": " << what << "\n";
  std::abort();
}

void yield(State state) {
  Fiber& fiber = fibers[static_cast<std::size_t>(current)];
  fiber.state = state;
  if (_setjmp(fiber.resume) == 0) _longjmp(scheduler, 1);
}

void fiber_loop() {
  for (;;) {
    (*body)();
    yield(State::done);
  }
}

void run_fiber(int thread) {
  Fiber& fiber = fibers[static_cast<std::size_t>(thread)];
  current = thread;
  threadIdx = dim3(static_cast<unsigned>(thread), 0, 0);
  if (_setjmp(scheduler) != 0) return;
  if (fiber.entered) _longjmp(fiber.resume, 1);
  fiber.entered = true;
  fiber.stack = std::make_unique<char[]>(stack_bytes);
  getcontext(&fiber.start);
  fiber.start.uc_stack.ss_sp = fiber.stack.get();
  fiber.start.uc_stack.ss_size = stack_bytes;
  fiber.start.uc_link = nullptr;
  makecontext(&fiber.start, fiber_loop, 0);
  setcontext(&fiber.start);
}

/// Runs the warp until all its threads are done or at the block's barrier.
void run_warp(int first, int last) {
  for (;;) {
    int waiting = 0;
    for (int t = first; t < last; ++t) {
      if (fibers[static_cast<std::size_t>(t)].state == State::ready) run_fiber(t);
      if (fibers[static_cast<std::size_t>(t)].state == State::at_warp) ++waiting;
    }
    if (waiting == 0) return;
    if (waiting != last - first) fail("a warp's barrier that not all lanes reach");
    for (int t = first; t < last; ++t) fibers[static_cast<std::size_t>(t)].state = State::ready;
  }
}

void run_block(int threads, std::size_t shared_bytes) {
  std::memset(shared, 0xff, shared_bytes);  // NaN
  for (int t = 0; t < threads; ++t) {
    fibers[static_cast<std::size_t>(t)].state = State::ready;
    fibers[static_cast<std::size_t>(t)].exchanges = 0;
    fibers[static_cast<std::size_t>(t)].copies.clear();
  }
  for (bool all_done = false; !all_done;) {
    for (int first = 0; first < threads; first += warp) run_warp(first, min(first + warp, threads));
    all_done = true;
    for (int t = 0; t < threads; ++t) {
      State& state = fibers[static_cast<std::size_t>(t)].state;
      if (state == State::at_block) {
        state = State::ready;
        all_done = false;
      }
    }
  }
}

constexpr std::size_t guard_bytes = 256;
constexpr unsigned char guard = 0xa5;

}  // namespace

namespace emulation {

void enqueue(std::function<void()> work) {
  if (recording) {
    recorded.push_back(std::move(work));
  } else {
    run_if_not_lost();
    work();
  }
}

void enqueue(const Place& place, dim3 blocks, int threads, std::size_t shared_bytes,
             std::function<void()> kernel) {
  running = place;
  if (threads > most_threads || threads < 1) fail("threads out of range");
  if (shared_bytes > most_shared) fail("too much shared memory");
  if (blocks.x < 1 || blocks.y < 1 || blocks.y > 65535 || blocks.z < 1 || blocks.z > 65535)
    fail("blocks out of range");
  enqueue([=, kernel = std::move(kernel)] {
    running = place;
    body = &kernel;
    gridDim = blocks;
    blockDim = dim3(static_cast<unsigned>(threads));
    for (blockIdx.z = 0; blockIdx.z < blocks.z; ++blockIdx.z) {
      for (blockIdx.y = 0; blockIdx.y < blocks.y; ++blockIdx.y) {
        for (blockIdx.x = 0; blockIdx.x < blocks.x; ++blockIdx.x) run_block(threads, shared_bytes);
      }
    }
  });
}

void lose_after(long calls) {
  calls_until_lost = calls;
}

void link_devices(bool link) {
  linked = link;
}

unsigned char* shared_memory() {
  return shared;
}

void begin_copy(void* target, const void* source, std::size_t bytes, bool inside) {
  auto& copies = fibers[static_cast<std::size_t>(current)].copies;
  for (const Copy& other : copies) {
    if (other.target == target) fail("two copies to one place under way, which have no order");
  }
  std::memset(target, 0xff, bytes);  // NaN until it is waited for
  copies.push_back({target, source, bytes, inside});
}
void finish_copies() {
  auto& copies = fibers[static_cast<std::size_t>(current)].copies;
  for (const Copy& copy : copies) {
    if (copy.inside) {
      std::memcpy(copy.target, copy.source, copy.bytes);
    } else {
      std::memset(copy.target, 0, copy.bytes);
    }
  }
  copies.clear();
}
void exchange(void* value, std::size_t bytes, int from) {
  const int thread = current;
  const unsigned slot = fibers[static_cast<std::size_t>(thread)].exchanges++ % 2;
  std::memcpy(exchanged[slot][thread], value, bytes);
  yield(State::at_warp);
  std::memcpy(value, exchanged[slot][thread / warp * warp + from], bytes);
}

}  // namespace emulation

const std::string& reason_unusable() {
  static const std::string none;
  return none;
}

MemoryRoom memory_room() {
  return host_memory_room();
}

void* allocate(std::size_t bytes) {
  if (recording) throw BackendError("memory was asked for inside a recording");
  auto* const block = static_cast<unsigned char*>(std::malloc(bytes + 2 * guard_bytes));
  if (block == nullptr) throw BackendError("out of memory");
  std::memset(block, guard, bytes + 2 * guard_bytes);
  std::memcpy(block, &bytes, sizeof(bytes));
  std::memset(block + guard_bytes, 0, bytes);
  return block + guard_bytes;
}

void release(void* data) noexcept {
  auto* const block = static_cast<unsigned char*>(data) - guard_bytes;
  std::size_t bytes = 0;
  std::memcpy(&bytes, block, sizeof(bytes));
  for (std::size_t i = 0; i < guard_bytes; ++i) {
    if (block[guard_bytes + bytes + i] != guard) fail("a write behind the end of an allocation");
    if (i >= sizeof(bytes) && block[i] != guard) fail("a write before the start of an allocation");
  }
  std::free(block);
}

void write(void* device, const void* host, std::size_t bytes) {
  if (recording) throw BackendError("a copy inside a recording");
  std::memcpy(device, host, bytes);
}

void read(void* host, const void* device, std::size_t bytes) {
  if (recording) throw BackendError("a copy inside a recording");
  std::memcpy(host, device, bytes);
}

void copy(void* target, const void* source, std::size_t bytes) {
  if (recording) throw BackendError("a copy inside a recording");
  std::memcpy(target, source, bytes);
}

void* make_mark() {
  return nullptr;
}

void set_mark(void*) {}

void read_behind(void*, void* host, const void* device, std::size_t bytes) {
  std::memcpy(host, device, bytes);
}

void release_mark(void*) noexcept {}

void begin_recording() {
  recording = true;
  recorded.clear();
}

void* end_recording() {
  recording = false;
  return new std::vector<std::function<void()>>(std::move(recorded));
}

void replay(void* recording_to_run) {
  for (const auto& work : *static_cast<std::vector<std::function<void()>>*>(recording_to_run)) {
    run_if_not_lost();
    work();
  }
}

void release_recording(void* recording_to_release) noexcept {
  delete static_cast<std::vector<std::function<void()>>*>(recording_to_release);
}

std::unique_ptr<DeviceLink> open_link(Communicator& together) {
  return linked ? std::make_unique<EmulatedLink>(together) : nullptr;
}

const CublasLibrary& cublas() {
  static const CublasLibrary entries{
      cublasCreate,         cublasSetStream,           cublasSetWorkspace,
      cublasSetMathMode,    cublasSgemmStridedBatched, cublasDgemmStridedBatched,
      cublasGetStatusString};
  return entries;
}

}  // namespace engine::cuda

void __syncthreads() {
  engine::cuda::yield(engine::cuda::State::at_block);
}
void __syncwarp() {
  engine::cuda::yield(engine::cuda::State::at_warp);
}
