#include "engine/device/backend.hpp"

#include <algorithm>
#include <cstring>
#include <new>

#include "engine/cpu/tile_kernels.hpp"

namespace engine::cpu {
namespace {

constexpr std::align_val_t alignment{64};

void* allocate(std::size_t bytes) {
  const std::size_t rounded = (std::max<std::size_t>(bytes, 1) + 63) / 64 * 64;
  void* const data = ::operator new(rounded, alignment);
  std::memset(data, 0, rounded);
  return data;
}

void release(void* data) noexcept {
  ::operator delete(data, alignment);
}

void copy(void* target, const void* source, std::size_t bytes) {
  std::memcpy(target, source, bytes);
}

// The CPU's work is done when its call returns, so there is nothing to mark.
void* make_mark() {
  return nullptr;
}
void set_mark(void*) {}
void read_behind(void*, void* host, const void* data, std::size_t bytes) {
  copy(host, data, bytes);
}
void release_mark(void*) noexcept {}

}  // namespace

const Backend& backend() {
  tile_kernels();  // here, where it may throw for a bad choice of the user's
  static constexpr Backend of_cpu{
      .allocate = allocate,
      .release = release,
      .write = copy,
      .read = copy,
      .copy = copy,
      .memory_room = host_memory_room,
      .kernels =
          {
#define KERNEL(name, result, parameters) .name = cpu::name,
#include "engine/device/kernel_list.inc"
          },
      .marks = {.make = make_mark, .set = set_mark, .read_behind = read_behind, .release = release_mark},
      .recording = nullptr,  // a call costs next to nothing here
      .sharing = nullptr,    // the chunks' sums are shared in the head: shared_chunks.hpp
  };
  return of_cpu;
}

}  // namespace engine::cpu
