// A driver for CUDA 11.4, for the runtime to find: enough of libcuda.so.1 to be asked for its version, and
// nothing that works. So that what is said of a driver that is too old can be tested without one.

#include <cstdint>
#include <cstring>

namespace {

constexpr int success = 0, not_initialized = 3;

int fails() {
  return not_initialized;
}

}  // namespace

extern "C" {

int cuInit(unsigned) {
  return success;
}

int cuDriverGetVersion(int* version) {
  *version = 11040;
  return success;
}

int cuGetProcAddress_v2(const char* name, void** entry, int, std::uint64_t, void*) {
  const auto is = [name](const char* other) { return std::strcmp(name, other) == 0; };
  *entry = is("cuInit")               ? reinterpret_cast<void*>(cuInit)
           : is("cuDriverGetVersion") ? reinterpret_cast<void*>(cuDriverGetVersion)
           : is("cuGetProcAddress")   ? reinterpret_cast<void*>(cuGetProcAddress_v2)
                                      : reinterpret_cast<void*>(fails);
  return success;
}

int cuGetProcAddress(const char* name, void** entry, int version, std::uint64_t flags) {
  return cuGetProcAddress_v2(name, entry, version, flags, nullptr);
}

}  // extern "C"
