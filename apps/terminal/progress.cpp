#include "apps/terminal/progress.hpp"

#include <sys/ioctl.h>
#include <unistd.h>

#include <algorithm>
#include <cmath>
#include <cstdio>
#include <iostream>

#include "apps/command_line.hpp"

namespace apps {
namespace {

constexpr double redraw_seconds = 0.1;

int terminal_columns() {
  winsize size{};
  return ioctl(STDERR_FILENO, TIOCGWINSZ, &size) == 0 && size.ws_col > 0 ? size.ws_col : 80;
}

std::string bar(double share, int width) {
  std::string cells;
  const int full = static_cast<int>(std::lround(share * width));
  for (int i = 0; i < width; ++i) cells += i < full ? "━" : "─";
  return cells;
}

}  // namespace

double monotonic_seconds() {
  return std::chrono::duration<double>(std::chrono::steady_clock::now().time_since_epoch()).count();
}

std::string duration_text(double seconds) {
  const auto whole = static_cast<std::int64_t>(std::llround(std::max(seconds, 0.0)));
  char text[32];
  if (whole >= 3600) {
    std::snprintf(text, sizeof(text), "%dh %02dm", static_cast<int>(whole / 3600),
                  static_cast<int>(whole / 60 % 60));
  } else if (whole >= 60) {
    std::snprintf(text, sizeof(text), "%dm %02ds", static_cast<int>(whole / 60),
                  static_cast<int>(whole % 60));
  } else {
    std::snprintf(text, sizeof(text), "%ds", static_cast<int>(whole));
  }
  return text;
}

std::string runs_text(std::size_t count) {
  return std::to_string(count) + (count == 1 ? " run" : " runs");
}

Progress::Progress(std::int64_t total, std::int64_t done, double now, bool quiet, Count count)
    : total_(total),
      done_at_start_(done),
      start_(now),
      next_redraw_(now),
      quiet_(quiet),
      terminal_(!quiet && isatty(STDERR_FILENO) != 0),
      color_(use_color(STDERR_FILENO)),
      count_(count) {}

std::string Progress::count_text(std::int64_t done) const {
  if (count_ == Count::steps) return std::to_string(done) + "/" + std::to_string(total_);
  const double share = total_ > 0 ? static_cast<double>(done) / static_cast<double>(total_) : 1;
  return std::to_string(static_cast<int>(100 * share)) + "%";
}

std::string Progress::speed_and_time_left(std::int64_t done, double now) const {
  const double elapsed = now - start_, steps = static_cast<double>(done - done_at_start_);
  if (elapsed <= 0 || steps <= 0) return "";
  const double speed = steps / elapsed;
  const std::string left = duration_text(static_cast<double>(total_ - done) / speed) + " left";
  if (count_ == Count::percent) return "  " + left;
  char text[48];
  std::snprintf(text, sizeof(text), speed < 10 ? "  %.1f steps/s, " : "  %.0f steps/s, ", speed);
  return text + left;
}

void Progress::redraw(std::int64_t done, const std::string& figures, double now) {
  if (!terminal_) return;
  next_redraw_ = now + redraw_seconds;
  const double share = total_ > 0 ? static_cast<double>(done) / static_cast<double>(total_) : 1;
  const std::string text = count_text(done) + speed_and_time_left(done, now) + "  " + figures;
  const int columns = terminal_columns() - 1, room = columns - static_cast<int>(text.size()) - 2;
  std::string line = "\r\033[K";
  if (room >= 8) {
    line += (color_ ? "\033[36m" : "") + bar(share, std::min(room, 30)) + (color_ ? "\033[0m" : "") + "  ";
  }
  line += text.substr(0, static_cast<std::size_t>(std::max(columns, 0)));
  std::cerr << line << std::flush;
  drawn_ = true;
}

void Progress::line(std::int64_t done, const std::string& figures, double now) {
  if (terminal_ || quiet_) return;
  std::cerr << count_text(done) << "  " << figures << speed_and_time_left(done, now) << "\n";
}

void Progress::clear() {
  if (drawn_) std::cerr << "\r\033[K" << std::flush;
  drawn_ = false;
}

}  // namespace apps
