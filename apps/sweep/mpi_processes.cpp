// Several processes, by MPI: the first one answers the others' questions in a thread of its own.

#include <mpi.h>

#include <algorithm>
#include <array>
#include <chrono>
#include <condition_variable>
#include <cstdlib>
#include <mutex>
#include <thread>
#include <vector>

#include "apps/interrupt.hpp"
#include "apps/sweep/processes.hpp"

namespace apps {
namespace {

constexpr int question_tag = 1, answer_tag = 2, dismissal_tag = 3;
constexpr std::size_t most_runs = 64;  ///< in an answer

enum class Kind : int { next, reached, ended, interrupted, leaving };

/// What the others send. All processes are one program on machines of one kind, so bytes are sent as they are.
struct Question {
  Kind kind = Kind::next;
  std::int64_t updates = 0;
  bool here = true;
  RunState state = RunState::done;
  std::uint64_t run = 0;
  bool has_metrics = false;
  engine::EpochMetrics metrics{};
  std::array<char, 512> reason{};  ///< cut short if need be
};

struct Answer {
  std::uint64_t count = 0;
  std::array<std::uint64_t, most_runs> runs{};
};

void pause_briefly() {
  std::this_thread::sleep_for(std::chrono::milliseconds(1));  // MPI's own waiting would keep a core busy
}

using Clock = std::chrono::steady_clock;

/// Waits for a request without keeping a core busy. A process that was interrupted does not wait long for others that
/// may be gone.
void wait(MPI_Request& request) {
  constexpr auto patience = std::chrono::seconds(10);
  constexpr int interrupted_code = 130;
  auto last = Clock::time_point::max();
  for (;;) {
    int done = 0;
    MPI_Test(&request, &done, MPI_STATUS_IGNORE);
    if (done != 0) return;
    const auto now = Clock::now();
    if (interrupted() && last > now + patience) last = now + patience;
    if (now > last) std::_Exit(interrupted_code);
    pause_briefly();
  }
}

/// The thread of the first process that answers. Whichever process is interrupted, all stop: each of the others gets
/// one dismissal, when it is to stop or when it has left by itself.
class MpiService : public Processes::Service {
 public:
  MpiService(RunQueue& queue, SweepListener& listener, int processes)
      : queue_(queue),
        listener_(listener),
        others_(processes - 1),
        dismissed_(static_cast<std::size_t>(processes), false),
        thread_([this] { answer_all(); }) {}
  ~MpiService() override { thread_.join(); }

 private:
  /// Until all have left. Those that were interrupted are heard of again and again: silence then means that they are
  /// gone.
  void answer_all() {
    constexpr auto patience = std::chrono::seconds(5);
    auto last_heard = Clock::now();
    bool stopping = false;
    while (others_ > 0) {
      if (interrupted() && !stopping) {
        stopping = true;
        for (int rank = 1; rank < static_cast<int>(dismissed_.size()); ++rank) dismiss(rank);
        last_heard = Clock::now();
      }
      int there = 0;
      MPI_Status status;
      MPI_Iprobe(MPI_ANY_SOURCE, question_tag, MPI_COMM_WORLD, &there, &status);
      if (there != 0) {
        answer(status.MPI_SOURCE);
        last_heard = Clock::now();
        continue;
      }
      if (stopping && Clock::now() - last_heard > patience) return;
      pause_briefly();
    }
  }

  void dismiss(int rank) {
    const auto r = static_cast<std::size_t>(rank);
    if (!dismissed_[r]) MPI_Send(nullptr, 0, MPI_BYTE, rank, dismissal_tag, MPI_COMM_WORLD);
    dismissed_[r] = true;
  }

  void answer(int from) {
    Question question;
    MPI_Recv(&question, sizeof(question), MPI_BYTE, from, question_tag, MPI_COMM_WORLD, MPI_STATUS_IGNORE);
    switch (question.kind) {
      case Kind::next: {
        Answer answer;
        std::vector<std::size_t> runs;
        if (!interrupted()) runs = queue_.next();
        answer.count = runs.size();
        std::copy(runs.begin(), runs.end(), answer.runs.begin());
        MPI_Send(&answer, sizeof(answer), MPI_BYTE, from, answer_tag, MPI_COMM_WORLD);
        return;
      }
      case Kind::reached:
        listener_.reached(question.run, question.updates, question.here);
        return;
      case Kind::ended: {
        RunOutcome outcome{
            .run = question.run, .state = question.state, .reason = question.reason.data(), .metrics = {}};
        if (question.has_metrics) outcome.metrics = question.metrics;
        listener_.ended(outcome);
        return;
      }
      case Kind::interrupted:
        interrupt();
        return;
      case Kind::leaving:
        --others_;
        dismiss(from);
        return;
    }
  }

  RunQueue& queue_;
  SweepListener& listener_;
  int others_;                   ///< that have not left
  std::vector<bool> dismissed_;  ///< by rank
  std::thread thread_;
};

class MpiClient : public Processes::Client {
 public:
  MpiClient() : watch_([this] { watch(); }) {}
  ~MpiClient() override {
    {
      const std::lock_guard lock(mutex_);
      leaving_ = true;
    }
    left_.notify_all();
    watch_.join();
    if (interrupted()) send({.kind = Kind::interrupted});
    send({.kind = Kind::leaving});
    if (!dismissed_) take_dismissal();
  }

  std::vector<std::size_t> next() override {
    const std::lock_guard lock(mutex_);
    send({.kind = Kind::next});
    Answer answer;
    MPI_Request request{};
    MPI_Irecv(&answer, sizeof(answer), MPI_BYTE, 0, answer_tag, MPI_COMM_WORLD, &request);
    wait(request);
    return {answer.runs.begin(), answer.runs.begin() + static_cast<std::ptrdiff_t>(answer.count)};
  }

  void reached(std::size_t run, std::int64_t updates, bool here) override {
    const std::lock_guard lock(mutex_);
    send({.kind = Kind::reached, .updates = updates, .here = here, .run = run});
  }

  void ended(const RunOutcome& outcome) override {
    Question question{.kind = Kind::ended, .state = outcome.state, .run = outcome.run};
    question.has_metrics = outcome.metrics.has_value();
    if (outcome.metrics) question.metrics = *outcome.metrics;
    outcome.reason.copy(question.reason.data(), question.reason.size() - 1);
    const std::lock_guard lock(mutex_);
    send(question);
  }

 private:
  static void send(const Question& question) {
    MPI_Send(&question, sizeof(question), MPI_BYTE, 0, question_tag, MPI_COMM_WORLD);
  }

  /// Stops this process when the first one says so, and tells that one when this one was interrupted.
  void watch() {
    constexpr auto between = std::chrono::milliseconds(100);
    std::unique_lock lock(mutex_);
    while (!left_.wait_for(lock, between, [this] { return leaving_; })) {
      int there = 0;
      if (!dismissed_) MPI_Iprobe(0, dismissal_tag, MPI_COMM_WORLD, &there, MPI_STATUS_IGNORE);
      if (there != 0) {
        take_dismissal();
        interrupt();
      }
      if (interrupted()) send({.kind = Kind::interrupted});
    }
  }

  void take_dismissal() {
    MPI_Request request{};
    MPI_Irecv(nullptr, 0, MPI_BYTE, 0, dismissal_tag, MPI_COMM_WORLD, &request);
    wait(request);
    dismissed_ = true;
  }

  std::mutex mutex_;  ///< one call of MPI at a time; and of what follows
  std::condition_variable left_;
  bool leaving_ = false, dismissed_ = false;
  std::thread watch_;
};

class MpiProcesses : public Processes {
 public:
  using Processes::Processes;

  int from_first(int value) override {
    MPI_Request request{};
    MPI_Ibcast(&value, 1, MPI_INT, 0, MPI_COMM_WORLD, &request);
    wait(request);
    return value;
  }

  std::unique_ptr<Service> serve(RunQueue& queue, SweepListener& listener) override {
    if (world().count == 1) return nullptr;
    return std::make_unique<MpiService>(queue, listener, world().count);
  }
  std::unique_ptr<Client> ask_first() override {
    return world().is_first() ? nullptr : std::make_unique<MpiClient>();
  }
};

}  // namespace

std::unique_ptr<Processes> processes_of(const World& world) {
  if (world.count > 1) return std::make_unique<MpiProcesses>(world);
  return std::make_unique<Processes>(world);
}

}  // namespace apps
