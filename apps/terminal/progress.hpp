#pragma once

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <string>

namespace apps {

/// Seconds since some start; never runs backwards.
double monotonic_seconds();

/// "3h 05m", "4m 07s", "12s"
std::string duration_text(double seconds);

/// "1 run", "17 runs"
std::string runs_text(std::size_t count);

/// How far a long computation is, on stderr: a bar redrawn in place on a terminal, one plain line per call of
/// line() otherwise. Knows speed and time left by the clock that is handed in with each call, and shows
/// neither when that clock stands still or jumps back.
class Progress {
 public:
  /// "37/100  5 steps/s, 12s left", "37%  12s left", or "37%  5 steps/s, 12s left"
  enum class Count { steps, percent, percent_with_speed };

  /// @param total  steps in all;  @param done  steps behind at the start, not counted in the speed
  Progress(std::int64_t total, std::int64_t done, double now, bool quiet, Count count = Count::steps);
  ~Progress() { clear(); }
  Progress(const Progress&) = delete;
  Progress& operator=(const Progress&) = delete;

  /// So many steps more, or fewer, than was thought were behind at the start.
  void add_to_start(std::int64_t steps) { done_at_start_ += steps; }
  /// Whether the bar should be redrawn now: on a terminal, ten times a second.
  bool due(double now) const { return terminal_ && now >= next_redraw_; }
  /// Redraws the bar; `figures` stand behind it.
  void redraw(std::int64_t done, const std::string& figures, double now);
  /// Where there is no terminal, prints one line.
  void line(std::int64_t done, const std::string& figures, double now);
  /// Removes the bar, so that something else can be printed.
  void clear();

 private:
  std::string speed_and_time_left(std::int64_t done, double now) const;

  std::string count_text(std::int64_t done) const;

  std::int64_t total_, done_at_start_;
  double start_, next_redraw_;
  bool quiet_, terminal_, color_, drawn_ = false;
  Count count_;
};

}  // namespace apps
