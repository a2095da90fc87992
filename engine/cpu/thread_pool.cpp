#include "engine/cpu/thread_pool.hpp"

#include <sched.h>

#include <algorithm>
#include <chrono>
#include <fstream>
#include <memory>
#include <set>
#include <string>

#include "engine/device/error.hpp"

namespace engine {
namespace {

constexpr int spins_before_sleep = 4000;
constexpr std::int64_t work_worth_sharing = 200'000;  // some ten microseconds of one thread
constexpr int most_shares = 0xffff;                   // of a job: what a ticket can count

thread_local bool inside_task = false;
thread_local ThreadPool* own_pool = nullptr;

void pause_briefly() {
#if defined(__x86_64__) || defined(__i386__)
  __builtin_ia32_pause();
#elif defined(__aarch64__)
  asm volatile("yield");
#endif
}

/// Waits until `value` differs from `old`: spins, then sleeps.
template <typename T>
void wait_for_change(const std::atomic<T>& value, T old) {
  for (int i = 0; i < spins_before_sleep; ++i) {
    if (value.load(std::memory_order_acquire) != old) return;
    pause_briefly();
  }
  value.wait(old, std::memory_order_acquire);
}

std::unique_ptr<ThreadPool>& pool_slot() {
  static std::unique_ptr<ThreadPool> pool = std::make_unique<ThreadPool>(physical_cores());
  return pool;
}

}  // namespace

ThreadPool::ThreadPool(int threads) {
  scratch_.resize(static_cast<std::size_t>(threads));
  try {
    for (int i = 1; i < threads; ++i) workers_.emplace_back([this, i] { worker(i); });
  } catch (...) {  // the system has no more
    stop();
    throw;
  }
}

ThreadPool::~ThreadPool() {
  stop();
}

void ThreadPool::stop() {
  stopping_ = true;
  ++generation_;
  generation_.notify_all();
  for (std::thread& worker : workers_) worker.join();
}

void ThreadPool::reserve_scratch(std::size_t bytes) {
  for (std::unique_ptr<Buffer>& scratch : scratch_) {
    if (scratch != nullptr && scratch->bytes() >= bytes) continue;
    scratch.reset();  // first, so that the two are never held together
    scratch = std::make_unique<Buffer>(Device::cpu, bytes);
  }
}

void ThreadPool::run_erased(int count, std::int64_t work, std::size_t scratch_bytes, Call call,
                            const void* stored) {
  if (inside_task) {
    const std::unique_ptr<Buffer> own =
        scratch_bytes > 0 ? std::make_unique<Buffer>(Device::cpu, scratch_bytes) : nullptr;
    for (int i = 0; i < count; ++i) call(stored, i, own != nullptr ? own->data() : nullptr);
    return;
  }
  const std::lock_guard lock(one_job_);
  if (scratch_bytes > 0) reserve_scratch(scratch_bytes);
  const bool shared = count > 1 && work >= work_worth_sharing;
  if (workers_.empty() || !shared || probe_) {
    inside_task = true;
    void* const scratch = scratch_[0] ? scratch_[0]->data() : nullptr;
    if (probe_) {
      run_probed(count, shared, call, stored, scratch);
    } else {
      for (int i = 0; i < count; ++i) call(stored, i, scratch);
    }
    inside_task = false;
    return;
  }
  const int tasks_per_share = (count + most_shares - 1) / most_shares;
  const int shares = (count + tasks_per_share - 1) / tasks_per_share;
  call_.store(call, std::memory_order_relaxed);
  stored_.store(stored, std::memory_order_relaxed);
  count_.store(count, std::memory_order_relaxed);
  tasks_per_share_.store(tasks_per_share, std::memory_order_relaxed);
  unfinished_.store(shares, std::memory_order_relaxed);
  const std::uint32_t generation = generation_.load(std::memory_order_relaxed) + 1;
  ticket_.store(std::uint64_t{generation} << 32 | static_cast<std::uint32_t>(shares),
                std::memory_order_release);
  generation_.store(generation, std::memory_order_seq_cst);  // before notify looks for sleepers
  generation_.notify_all();

  work_on(generation, 0);
  for (int left = unfinished_.load(std::memory_order_acquire); left != 0;
       left = unfinished_.load(std::memory_order_acquire)) {
    wait_for_change(unfinished_, left);
  }
}

void ThreadPool::run_probed(int count, bool shared, Call call, const void* stored, void* scratch) {
  using Clock = std::chrono::steady_clock;
  task_seconds_.resize(static_cast<std::size_t>(count));
  Clock::time_point start = Clock::now();
  for (int i = 0; i < count; ++i) {
    call(stored, i, scratch);
    const Clock::time_point end = Clock::now();
    task_seconds_[static_cast<std::size_t>(i)] = std::chrono::duration<double>(end - start).count();
    start = end;
  }
  probe_(task_seconds_, shared);
}

void ThreadPool::work_on(std::uint32_t generation, int thread) {
  inside_task = true;
  std::uint64_t ticket = ticket_.load(std::memory_order_acquire);
  while (ticket >> 32 == generation) {
    const auto front = static_cast<int>(ticket >> 16 & 0xffffU), back = static_cast<int>(ticket & 0xffffU);
    if (front == back) break;
    const Call call = call_.load(std::memory_order_relaxed);
    const void* const stored = stored_.load(std::memory_order_relaxed);
    const int count = count_.load(std::memory_order_relaxed);
    const int tasks = tasks_per_share_.load(std::memory_order_relaxed);
    const bool from_front = thread == 0;
    if (!ticket_.compare_exchange_weak(ticket, from_front ? ticket + 0x10000U : ticket - 1,
                                       std::memory_order_acq_rel, std::memory_order_acquire)) {
      continue;
    }
    Buffer* const scratch = scratch_[static_cast<std::size_t>(thread)].get();
    const int first = (from_front ? front : back - 1) * tasks, last = std::min(count, first + tasks);
    for (int i = first; i < last; ++i) call(stored, i, scratch != nullptr ? scratch->data() : nullptr);
    if (unfinished_.fetch_sub(1, std::memory_order_acq_rel) == 1) unfinished_.notify_one();
    ticket = ticket_.load(std::memory_order_acquire);
  }
  inside_task = false;
}

void ThreadPool::worker(int thread) {
  std::uint32_t seen = 0;
  while (true) {
    wait_for_change(generation_, seen);
    seen = generation_.load(std::memory_order_acquire);
    if (stopping_) return;
    work_on(seen, thread);
  }
}

int physical_cores() {
  cpu_set_t allowed;
  CPU_ZERO(&allowed);
  if (sched_getaffinity(0, sizeof(allowed), &allowed) != 0) return 1;
  std::set<std::string> cores;  // hyperthreads of one core name the same siblings
  for (int cpu = 0; cpu < CPU_SETSIZE; ++cpu) {
    if (!CPU_ISSET(cpu, &allowed)) continue;
    std::ifstream file("/sys/devices/system/cpu/cpu" + std::to_string(cpu) +
                       "/topology/thread_siblings_list");
    std::string siblings;
    if (!std::getline(file, siblings)) siblings = std::to_string(cpu);
    cores.insert(siblings);
  }
  return cores.empty() ? 1 : static_cast<int>(cores.size());
}

ThreadPool& thread_pool() {
  return own_pool != nullptr ? *own_pool : *pool_slot();
}

void set_threads(int threads) {
  if (threads < 1 || threads > 1024) {
    throw ConfigError("threads: " + std::to_string(threads) + " is outside 1..1024");
  }
  if (pool_slot()->threads() != threads) pool_slot() = std::make_unique<ThreadPool>(threads);
}

OwnPool::OwnPool(int threads) : pool_(std::make_unique<ThreadPool>(threads)) {
  own_pool = pool_.get();
}

OwnPool::~OwnPool() {
  own_pool = nullptr;
}

void OwnPool::resize(int threads) {
  if (threads == pool_->threads()) return;
  pool_ = std::make_unique<ThreadPool>(threads);
  own_pool = pool_.get();
}

}  // namespace engine
