#include "engine/model/named_tensor.hpp"

#include <algorithm>
#include <cmath>
#include <functional>
#include <numeric>

#include "engine/device/error.hpp"
#include "engine/files/safetensors.hpp"

namespace engine {

Start Start::normal_over_root(int fan) {
  return {1, static_cast<float>(std::sqrt(static_cast<double>(fan)))};
}

void Start::fill(Generator& generator, std::span<float> values) const {
  if (factor_ == 0) {
    std::fill(values.begin(), values.end(), 0.0F);
    return;
  }
  generator.randn(values);
  for (float& value : values) value = value * factor_ / divisor_;
}

std::int64_t NamedTensor::size() const {
  return std::accumulate(sizes.begin(), sizes.end(), std::int64_t{1}, std::multiplies<>());
}

Shape ParameterSpec::shape(int replicas) const {
  Shape shape(replicas, 0, static_cast<int>(parts.front().sizes.back()));
  for (const NamedTensor& part : parts) {
    const std::size_t dimensions = part.sizes.size();
    if (dimensions < 1 || dimensions > 3 || part.sizes.back() != shape.cols || part.bias != bias() ||
        (dimensions == 3 && parts.size() > 1)) {
      throw ShapeError("parameter '" + part.name + "': " + to_string(part.sizes) + " does not stack on " +
                       to_string(parts.front().sizes));
    }
    if (dimensions == 3) shape.heads = static_cast<int>(part.sizes[0]);
    shape.rows += dimensions == 1 ? 1 : static_cast<int>(part.sizes[dimensions - 2]);
  }
  return shape;
}

}  // namespace engine
