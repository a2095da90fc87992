#include "engine/cpu/thread_pool.hpp"

#include <doctest/doctest.h>

#include <numeric>

TEST_SUITE_BEGIN("quick");
TEST_SUITE_BEGIN("threads");

TEST_CASE("thread pool: every task runs once, job after job, with any number of threads") {
  for (const int threads : {1, 2, 3, 8}) {
    engine::ThreadPool pool(threads);
    CHECK(pool.threads() == threads);
    std::vector<int> runs(257);
    long expected = 0;
    for (int job = 0; job < 2000; ++job) {
      const int count = job % 258;
      pool.run(count, [&](int i) { ++runs[static_cast<std::size_t>(i)]; });  // each entry has one writer at a time
      expected += count;
    }
    CHECK(std::accumulate(runs.begin(), runs.end(), 0L) == expected);
  }
}

TEST_CASE("thread pool: a job inside a task runs in that task") {
  engine::ThreadPool pool(3);
  std::vector<int> sums(5);
  pool.run(5, [&](int i) { pool.run(4, [&](int j) { sums[static_cast<std::size_t>(i)] += j; }); });
  CHECK(sums == std::vector<int>(5, 6));
}

TEST_CASE("thread pool: numbers of threads are checked") {
  CHECK_THROWS(engine::set_threads(0));
  CHECK_THROWS(engine::set_threads(-1));
  CHECK_THROWS(engine::set_threads(5000));
  CHECK(engine::physical_cores() >= 1);
}

TEST_SUITE_END();
TEST_SUITE_END();
