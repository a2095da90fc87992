#include "engine/device/memory.hpp"

#include <unistd.h>

#include <algorithm>
#include <cstdio>
#include <filesystem>
#include <fstream>
#include <limits>
#include <sstream>

namespace engine {
namespace fs = std::filesystem;
namespace {

constexpr std::int64_t unlimited = std::numeric_limits<std::int64_t>::max();

/// The number that a file consists of; `unlimited` if there is none, or no such file.
std::int64_t number_in(const fs::path& path) {
  std::ifstream file(path);
  std::int64_t number = 0;
  return file >> number && number >= 0 ? number : unlimited;
}

/// The number behind `word` in a file of words and numbers; 0 if there is none.
std::int64_t number_after(const fs::path& path, const std::string& word) {
  std::ifstream file(path);
  for (std::string line; std::getline(file, line);) {
    std::istringstream words(line);
    std::string first;
    std::int64_t number = 0;
    if (words >> first >> number && first == word) return number;
  }
  return 0;
}

/// Narrows `room` to what one control group leaves; file caches, which it can give up, count as free.
void narrow(MemoryRoom& room, const fs::path& group, const char* limit, const char* used, const char* cache) {
  const std::int64_t most = number_in(group / limit), taken = number_in(group / used);
  if (most == unlimited || taken == unlimited || most >= room.total) return;
  room.total = most;
  const std::int64_t kept = taken - std::min(taken, number_after(group / "memory.stat", cache));
  room.free = std::min(room.free, std::max<std::int64_t>(most - kept, 0));
}

/// A container sees its own group as the root of the hierarchy; elsewhere the group and those above it count.
void narrow_by_groups(MemoryRoom& room, const fs::path& root, fs::path own, const char* limit,
                      const char* used, const char* cache) {
  for (own = own.relative_path();; own = own.parent_path()) {
    narrow(room, root / own, limit, used, cache);
    if (own.empty()) return;
  }
}

}  // namespace

MemoryRoom host_memory_room() {
  const std::int64_t page = sysconf(_SC_PAGE_SIZE);
  MemoryRoom room{number_after("/proc/meminfo", "MemAvailable:") * 1024, sysconf(_SC_PHYS_PAGES) * page};
  if (room.free == 0) room.free = room.total;
  std::ifstream groups("/proc/self/cgroup");  // lines "number:controllers:path"
  for (std::string line; std::getline(groups, line);) {
    const std::size_t first = line.find(':'), second = line.find(':', first + 1);
    if (second == std::string::npos) continue;
    const std::string controllers = line.substr(first + 1, second - first - 1), own = line.substr(second + 1);
    if (controllers.empty()) {
      narrow_by_groups(room, "/sys/fs/cgroup", own, "memory.max", "memory.current", "inactive_file");
    } else if (controllers == "memory") {
      narrow_by_groups(room, "/sys/fs/cgroup/memory", own, "memory.limit_in_bytes", "memory.usage_in_bytes",
                       "total_inactive_file");
    }
  }
  return room;
}

std::string memory_text(std::int64_t bytes) {
  constexpr double mib = 1 << 20, gib = 1 << 30;
  const auto size = static_cast<double>(bytes);
  char text[32];
  std::snprintf(text, sizeof(text), size < gib ? "%.0f MiB" : "%.1f GiB", size / (size < gib ? mib : gib));
  return text;
}

std::string out_of_memory_text(std::int64_t bytes, const MemoryRoom& room) {
  return "asked for " + memory_text(bytes) + ", free are " + memory_text(room.free) + " of " +
         memory_text(room.total);
}

}  // namespace engine
