// Several processes, by MPI: the first one answers the others' questions in a thread of its own.

#include <mpi.h>

#include <algorithm>
#include <array>
#include <atomic>
#include <chrono>
#include <cstdlib>
#include <cstring>
#include <mutex>
#include <stdexcept>
#include <string>
#include <thread>

#include "apps/interrupt.hpp"
#include "apps/sweep/processes.hpp"

namespace apps {
namespace {

constexpr int question_tag = 1, answer_tag = 2;
constexpr std::size_t most_runs = 64;  ///< in an answer

enum class Kind : int { next, advanced, ended, leaving };

/// What the others send. All processes are one program on machines of one kind, so bytes are sent as they are.
struct Question {
  Kind kind = Kind::next;
  std::int64_t updates = 0;
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

/// Waits for a request without keeping a core busy.
void wait(MPI_Request& request) {
  for (int done = 0; MPI_Test(&request, &done, MPI_STATUS_IGNORE) == MPI_SUCCESS && done == 0;)
    pause_briefly();
}

/// The thread of the first process that answers.
class MpiService : public Processes::Service {
 public:
  MpiService(RunQueue& queue, SweepListener& listener, int others)
      : queue_(queue), listener_(listener), others_(others), thread_([this] { answer_all(); }) {}
  ~MpiService() override { thread_.join(); }

 private:
  void answer_all() {
    constexpr auto patience = std::chrono::seconds(5);  // with those that were interrupted as well
    auto interrupted_at = std::chrono::steady_clock::time_point::max();
    while (others_ > 0) {
      int there = 0;
      MPI_Status status;
      MPI_Iprobe(MPI_ANY_SOURCE, question_tag, MPI_COMM_WORLD, &there, &status);
      if (there != 0) {
        answer(status.MPI_SOURCE);
        continue;
      }
      const auto now = std::chrono::steady_clock::now();
      if (interrupted() && interrupted_at > now) interrupted_at = now;
      if (now > interrupted_at && now - interrupted_at > patience) return;
      pause_briefly();
    }
  }

  void answer(int from) {
    Question question;
    MPI_Recv(&question, sizeof(question), MPI_BYTE, from, question_tag, MPI_COMM_WORLD, MPI_STATUS_IGNORE);
    switch (question.kind) {
      case Kind::next: {
        Answer answer;
        const std::vector<std::size_t> runs = queue_.next();
        answer.count = runs.size();
        std::copy(runs.begin(), runs.end(), answer.runs.begin());
        MPI_Send(&answer, sizeof(answer), MPI_BYTE, from, answer_tag, MPI_COMM_WORLD);
        return;
      }
      case Kind::advanced:
        listener_.advanced(question.updates);
        return;
      case Kind::ended: {
        RunOutcome outcome{
            .run = question.run, .state = question.state, .reason = question.reason.data(), .metrics = {}};
        if (question.has_metrics) outcome.metrics = question.metrics;
        listener_.ended(outcome);
        return;
      }
      case Kind::leaving:
        --others_;
        return;
    }
  }

  RunQueue& queue_;
  SweepListener& listener_;
  int others_;  ///< that have not left
  std::thread thread_;
};

class MpiClient : public Processes::Client {
 public:
  ~MpiClient() override {
    const std::lock_guard lock(mutex_);
    send({.kind = Kind::leaving});
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

  void advanced(std::int64_t updates) override {
    const std::lock_guard lock(mutex_);
    send({.kind = Kind::advanced, .updates = updates});
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

  std::mutex mutex_;  ///< one call of MPI at a time
};

class MpiProcesses : public Processes {
 public:
  using Processes::Processes;

  /// A process that was interrupted does not wait long for others that may be gone.
  int from_first(int value) override {
    constexpr auto patience = std::chrono::seconds(10);
    MPI_Request request{};
    MPI_Ibcast(&value, 1, MPI_INT, 0, MPI_COMM_WORLD, &request);
    auto last = std::chrono::steady_clock::time_point::max();
    for (;;) {
      int done = 0;
      MPI_Test(&request, &done, MPI_STATUS_IGNORE);
      if (done != 0) return value;
      const auto now = std::chrono::steady_clock::now();
      if (interrupted() && last > now + patience) last = now + patience;
      if (now > last) std::_Exit(interrupted_code);
      pause_briefly();
    }
  }

  std::unique_ptr<Service> serve(RunQueue& queue, SweepListener& listener) override {
    if (world().count == 1) return nullptr;
    return std::make_unique<MpiService>(queue, listener, world().count - 1);
  }
  std::unique_ptr<Client> ask_first() override {
    return world().is_first() ? nullptr : std::make_unique<MpiClient>();
  }

 private:
  static constexpr int interrupted_code = 130;
};

}  // namespace

std::unique_ptr<Processes> processes_of(const World& world) {
  if (world.count > 1) return std::make_unique<MpiProcesses>(world);
  return std::make_unique<Processes>(world);
}

}  // namespace apps
