#include "apps/mpi/heartbeat.hpp"

#include <algorithm>
#include <chrono>

#include "apps/interrupt.hpp"

namespace apps {
namespace {

using Clock = std::chrono::steady_clock;

constexpr double look_seconds = 0.05, beat_seconds = 0.1;
constexpr double most_silence = 8;
// mpirun kills a second behind the SIGTERM that it sends when a process has died.
constexpr double most_silence_when_interrupted = 0.6;
constexpr double leaving_patience = 2;
// What stops a process this long stops it for the others: they have told of it before it wakes.
constexpr double long_sleep = most_silence / 2, just_awake = 2;

}  // namespace

Heartbeat::Heartbeat(int rank, int count) : rank_(rank) {
  MPI_Comm_dup(MPI_COMM_WORLD, &comm_);
  const int first = rank == 0 ? 1 : 0, last = rank == 0 ? count : 1;
  peers_.resize(static_cast<std::size_t>(last - first));
  for (int other = first; other < last; ++other) peers_[static_cast<std::size_t>(other - first)].rank = other;
  thread_ = std::thread([this] { beat(); });
}

bool Heartbeat::leave() {
  if (thread_.joinable()) {
    leaving_ = true;
    thread_.join();
    if (!is_lost_) MPI_Comm_free(&comm_);
  }
  return !is_lost_;
}

std::optional<LostProcess> Heartbeat::lost() const {
  if (!is_lost_) return std::nullopt;
  const std::lock_guard lock(mutex_);
  return lost_;
}

void Heartbeat::note_lost(const LostProcess& lost) {
  const std::lock_guard lock(mutex_);
  if (lost_) return;
  lost_ = lost;
  Beat beat{.kind = Kind::gives_up, .rank = lost.rank};
  lost.reason.copy(beat.reason.data(), beat.reason.size() - 1);
  to_tell_ = beat;
  is_lost_ = true;
}

void Heartbeat::give_up(const std::string& reason) {
  note_lost({.rank = rank_, .reason = reason, .silent = false});
}

void Heartbeat::receive_from(Peer& peer, double now) {
  while (!peer.has_left) {
    if (peer.receiving == MPI_REQUEST_NULL) {
      MPI_Irecv(&peer.received, sizeof(Beat), MPI_BYTE, peer.rank, 0, comm_, &peer.receiving);
    }
    int done = 0;
    MPI_Test(&peer.receiving, &done, MPI_STATUS_IGNORE);
    if (done == 0) return;
    peer.silent_since = now;
    peer.has_left = peer.received.kind != Kind::alive;
    if (peer.received.kind == Kind::gives_up) {
      note_lost({.rank = peer.received.rank,
                 .reason = peer.received.reason.data(),
                 .silent = false,
                 .told = peer.received.rank == rank_});  // of this process, which did not run
    }
  }
}

/// Drops the beat if the one before does not get away in so many seconds.
void Heartbeat::send_to(Peer& peer, const Beat& beat, double patience) {
  const Clock::time_point start = Clock::now();
  for (int done = peer.sending == MPI_REQUEST_NULL ? 1 : 0; done == 0;) {
    MPI_Test(&peer.sending, &done, MPI_STATUS_IGNORE);
    if (done == 0 && std::chrono::duration<double>(Clock::now() - start).count() >= patience) return;
  }
  peer.sent = beat;
  MPI_Isend(&peer.sent, sizeof(Beat), MPI_BYTE, peer.rank, 0, comm_, &peer.sending);
}

/// Its clock runs while this process does: when all are suspended and go on, none has been silent meanwhile.
void Heartbeat::beat() {
  double now = 0, next_beat = 0, interrupted_at = -1, left_at = -1, awake_since = -just_awake;
  Clock::time_point last = Clock::now();
  for (;;) {
    for (Peer& peer : peers_) receive_from(peer, now);
    std::optional<Beat> to_tell;
    {
      const std::lock_guard lock(mutex_);
      to_tell.swap(to_tell_);
    }
    if (to_tell) {
      for (Peer& peer : peers_) send_to(peer, *to_tell, 0.1);
    }
    if (is_lost_ && leaving_) return;  // nothing waits for anybody any more
    if (interrupted() && interrupted_at < 0) interrupted_at = now;
    for (const Peer& peer : peers_) {
      const double silence = now - std::max(peer.silent_since, interrupted_at);
      if (peer.has_left || silence <= (interrupted_at < 0 ? most_silence : most_silence_when_interrupted))
        continue;
      note_lost({.rank = peer.rank,
                 .reason = interrupted_at < 0 ? "has not answered for 8 seconds" : "is gone",
                 .silent = true,
                 .told = now - awake_since < just_awake});
    }
    if (leaving_ && left_at < 0) {
      left_at = now;
      for (Peer& peer : peers_) send_to(peer, {.kind = Kind::leaves}, leaving_patience);
    } else if (left_at < 0 && now >= next_beat) {
      for (Peer& peer : peers_) send_to(peer, {}, 0);
      next_beat = now + beat_seconds;
    }
    if (left_at >= 0) {
      const bool all_left =
          std::all_of(peers_.begin(), peers_.end(), [](const Peer& p) { return p.has_left; });
      if (all_left) {
        for (Peer& peer : peers_) MPI_Wait(&peer.sending, MPI_STATUS_IGNORE);
        return;
      }
      if (now - left_at > leaving_patience) {
        is_lost_ = true;
        return;
      }
    }
    std::this_thread::sleep_for(
        std::chrono::duration<double>(left_at < 0 ? look_seconds : look_seconds / 50));
    const Clock::time_point then = Clock::now();
    const double slept = std::chrono::duration<double>(then - last).count();
    now += std::min(slept, 2 * look_seconds);
    if (slept >= long_sleep) awake_since = now;
    last = then;
  }
}

}  // namespace apps
