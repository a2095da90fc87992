#include "apps/terminal/table.hpp"

#include <sys/ioctl.h>
#include <unistd.h>

#include <algorithm>
#include <limits>

namespace apps {
namespace {

std::size_t length_of(const std::string& text) {
  return static_cast<std::size_t>(std::count_if(
      text.begin(), text.end(), [](char c) { return (static_cast<unsigned char>(c) & 0xc0U) != 0x80U; }));
}

}  // namespace

void Table::add(std::vector<std::string> row, bool mark) {
  rows.push_back(std::move(row));
  marked.resize(rows.size(), false);
  marked.back() = mark;
}

std::string to_string(const Table& table, int width, bool color) {
  if (table.rows.empty()) return "";
  const std::size_t columns = table.rows.front().size();
  std::vector<std::size_t> widths(columns, 0);
  for (const auto& row : table.rows) {
    for (std::size_t c = 0; c < columns; ++c) widths[c] = std::max(widths[c], length_of(row[c]));
  }
  std::string text;
  for (std::size_t first = 1; first < columns;) {
    std::size_t last = first;
    for (std::size_t used = 2 + widths[0]; last < columns; ++last) {
      used += 2 + widths[last];
      if (used > static_cast<std::size_t>(width) && last > first) break;
    }
    if (first > 1) text += "\n";
    for (std::size_t r = 0; r < table.rows.size(); ++r) {
      const auto& row = table.rows[r];
      const bool mark = r < table.marked.size() && table.marked[r];
      std::string line = mark ? "* " : "  ";
      line += row[0] + std::string(widths[0] - length_of(row[0]), ' ');
      for (std::size_t c = first; c < last; ++c) {
        const std::string padding(widths[c] - length_of(row[c]), ' ');
        line += "  " + (c < table.left_columns ? row[c] + padding : padding + row[c]);
      }
      line.erase(line.find_last_not_of(' ') + 1);
      const std::string style = r == 0 ? "\033[2m" : "\033[1m";
      text += color && (mark || r == 0) ? style + line + "\033[0m\n" : line + "\n";
    }
    first = last;
  }
  return text;
}

std::string heading(const std::string& text, bool color) {
  return "\n" + (color ? "\033[1m" + text + "\033[0m" : text) + "\n";
}

int output_width() {
  winsize size{};
  if (isatty(STDOUT_FILENO) != 0 && ioctl(STDOUT_FILENO, TIOCGWINSZ, &size) == 0 && size.ws_col > 0)
    return size.ws_col;
  return std::numeric_limits<int>::max() / 2;
}

}  // namespace apps
