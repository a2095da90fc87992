#include "python/binding/computing.hpp"

#include <mutex>
#include <stdexcept>
#include <vector>

#include "engine/cpu/thread_pool.hpp"

namespace binding {
namespace {

std::mutex lock;
int computations = 0;
std::vector<std::thread> abandoned;
thread_local int callbacks = 0;

}  // namespace

Computing::Computing() {
  const std::lock_guard guard(lock);
  ++computations;
}

Computing::~Computing() {
  const std::lock_guard guard(lock);
  --computations;
}

CallingBack::CallingBack() {
  ++callbacks;
}

CallingBack::~CallingBack() {
  --callbacks;
}

bool CallingBack::on_this_thread() {
  return callbacks > 0;
}

void set_threads(int threads) {
  const std::lock_guard guard(lock);
  if (computations > 0) throw std::runtime_error("set_threads: not while something is computed");
  engine::set_threads(threads);
}

void abandon(std::thread thread) {
  const std::lock_guard guard(lock);
  abandoned.push_back(std::move(thread));
}

void join_abandoned() {
  std::vector<std::thread> left;
  {
    const std::lock_guard guard(lock);
    left.swap(abandoned);
  }
  for (std::thread& thread : left) thread.join();
}

}  // namespace binding
