#include "engine/cpu/thread_pool.hpp"

#include <doctest/doctest.h>

#include <algorithm>

namespace {

constexpr std::int64_t plenty = 1 << 30;  // of work, so that it is shared
const std::thread::id main_thread = std::this_thread::get_id();

}  // namespace

TEST_SUITE_BEGIN("quick");
TEST_CASE("thread pool: every task runs once, job after job, with more threads than cores") {
  for (const int threads : {1, 2, 3, 8}) {
    engine::ThreadPool pool(threads);
    CHECK(pool.threads() == threads);
    std::vector<int> runs(100);
    int wrong = 0;
    for (int job = 0; job < 20000; ++job) {  // a worker late for one job must not touch the next
      const int count = job % 101;
      std::fill(runs.begin(), runs.end(), 0);
      pool.run(count, plenty, [&](int i) { ++runs[static_cast<std::size_t>(i)]; });
      for (int i = 0; i < 100; ++i) wrong += runs[static_cast<std::size_t>(i)] != (i < count ? 1 : 0);
    }
    CHECK(wrong == 0);
  }
}

TEST_CASE("thread pool: jobs of more tasks than a ticket counts") {
  for (const int threads : {1, 2, 5}) {
    engine::ThreadPool pool(threads);
    for (const int count : {65535, 65536, 65537, 200001}) {
      std::vector<int> runs(static_cast<std::size_t>(count));
      pool.run(count, plenty, [&](int i) { ++runs[static_cast<std::size_t>(i)]; });
      CHECK(runs == std::vector<int>(static_cast<std::size_t>(count), 1));
    }
  }
}

TEST_CASE("thread pool: a job inside a task, and one with little work, run on the thread that asks") {
  for (const int threads : {1, 3}) {
    engine::ThreadPool pool(threads);
    std::vector<int> sums(5);
    pool.run(5, plenty,
             [&](int i) { pool.run(4, plenty, [&](int j) { sums[static_cast<std::size_t>(i)] += j; }); });
    CHECK(sums == std::vector<int>(5, 6));
    pool.run(5, 10, [&](int) { CHECK(std::this_thread::get_id() == main_thread); });
  }
}

TEST_CASE("thread pool: scratch memory is a task's own, aligned, and kept") {
  engine::ThreadPool pool(3);
  std::vector<int> wrong(64);
  for (const std::size_t bytes : {100U, 5000U, 64U}) {
    pool.run_with_scratch(64, plenty, bytes, [&](int i, void* scratch) {
      auto* const mine = static_cast<unsigned char*>(scratch);
      wrong[static_cast<std::size_t>(i)] += reinterpret_cast<std::uintptr_t>(scratch) % 64 != 0;
      std::fill_n(mine, bytes, static_cast<unsigned char>(i));
      for (std::size_t b = 0; b < bytes; ++b) wrong[static_cast<std::size_t>(i)] += mine[b] != i;
    });
  }
  CHECK(wrong == std::vector<int>(64));
}

TEST_CASE("thread pool: numbers of threads are checked") {
  CHECK_THROWS(engine::set_threads(0));
  CHECK_THROWS(engine::set_threads(-1));
  CHECK_THROWS(engine::set_threads(5000));
  CHECK(engine::physical_cores() >= 1);
}

TEST_CASE("thread pool: a thread's own pool is its alone, and ends with its scope") {
  engine::ThreadPool& shared = engine::thread_pool();
  {
    engine::OwnPool own(3);
    CHECK(&engine::thread_pool() != &shared);
    CHECK(engine::thread_pool().threads() == 3);
    own.resize(1);
    CHECK(engine::thread_pool().threads() == 1);
    std::thread([&] { CHECK(&engine::thread_pool() == &shared); }).join();
    engine::thread_pool().run(20, plenty, [&](int) { CHECK(std::this_thread::get_id() == main_thread); });
  }
  CHECK(&engine::thread_pool() == &shared);
}

TEST_CASE("thread pool: a job with scratch inside a task has scratch of its own") {
  for (const int threads : {1, 3}) {
    engine::ThreadPool pool(threads);
    constexpr std::size_t bytes = 4096;
    std::vector<int> wrong(40);
    pool.run_with_scratch(40, plenty, bytes, [&](int i, void* outer) {
      std::fill_n(static_cast<char*>(outer), bytes, static_cast<char>(i));
      pool.run_with_scratch(3, plenty, bytes, [&](int, void* inner) {
        if (inner == outer) ++wrong[static_cast<std::size_t>(i)];
        std::fill_n(static_cast<char*>(inner), bytes, static_cast<char>(-1));
      });
      const char* const mine = static_cast<const char*>(outer);
      wrong[static_cast<std::size_t>(i)] += static_cast<int>(
          std::count_if(mine, mine + bytes, [&](char c) { return c != static_cast<char>(i); }));
    });
    CHECK(std::count(wrong.begin(), wrong.end(), 0) == 40);
  }
}

TEST_SUITE_END();
