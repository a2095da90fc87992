#include "engine/device/memory.hpp"

#include <doctest/doctest.h>

#include "engine/device/error.hpp"

TEST_SUITE_BEGIN("quick");

TEST_CASE("memory: what is free is part of what there is") {
  const engine::MemoryRoom room = engine::memory_room(engine::Device::cpu);
  CHECK(room.free > 0);
  CHECK(room.free <= room.total);
}

TEST_CASE("memory: an allocation that fails says how much was asked for and how much is free") {
  CHECK(engine::memory_text(340LL << 20) == "340 MiB");
  CHECK(engine::memory_text(25LL << 29) == "12.5 GiB");
  CHECK(engine::out_of_memory_text(25LL << 29, {340 << 20, 47LL << 29}) ==
        "asked for 12.5 GiB, free are 340 MiB of 23.5 GiB");
#if !defined(__SANITIZE_ADDRESS__) && !defined(__SANITIZE_THREAD__)  // these stop the program instead
  try {
    const engine::Buffer much(engine::Device::cpu, std::size_t{1} << 60);
    FAIL("2^60 bytes were there");
  } catch (const engine::BackendError& error) {
    CHECK(std::string(error.what()).starts_with("cpu: out of memory: asked for 1073741824.0 GiB, free are "));
  }
#endif
}

TEST_SUITE_END();
