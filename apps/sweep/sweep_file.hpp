#pragma once

#include <cstdint>
#include <filesystem>
#include <functional>
#include <string>
#include <vector>

#include "apps/training_settings.hpp"

namespace apps {

/// One value that a field takes.
struct SweepValue {
  std::string text;  ///< as in names of run directories: "64", "0.001"
  std::function<void(TrainingSettings&)> apply;
};

/// A setting of a block with the values that its runs take.
struct SweepField {
  std::string name;  ///< the option's, with underscores for dashes
  std::vector<SweepValue> values;
  bool listed = false;  ///< given as a list or a range: then its values stand in the names
};

/// One entry of a sweep: a preset or a cfg.json, and the product of its fields' values and seeds.
struct SweepBlock {
  std::string where;      ///< "sweep.json: runs[2]", for messages
  TrainingSettings base;  ///< preset or config file
  std::vector<SweepField> fields;
  std::vector<std::uint64_t> seeds;  ///< empty: the one of preset or file
};

/// Reads a sweep's JSON: {"runs": [{"preset": "s5", "seeds": "1..4", "hidden_dim": [32, 64]}, ..]}. Integers may be
/// ranges, "1..4", or lists of values and ranges. Files that it names are looked for beside it.
/// @param most_runs  of all blocks: beyond it the sweep is refused before its ranges are unrolled
/// @throws std::invalid_argument or FormatError naming file, entry and field: not JSON, an unknown field, a value of
///         the wrong type, an empty list or range, a value that is named twice, more than most_runs
std::vector<SweepBlock> read_sweep(const std::filesystem::path& file, std::uint64_t most_runs);

/// The same from a text.  @param name  of the file, for messages.  @param folder  where files that it names lie
std::vector<SweepBlock> parse_sweep(const std::string& text, const std::string& name,
                                    const std::filesystem::path& folder, std::uint64_t most_runs);

/// How many runs the blocks are, at most 2^64 - 1.
std::uint64_t run_count(const std::vector<SweepBlock>& blocks);

}  // namespace apps
