#pragma once

#include <mpi.h>

#include <array>
#include <atomic>
#include <condition_variable>
#include <mutex>
#include <optional>
#include <string>
#include <thread>
#include <vector>

namespace apps {

/// A process that is gone, or has given up, and in what words.
struct LostProcess {
  int rank;
  std::string reason;  ///< "has not answered for 8 seconds"
  bool silent;         ///< it did not say so itself
  bool told = false;   ///< by another process, while this one did not run
};

/// The first process and each other one tell each other ten times a second, in a thread, that they are alive.
class Heartbeat {
 public:
  Heartbeat(int rank, int count);
  ~Heartbeat() { leave(); }
  Heartbeat(const Heartbeat&) = delete;
  Heartbeat& operator=(const Heartbeat&) = delete;

  /// Who is lost, if somebody is: in the first process any other, in the others the first.
  std::optional<LostProcess> lost() const;
  /// Tells it those that this process knows, and they all others.
  void give_up(const std::string& reason);

  /// Ends it. Waits a moment for the others to leave too, unless one is lost.  @return whether they have
  bool leave();

 private:
  enum class Kind : char { alive, gives_up, leaves };
  struct Beat {
    Kind kind = Kind::alive;
    int rank = 0;                    ///< that gives up
    std::array<char, 240> reason{};  ///< cut short if need be
  };
  /// A process that this one knows.
  struct Peer {
    int rank = 0;             ///< its own
    double silent_since = 0;  ///< seconds on the clock of beat()
    bool has_left = false;
    MPI_Request receiving = MPI_REQUEST_NULL, sending = MPI_REQUEST_NULL;
    Beat received, sent;
  };

  void beat();
  void receive_from(Peer& peer, double now);
  void send_to(Peer& peer, const Beat& beat, double patience);
  void note_lost(const LostProcess& lost);

  int rank_;
  MPI_Comm comm_ = MPI_COMM_NULL;
  std::vector<Peer> peers_;
  std::atomic<bool> leaving_{false}, is_lost_{false};
  mutable std::mutex mutex_;
  std::optional<LostProcess> lost_;
  std::optional<Beat> to_tell_;  ///< that somebody has given up
  std::thread thread_;
};

}  // namespace apps
