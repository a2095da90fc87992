#pragma once

namespace apps {

/// From now on Ctrl-C and SIGTERM only raise a flag, so that the program can save first; a second one ends it
/// at once.
void catch_interrupts();

bool interrupted();

}  // namespace apps
