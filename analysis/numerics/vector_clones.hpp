#pragma once

/// Before a function whose loops are plain C++ that compilers turn into vectors: GCC builds it once for each
/// instruction set and takes the best one when the program starts.
#if defined(__x86_64__) && defined(__GNUC__) && !defined(__clang__) && !defined(__SANITIZE_ADDRESS__) && \
    !defined(__SANITIZE_THREAD__)
#define ANALYSIS_ALL_VECTORS __attribute__((target_clones("arch=x86-64-v4", "arch=x86-64-v3", "default")))
#else
#define ANALYSIS_ALL_VECTORS
#endif
