#pragma once

namespace apps {

/// From now on Ctrl-C and SIGTERM only raise a flag, so that the program can save first; a second one ends it
/// at once.
void catch_interrupts();

/// Whether a signal came since then.
bool interrupted();

/// As if a signal had come: another of the processes that work together got it.
void interrupt();

/// Ctrl-C and SIGTERM end the program again, at once.
void release_interrupts();

}  // namespace apps
