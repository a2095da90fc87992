// The analysis on the emulated GPU. See tests/CMakeLists.txt.

#include <doctest/doctest.h>

#include "analysis/findings/metrics.hpp"
#include "analysis/network/network_samples.hpp"
#include "engine/device/error.hpp"
#include "group/elements/families.hpp"

namespace engine::cuda::emulation {
void lose_after(long calls);
}

TEST_CASE("metrics: a GPU lost in the middle is an error, after which the figures are as before") {
  const analysis::Harmonics harmonics(group::symmetric_group(4));
  const analysis::MlpNetwork network(test::random_network(24, 2));
  const analysis::Meter meter(harmonics, test::every_third(24), engine::Device::cuda);
  const auto whole = analysis::named(meter.measure(network), harmonics);
  for (const long calls : {0, 1, 5, 9, 12}) {
    engine::cuda::emulation::lose_after(calls);
    CHECK_THROWS_AS(meter.measure(network), engine::BackendError);
    engine::cuda::emulation::lose_after(-1);
    CHECK(analysis::named(meter.measure(network), harmonics) == whole);
  }
}
