#pragma once

#include <cstddef>
#include <string>
#include <vector>

namespace apps {

/// Rows of a table on the terminal; the first is the header.
struct Table {
  std::vector<std::vector<std::string>> rows;
  /// Rows to mark with a star, and in bold where colour is allowed; may be shorter.
  std::vector<bool> marked;
  std::size_t left_columns = 1;  ///< so many are aligned left, the others right

  void add(std::vector<std::string> row, bool mark = false);
};

/// The table in aligned columns; columns that would pass `width` go into further blocks, each with the first
/// column again. Texts are measured in code points, so they may hold UTF-8.
/// @param color  whether to write escape codes
std::string to_string(const Table& table, int width, bool color);

/// A heading, bold where colour is allowed, on a line of its own after an empty one.
std::string heading(const std::string& text, bool color);

/// The width of the terminal behind stdout; a very large one where it is a file or a pipe.
int output_width();

}  // namespace apps
