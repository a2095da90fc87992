#include "group/elements/cayley_table_file.hpp"

#include <fstream>
#include <string>
#include <utility>
#include <vector>

#include "group/elements/error.hpp"

namespace group {
namespace {

/// Reads entry by entry, so that no line, however long, is held as text.
class TableReader {
 public:
  explicit TableReader(const std::filesystem::path& path)
      : path_(path.string()), in_(path, std::ios::binary) {
    if (std::filesystem::is_directory(path)) fail("is a directory, not a Cayley table");
    if (!in_) fail("cannot be opened");
  }

  FiniteGroup read() {
    std::vector<int> table;
    int rows = 0;
    int columns = 0;  // of the first row
    while (true) {
      skip_blank_lines();
      if (in_.peek() == std::char_traits<char>::eof()) break;
      const int width = read_row(table, rows, columns);
      if (rows == 0) columns = width;
      if (width != columns) {
        fail("row " + std::to_string(rows) + " has " + std::to_string(width) + " entries, row 0 has " +
             std::to_string(columns));
      }
      if (++rows > columns)
        fail("has more than " + std::to_string(columns) + " rows, as many as row 0 has entries");
    }
    if (rows == 0) fail("is empty; a Cayley table of n elements has n rows of n indices");
    if (rows != columns) {
      fail("has " + std::to_string(rows) + " rows of " + std::to_string(columns) +
           " entries; a table is square");
    }
    return FiniteGroup::from_cayley_table("table:" + path_, rows, std::move(table));
  }

 private:
  void skip_blank_lines() {
    while (in_.peek() == '\n' || in_.peek() == '\r' || in_.peek() == ' ') in_.get();
  }

  /// Appends one row. @return its number of entries, at most one more than the first row's
  int read_row(std::vector<int>& table, int row, int columns) {
    int width = 0;
    while (true) {
      table.push_back(read_entry(row, width));
      ++width;
      if (row == 0) require_order_fits("table:" + path_, width);
      const int next = in_.get();
      if (next == '\n' || next == std::char_traits<char>::eof()) return width;
      if (row > 0 && width > columns - 1) return width + 1;
    }
  }

  /// One index, up to the comma or line end that follows it.
  int read_entry(int row, int column) {
    std::string text;
    while (in_.peek() != ',' && in_.peek() != '\n' && in_.peek() != std::char_traits<char>::eof()) {
      const char c = static_cast<char>(in_.get());
      if (c != ' ' && c != '\r' && c != '\t') text.push_back(c);
      if (text.size() > 9) break;
    }
    const bool is_index =
        !text.empty() && text.size() <= 9 && text.find_first_not_of("0123456789") == std::string::npos;
    if (!is_index) {
      for (char& c : text) {
        if (c < ' ' || c > '~') c = '?';
      }
      fail("row " + std::to_string(row) + ", column " + std::to_string(column) + ": '" + text +
           "' is no index");
    }
    return std::stoi(text);
  }

  [[noreturn]] void fail(const std::string& what) const { throw GroupError("table:" + path_ + ": " + what); }

  std::string path_;
  std::ifstream in_;
};

}  // namespace

FiniteGroup read_cayley_table(const std::filesystem::path& path) {
  return TableReader(path).read();
}

}  // namespace group
