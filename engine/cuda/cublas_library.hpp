#pragma once

#include <cublas_v2.h>

namespace engine::cuda {

/// The entries of cuBLAS that the backend calls. The library is opened when the first product is asked for,
/// not when the program starts: with its kernels it takes a tenth of a second and over 100 MB, which a run on
/// the CPU need not spend.
struct CublasLibrary {
  decltype(&cublasCreate) create;
  decltype(&cublasSetStream) set_stream;
  decltype(&cublasSetWorkspace) set_workspace;
  decltype(&cublasSetMathMode) set_math_mode;
  decltype(&cublasSgemmStridedBatched) sgemm;
  decltype(&cublasDgemmStridedBatched) dgemm;
  decltype(&cublasGetStatusString) status_string;
};

/// @throws BackendError if no cuBLAS is there
const CublasLibrary& cublas();

}  // namespace engine::cuda
