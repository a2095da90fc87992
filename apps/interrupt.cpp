#include "apps/interrupt.hpp"

#include <atomic>
#include <csignal>
#include <initializer_list>

namespace apps {
namespace {

std::atomic<bool> raised{false};
static_assert(std::atomic<bool>::is_always_lock_free);  // so that a signal's handler may set it

void raise_flag(int) {
  raised = true;
}

void handle_by(void (*handler)(int), int flags) {
  struct sigaction action {};
  action.sa_handler = handler;
  action.sa_flags = flags;
  for (const int signal : {SIGINT, SIGTERM}) sigaction(signal, &action, nullptr);
}

}  // namespace

void catch_interrupts() {
  handle_by(raise_flag, static_cast<int>(SA_RESETHAND));  // the second one has its usual effect
}

bool interrupted() {
  return raised;
}

void interrupt() {
  raised = true;
}

void release_interrupts() {
  handle_by(SIG_DFL, 0);
}

}  // namespace apps
