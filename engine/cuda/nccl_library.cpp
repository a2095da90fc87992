#include "engine/cuda/nccl_library.hpp"

#include <dlfcn.h>

#include <optional>

namespace engine::cuda {
namespace {

/// Takes entries out of a library; `complete` says whether all were there.
struct Entries {
  void* library;
  bool complete = true;

  template <typename Entry>
  Entry find(const char* name) {
    void* const entry = dlsym(library, name);
    complete = complete && entry != nullptr;
    return reinterpret_cast<Entry>(entry);
  }
};

#define NCCL_ENTRY(name) entries.find<decltype(&(name))>(#name)

std::optional<NcclLibrary> opened() {
  void* library = nullptr;
  for (const char* const name : {"libnccl.so.2", NCCL_DIRECTORY "/libnccl.so.2"}) {
    if (library == nullptr) library = dlopen(name, RTLD_NOW | RTLD_LOCAL);
  }
  if (library == nullptr) return std::nullopt;
  Entries entries{library};
  const auto get_version = NCCL_ENTRY(ncclGetVersion);
  NcclLibrary found{0,
                    NCCL_ENTRY(ncclGetUniqueId),
                    NCCL_ENTRY(ncclCommInitRankConfig),
                    NCCL_ENTRY(ncclCommGetAsyncError),
                    NCCL_ENTRY(ncclCommAbort),
                    NCCL_ENTRY(ncclGroupStart),
                    NCCL_ENTRY(ncclGroupEnd),
                    NCCL_ENTRY(ncclSend),
                    NCCL_ENTRY(ncclRecv),
                    NCCL_ENTRY(ncclGetErrorString)};
  if (!entries.complete || get_version(&found.version) != ncclSuccess) return std::nullopt;
  return found;
}

}  // namespace

const NcclLibrary* nccl() {
  static const std::optional<NcclLibrary> library = opened();
  return library ? &*library : nullptr;
}

}  // namespace engine::cuda
