#include "engine/processes_of_threads.hpp"

#include <condition_variable>
#include <cstring>
#include <deque>
#include <exception>
#include <map>
#include <mutex>
#include <stdexcept>
#include <thread>
#include <vector>

#include "engine/cpu/thread_pool.hpp"
#include "engine/device/error.hpp"

namespace test {
namespace {

/// Where messages lie until they are received.
struct Post {
  std::mutex mutex;
  std::condition_variable changed;
  std::map<std::pair<int, int>, std::deque<std::vector<char>>> messages;  ///< by sender and receiver
  std::vector<bool> gone;
  std::mutex turn;  ///< held by the thread that runs, if only one may

  explicit Post(int count) : gone(static_cast<std::size_t>(count)) {}
};

class ThreadCommunicator : public engine::Communicator {
 public:
  ThreadCommunicator(Post& post, int rank, int count, bool in_turns)
      : Communicator(rank, count), post_(post), turn_(post.turn, std::defer_lock) {
    if (in_turns) turn_.lock();
  }

  void exchange(std::span<const Sent> sent, std::span<const Received> received) override {
    const bool in_turns = turn_.owns_lock();
    if (in_turns) turn_.unlock();
    deliver(sent, received);
    if (in_turns) turn_.lock();
  }

 private:
  void deliver(std::span<const Sent> sent, std::span<const Received> received) {
    std::unique_lock lock(post_.mutex);
    for (const Sent& s : sent) {
      require(s.to, s.bytes);
      const char* const data = static_cast<const char*>(s.data);
      post_.messages[{rank(), s.to}].emplace_back(data, data + s.bytes);
    }
    post_.changed.notify_all();
    for (const Received& r : received) {
      require(r.from, r.bytes);
      std::deque<std::vector<char>>& queue = post_.messages[{r.from, rank()}];
      post_.changed.wait(lock,
                         [&] { return !queue.empty() || post_.gone[static_cast<std::size_t>(r.from)]; });
      if (queue.empty()) throw engine::ProcessError("process " + std::to_string(r.from) + " is gone");
      if (queue.front().size() != r.bytes) throw std::logic_error("exchange: sizes differ");
      std::memcpy(r.data, queue.front().data(), r.bytes);
      queue.pop_front();
    }
  }

  void require(int other, std::size_t bytes) const {
    if (other == rank() || other < 0 || other >= count() || bytes == 0)
      throw std::logic_error("exchange: bad piece");
  }

  Post& post_;
  std::unique_lock<std::mutex> turn_;
};

}  // namespace

void as_processes(int count, const std::function<void(engine::Communicator&)>& work, bool one_at_a_time) {
  Post post(count);
  std::vector<std::exception_ptr> failures(static_cast<std::size_t>(count));
  std::vector<std::thread> threads;
  for (int rank = 0; rank < count; ++rank) {
    threads.emplace_back([&, rank] {
      const engine::OwnPool pool(1);
      try {
        ThreadCommunicator communicator(post, rank, count, one_at_a_time);
        work(communicator);
      } catch (...) {
        failures[static_cast<std::size_t>(rank)] = std::current_exception();
      }
      const std::lock_guard lock(post.mutex);
      post.gone[static_cast<std::size_t>(rank)] = true;
      post.changed.notify_all();
    });
  }
  for (std::thread& thread : threads) thread.join();
  std::exception_ptr of_process;
  for (const std::exception_ptr& failure : failures) {
    if (!failure) continue;
    try {
      std::rethrow_exception(failure);
    } catch (const engine::ProcessError&) {
      of_process = failure;
    }
  }
  if (of_process) std::rethrow_exception(of_process);
  for (const auto& [way, queue] : post.messages) {
    if (!queue.empty()) throw std::logic_error("exchange: a message was never received");
  }
}

}  // namespace test
