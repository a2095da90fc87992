#include "engine/cuda/cublas_library.hpp"

#include <dlfcn.h>

#include <string>

#include "engine/device/error.hpp"

namespace engine::cuda {
namespace {

#define TEXT_OF(name) #name
#define VALUE_OF(name) TEXT_OF(name)
// The headers rename some entries to their second version; the text is that of the symbol in the library.
#define ENTRY(name) find<decltype(&(name))>(library, VALUE_OF(name))

/// The version that the program was built with, else another one whose entries below have the same form: a
/// machine with a driver and PyTorch has some cuBLAS, if not ours.
void* open_library() {
  const std::string own = "libcublas.so." VALUE_OF(CUBLAS_VER_MAJOR);
  for (const std::string& name :
       {own, CUBLAS_DIRECTORY "/" + own, std::string("libcublas.so.13"), std::string("libcublas.so.12")}) {
    if (void* found = dlopen(name.c_str(), RTLD_NOW | RTLD_LOCAL)) return found;
  }
  throw BackendError("cuda: no cuBLAS 12 or 13 is found on the library path, and no " + own +
                     " in " CUBLAS_DIRECTORY);
}

template <typename Entry>
Entry find(void* library, const char* name) {
  void* const entry = dlsym(library, name);
  if (entry == nullptr) throw BackendError(std::string("cuda: cuBLAS lacks ") + name);
  return reinterpret_cast<Entry>(entry);
}

}  // namespace

const CublasLibrary& cublas() {
  static const CublasLibrary entries = [] {
    void* const library = open_library();
    return CublasLibrary{
        ENTRY(cublasCreate),         ENTRY(cublasSetStream),           ENTRY(cublasSetWorkspace),
        ENTRY(cublasSetMathMode),    ENTRY(cublasSgemmStridedBatched), ENTRY(cublasDgemmStridedBatched),
        ENTRY(cublasGetStatusString)};
  }();
  return entries;
}

}  // namespace engine::cuda
