#include "apps/interrupt.hpp"

#include <csignal>
#include <initializer_list>

namespace apps {
namespace {

volatile std::sig_atomic_t raised = 0;

void raise_flag(int) {
  raised = 1;
}

}  // namespace

void catch_interrupts() {
  struct sigaction action {};
  action.sa_handler = raise_flag;
  action.sa_flags = static_cast<int>(SA_RESETHAND);  // the second one has its usual effect
  for (const int signal : {SIGINT, SIGTERM}) sigaction(signal, &action, nullptr);
}

bool interrupted() {
  return raised != 0;
}

}  // namespace apps
