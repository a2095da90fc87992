#pragma once

#include <nccl.h>

namespace engine::cuda {

/// The entries of NCCL that the link between GPUs calls. The library is opened when several processes first train on
/// GPUs: no other run needs it, and no machine has to have it.
struct NcclLibrary {
  int version;  ///< as ncclGetVersion() gives it
  decltype(&ncclGetUniqueId) unique_id;
  decltype(&ncclCommInitRankConfig) join;
  decltype(&ncclCommGetAsyncError) state;
  decltype(&ncclCommAbort) abort;
  decltype(&ncclGroupStart) begin;
  decltype(&ncclGroupEnd) end;
  decltype(&ncclSend) send;
  decltype(&ncclRecv) receive;
  decltype(&ncclGetErrorString) error_text;
};

/// @return null if there is no libnccl.so.2, on the library path or where the program was built, or it lacks one of these
const NcclLibrary* nccl();

}  // namespace engine::cuda
