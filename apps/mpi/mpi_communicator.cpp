// Pieces of memory as messages of MPI.

#include <mpi.h>
#include <sys/prctl.h>

#include <algorithm>
#include <chrono>
#include <thread>
#include <vector>

#include "apps/mpi/communicator.hpp"
#include "apps/mpi/heartbeat.hpp"
#include "engine/device/error.hpp"

namespace apps {
namespace {

using Clock = std::chrono::steady_clock;

constexpr int piece_tag = 1;
constexpr std::size_t most_bytes = std::size_t{1} << 30;  // of a message: MPI counts in int

/// Between two looks at messages. The others are busy for as long as this process was, or a little longer: it looks
/// again and again at first, then sleeps for short times. It does not yield: behind that, what else runs on a shared
/// machine gets whole turns of milliseconds.
void pause(double waited) {
  constexpr double spinning_seconds = 5e-5, soon_seconds = 0.02;
  if (waited < spinning_seconds) return;
  std::this_thread::sleep_for(std::chrono::microseconds(waited < soon_seconds ? 20 : 200));
}

class Messenger : public MpiCommunicator {
 public:
  explicit Messenger(JoinedWorld& world)
      : MpiCommunicator(world.rank, world.count), world_(world), heartbeat_(world.rank, world.count) {
    prctl(PR_SET_TIMERSLACK, 1'000);  // this thread's sleeps end within a microsecond, not fifty
  }
  ~Messenger() override {
    if (!heartbeat_.leave()) world_.lose_others();
  }

  void exchange(std::span<const Sent> sent, std::span<const Received> received) override {
    requests_.clear();
    for (const Received& r : received) {
      in_messages(r.bytes, [&](std::size_t at, int bytes) {
        MPI_Irecv(static_cast<char*>(r.data) + at, bytes, MPI_BYTE, r.from, piece_tag, MPI_COMM_WORLD, add());
      });
    }
    for (const Sent& s : sent) {
      in_messages(s.bytes, [&](std::size_t at, int bytes) {
        MPI_Isend(static_cast<const char*>(s.data) + at, bytes, MPI_BYTE, s.to, piece_tag, MPI_COMM_WORLD,
                  add());
      });
    }
    wait();
  }

  void require_others() const override {
    if (const std::optional<LostProcess> lost = heartbeat_.lost()) {
      throw engine::ProcessError("the process of rank " + std::to_string(lost->rank) + " " + lost->reason);
    }
  }

  void give_up(const std::string& reason) override { heartbeat_.give_up(reason); }
  bool speaks_for_all() const override {
    const std::optional<LostProcess> lost = heartbeat_.lost();
    if (lost && lost->told) return false;
    return rank() == 0 || (rank() == 1 && lost && lost->rank == 0 && lost->silent);
  }
  bool has_lost_others() const override { return heartbeat_.lost().has_value(); }

 private:
  template <typename Message>
  static void in_messages(std::size_t bytes, const Message& message) {
    for (std::size_t at = 0; at < bytes; at += most_bytes) {
      message(at, static_cast<int>(std::min(most_bytes, bytes - at)));
    }
  }

  MPI_Request* add() {
    requests_.push_back(MPI_REQUEST_NULL);
    return &requests_.back();
  }

  void wait() {
    const Clock::time_point start = Clock::now();
    for (;;) {
      int done = 0;
      MPI_Testall(static_cast<int>(requests_.size()), requests_.data(), &done, MPI_STATUSES_IGNORE);
      if (done != 0) return;
      require_others();
      pause(std::chrono::duration<double>(Clock::now() - start).count());
    }
  }

  JoinedWorld& world_;
  Heartbeat heartbeat_;
  std::vector<MPI_Request> requests_;
};

}  // namespace

std::unique_ptr<MpiCommunicator> make_communicator(JoinedWorld& world) {
  return world.count > 1 ? std::make_unique<Messenger>(world) : nullptr;
}

}  // namespace apps
