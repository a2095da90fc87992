#pragma once

#include <functional>

#include "engine/device/communicator.hpp"

namespace test {

/// Runs `work` in so many threads, each of which takes itself for a process: it has a communicator to the others and a
/// pool of one thread. Returns when all have ended, and throws what the first of them, by rank, has thrown that is no
/// ProcessError, or else a ProcessError. A thread that throws is gone for the others: their exchanges with it throw
/// ProcessError.
/// @param one_at_a_time  whether a thread runs only while all others wait in an exchange, as what is no safe place for
///        two threads needs
void as_processes(int count, const std::function<void(engine::Communicator&)>& work,
                  bool one_at_a_time = false);

}  // namespace test
