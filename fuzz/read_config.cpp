// libFuzzer: cfg.json. Whatever the text, the reader returns a configuration that survives being written and
// read again, or throws ConfigError.

#include <cstdlib>
#include <string>

#include "engine/device/error.hpp"
#include "engine/training/run_config.hpp"

extern "C" int LLVMFuzzerTestOneInput(const unsigned char* data, std::size_t size) {
  try {
    const engine::RunConfig config =
        engine::config_from_json({reinterpret_cast<const char*>(data), size}, "f");
    const engine::RunConfig again = engine::config_from_json(engine::config_to_json(config), "again");
    if (!engine::difference(config, again).empty()) std::abort();
  } catch (const engine::ConfigError&) {
  }
  return 0;
}
