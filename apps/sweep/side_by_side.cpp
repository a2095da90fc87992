#include "apps/sweep/side_by_side.hpp"

#include <exception>
#include <mutex>
#include <stdexcept>
#include <string>
#include <system_error>
#include <thread>
#include <vector>

namespace apps {

void work_side_by_side(int count, const std::function<void(int)>& work, const std::function<void()>& stop) {
  std::mutex mutex;
  std::exception_ptr failure;
  const auto note = [&](std::exception_ptr why) {
    const std::lock_guard lock(mutex);
    if (!failure) failure = std::move(why);
  };
  const auto try_to_work = [&](int i) {
    try {
      work(i);
    } catch (...) {
      note(std::current_exception());
    }
  };
  {
    std::vector<std::jthread> others;
    try {
      for (int i = 1; i < count; ++i) others.emplace_back(try_to_work, i);
      try_to_work(0);
    } catch (const std::system_error& error) {
      note(std::make_exception_ptr(
          std::runtime_error("cannot start " + std::to_string(count) + " threads: " + error.what())));
      stop();
    }
  }  // where they are waited for
  if (failure) std::rethrow_exception(failure);
}

}  // namespace apps
