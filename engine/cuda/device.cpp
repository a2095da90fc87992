// The GPU itself: whether there is one, its stream, its memory, recordings of what runs on it.

#include "engine/cuda/device.hpp"

#include <array>

#include "engine/cuda/runtime.hpp"
#include "engine/device/backend.hpp"
#include "engine/device/error.hpp"

namespace engine::cuda {
namespace {

std::string version_text(int version) {
  return std::to_string(version / 1000) + "." + std::to_string(version % 1000 / 10);
}

std::string capability_text(const cudaDeviceProp& device) {
  return std::to_string(device.major) + "." + std::to_string(device.minor);
}

constexpr int oldest_major = 8;  ///< compute capability; older GPUs lack the shared memory of a tile

std::string find_reason() {
  int driver = 0, devices = 0;
  if (cudaDriverGetVersion(&driver) != cudaSuccess || driver == 0) {
    return "no NVIDIA driver is installed, or no GPU is visible to it";
  }
  const cudaError_t status = cudaGetDeviceCount(&devices);
  if (status == cudaErrorInsufficientDriver) {
    return "the NVIDIA driver is for CUDA " + version_text(driver) + "; this program needs one for CUDA " +
           version_text(CUDART_VERSION) + " or newer";
  }
  if (status == cudaErrorNoDevice || (status == cudaSuccess && devices == 0)) return "no GPU is visible";
  if (status != cudaSuccess) return std::string("no GPU can be used: ") + cudaGetErrorString(status);
  cudaDeviceProp device{};
  if (cudaGetDeviceProperties(&device, 0) == cudaSuccess && device.major < oldest_major) {
    return std::string("the GPU ") + device.name + " is too old: it has compute capability " +
           capability_text(device) + ", and " + std::to_string(oldest_major) + ".0 or newer is needed";
  }
  cudaFuncAttributes attributes{};
  const cudaError_t code = cudaFuncGetAttributes(&attributes, any_kernel());
  if (code == cudaSuccess) return "";
  if (code == cudaErrorNoKernelImageForDevice && device.major != 0) {
    return std::string("this program holds no code for the GPU ") + device.name + " (compute capability " +
           capability_text(device) + "); build it with CMAKE_CUDA_ARCHITECTURES set to that";
  }
  return std::string("the GPU cannot be used: ") + cudaGetErrorString(code);
}

/// Whether the GPU, rather than the program, is at fault, so that nothing more can be run on it.
bool is_lost(cudaError_t status) {
  switch (status) {
    case cudaErrorDevicesUnavailable:
    case cudaErrorECCUncorrectable:
    case cudaErrorNvlinkUncorrectable:
    case cudaErrorHardwareStackError:
    case cudaErrorLaunchFailure:
    case cudaErrorLaunchTimeout:
    case cudaErrorSystemNotReady:
    case cudaErrorUnknown:
      return true;
    default:
      return false;
  }
}

constexpr const char* lost_note = "; the GPU is lost to this program, what is saved is intact";

cudaStream_t make_stream() {
  cudaStream_t made = nullptr;
  CUDA_CHECK(cudaStreamCreateWithFlags(&made, cudaStreamNonBlocking));
  return made;
}

/// For waiting: the waiting thread sleeps.
cudaEvent_t make_event() {
  cudaEvent_t made = nullptr;
  CUDA_CHECK(cudaEventCreateWithFlags(&made, cudaEventBlockingSync | cudaEventDisableTiming));
  return made;
}

int attribute(cudaDeviceAttr wanted) {
  int device = 0, value = 0;
  CUDA_CHECK(cudaGetDevice(&device));
  CUDA_CHECK(cudaDeviceGetAttribute(&value, wanted, device));
  return value;
}

bool recording = false;

}  // namespace

const std::string& reason_unusable() {
  static const std::string reason = find_reason();
  return reason;
}

void check(cudaError_t status, const Place& place) {
  if (status == cudaSuccess) return;
  (void)cudaGetLastError();  // an error that can be lived with shall not be reported by a later call too
  std::string message = std::string("cuda: ") + cudaGetErrorString(status);
  if (is_lost(status)) message += lost_note;
  std::size_t free = 0, total = 0;
  if (status == cudaErrorMemoryAllocation && cudaMemGetInfo(&free, &total) == cudaSuccess) {
    message += ", free are " + memory_text(static_cast<std::int64_t>(free)) + " of " +
               memory_text(static_cast<std::int64_t>(total));
  }
  throw BackendError(message + " (" + cudaGetErrorName(status) + ", " + to_string(place) + ")");
}

std::string note_if_lost() {
  return is_lost(cudaStreamQuery(stream())) ? lost_note : "";
}

cudaStream_t stream() {
  static const cudaStream_t only = make_stream();
  return only;
}

int multiprocessors() {
  static const int count = attribute(cudaDevAttrMultiProcessorCount);
  return count;
}

std::size_t most_shared_bytes() {
  static const int bytes = attribute(cudaDevAttrMaxSharedMemoryPerBlockOptin);
  return static_cast<std::size_t>(bytes);
}

MemoryRoom memory_room() {
  std::size_t free = 0, total = 0;
  CUDA_CHECK(cudaMemGetInfo(&free, &total));
  return {static_cast<std::int64_t>(free), static_cast<std::int64_t>(total)};
}

void* allocate(std::size_t bytes) {
  if (recording) throw BackendError("cuda: memory was asked for inside a recording");
  void* data = nullptr;
  const std::size_t size = bytes == 0 ? 1 : bytes;
  const cudaError_t status = cudaMalloc(&data, size);
  if (status == cudaErrorMemoryAllocation) {
    (void)cudaGetLastError();
    throw BackendError("cuda: out of memory: " +
                       out_of_memory_text(static_cast<std::int64_t>(size), memory_room()));
  }
  CUDA_CHECK(status);
  CUDA_CHECK(cudaMemsetAsync(data, 0, size, stream()));
  return data;
}

/// Waits for all that uses the memory; an error of earlier work is told by the next call that may throw.
void release(void* data) noexcept {
  (void)cudaFree(data);
}

void write(void* device, const void* host, std::size_t bytes) {
  CUDA_CHECK(cudaMemcpyAsync(device, host, bytes, cudaMemcpyHostToDevice, stream()));
  CUDA_CHECK(cudaStreamSynchronize(stream()));
}

void read(void* host, const void* device, std::size_t bytes) {
  CUDA_CHECK(cudaMemcpyAsync(host, device, bytes, cudaMemcpyDeviceToHost, stream()));
  CUDA_CHECK(cudaStreamSynchronize(stream()));
}

void copy(void* target, const void* source, std::size_t bytes) {
  CUDA_CHECK(cudaMemcpyAsync(target, source, bytes, cudaMemcpyDeviceToDevice, stream()));
}

void* make_mark() {
  return make_event();
}

void set_mark(void* mark) {
  CUDA_CHECK(cudaEventRecord(static_cast<cudaEvent_t>(mark), stream()));
}

/// On a stream of its own, so that it waits for the mark and nothing behind it. One reader at a time.
void read_behind(void* mark, void* host, const void* device, std::size_t bytes) {
  static const cudaStream_t reader = make_stream();
  static const cudaEvent_t done = make_event();
  CUDA_CHECK(cudaStreamWaitEvent(reader, static_cast<cudaEvent_t>(mark), 0));
  CUDA_CHECK(cudaMemcpyAsync(host, device, bytes, cudaMemcpyDeviceToHost, reader));
  CUDA_CHECK(cudaEventRecord(done, reader));
  CUDA_CHECK(cudaEventSynchronize(done));
}

void release_mark(void* mark) noexcept {
  (void)cudaEventDestroy(static_cast<cudaEvent_t>(mark));
}

void begin_recording() {
  CUDA_CHECK(cudaStreamBeginCapture(stream(), cudaStreamCaptureModeThreadLocal));
  recording = true;
}

void* end_recording() {
  recording = false;
  cudaGraph_t graph = nullptr;
  CUDA_CHECK(cudaStreamEndCapture(stream(), &graph));
  cudaGraphExec_t executable = nullptr;
  const cudaError_t status = cudaGraphInstantiate(&executable, graph, 0);
  const cudaError_t destroyed = cudaGraphDestroy(graph);
  CUDA_CHECK(status);
  CUDA_CHECK(destroyed);
  return executable;
}

/// Waits, asleep, for the replay before the last three: the GPU never runs dry, and an interrupt need not
/// wait for a long queue.
void replay(void* executable) {
  static const std::array<cudaEvent_t, 4> done{make_event(), make_event(), make_event(), make_event()};
  static std::size_t turn = 0;
  const cudaEvent_t of_this = done[turn++ % done.size()];
  CUDA_CHECK(cudaEventSynchronize(of_this));
  CUDA_CHECK(cudaGraphLaunch(static_cast<cudaGraphExec_t>(executable), stream()));
  CUDA_CHECK(cudaEventRecord(of_this, stream()));
}

void release_recording(void* executable) noexcept {
  (void)cudaStreamSynchronize(stream());  // it may be running
  (void)cudaGraphExecDestroy(static_cast<cudaGraphExec_t>(executable));
}

}  // namespace engine::cuda
