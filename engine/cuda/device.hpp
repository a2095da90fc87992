#pragma once

#include <cstddef>

#include "engine/device/kernels.hpp"
#include "engine/device/memory.hpp"

// The GPU itself; what these do stands in backend.hpp.

namespace engine::cuda {

MemoryRoom memory_room();
void* allocate(std::size_t bytes);
void release(void* data) noexcept;
void write(void* device, const void* host, std::size_t bytes);
void read(void* host, const void* device, std::size_t bytes);
void copy(void* target, const void* source, std::size_t bytes);

void* make_mark();
void set_mark(void* mark);
void read_behind(void* mark, void* host, const void* device, std::size_t bytes);
void release_mark(void* mark) noexcept;

void begin_recording();
void* end_recording();
void replay(void* recording);
void release_recording(void* recording) noexcept;

}  // namespace engine::cuda
