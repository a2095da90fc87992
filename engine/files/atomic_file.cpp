#include "engine/files/atomic_file.hpp"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>
#include <utility>

#include "engine/device/error.hpp"

namespace engine {
namespace {

std::string reason() {
  return std::strerror(errno);
}

/// A file descriptor that is closed on every way out.
class Descriptor {
 public:
  explicit Descriptor(int fd) : fd_(fd) {}
  ~Descriptor() {
    if (fd_ >= 0) ::close(fd_);
  }
  Descriptor(const Descriptor&) = delete;
  Descriptor& operator=(const Descriptor&) = delete;
  int get() const { return fd_; }
  bool close() { return ::close(std::exchange(fd_, -1)) == 0; }

 private:
  int fd_;
};

}  // namespace

void throw_file_error(const std::string& what, int error) {
  const std::string message = what + ": " + std::strerror(error);
  if (error == ENOSPC || error == EDQUOT) throw DiskFullError(message);
  throw FileError(message);
}

void write_file(const std::filesystem::path& path, std::string_view content) {
  const std::filesystem::path beside = path.parent_path() / ("." + path.filename().string() + ".partial");
  Descriptor file(::open(beside.c_str(), O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0644));
  if (file.get() < 0) throw_file_error("cannot write " + path.string(), errno);
  const auto fail = [&] {
    const int why = errno;
    ::unlink(beside.c_str());
    throw_file_error("cannot write " + path.string(), why);
  };
  for (std::size_t done = 0; done < content.size();) {
    const ssize_t written = ::write(file.get(), content.data() + done, content.size() - done);
    if (written < 0 && errno == EINTR) continue;
    if (written < 0) fail();
    done += static_cast<std::size_t>(written);
  }
  if (::fsync(file.get()) != 0 || !file.close()) fail();
  if (::rename(beside.c_str(), path.c_str()) != 0) fail();
  // The new name itself must survive a power cut too.
  const std::string folder = path.has_parent_path() ? path.parent_path().string() : ".";
  const Descriptor directory(::open(folder.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC));
  if (directory.get() >= 0) ::fsync(directory.get());
}

std::string read_file(const std::filesystem::path& path, std::size_t most_bytes) {
  const Descriptor file(::open(path.c_str(), O_RDONLY | O_CLOEXEC | O_NONBLOCK));  // a pipe must not wait
  struct stat info {};
  if (file.get() < 0 && errno == ENOENT) throw FormatError(path.string() + ": no such file");
  if (file.get() < 0 || ::fstat(file.get(), &info) != 0) {
    throw FileError("cannot read " + path.string() + ": " + reason());
  }
  if (!S_ISREG(info.st_mode)) throw FormatError(path.string() + ": not a regular file");
  const auto size = static_cast<std::size_t>(info.st_size);
  if (size > most_bytes) {
    throw FormatError(path.string() + ": " + std::to_string(size) + " bytes, at most " +
                      std::to_string(most_bytes) + " expected");
  }
  std::string content(size, '\0');
  std::size_t done = 0;
  while (done < size) {
    const ssize_t got = ::read(file.get(), content.data() + done, size - done);
    if (got < 0 && errno == EINTR) continue;
    if (got < 0) throw FileError("cannot read " + path.string() + ": " + reason());
    if (got == 0) break;  // cut while we read
    done += static_cast<std::size_t>(got);
  }
  content.resize(done);
  return content;
}

}  // namespace engine
