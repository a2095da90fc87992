#include "apps/interrupt.hpp"

#include <csignal>
#include <initializer_list>

namespace apps {
namespace {

volatile std::sig_atomic_t raised = 0;

void raise_flag(int) {
  raised = 1;
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
  return raised != 0;
}

void release_interrupts() {
  handle_by(SIG_DFL, 0);
}

}  // namespace apps
