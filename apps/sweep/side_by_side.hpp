#pragma once

#include <functional>

namespace apps {

/// Calls work(0) .. work(count - 1), each in a thread of its own, but work(0) in the caller's, and waits for all.
/// @param stop  called if a thread cannot be started, so that those at work end soon; the rest is left out then
/// @throws what the first of them threw, or std::runtime_error that there are no more threads, after all have ended
void work_side_by_side(int count, const std::function<void(int)>& work, const std::function<void()>& stop);

}  // namespace apps
