#include "group/permutation.hpp"

#include <numeric>

#include "group/error.hpp"

namespace group {

Permutation Permutation::identity(int degree) {
  std::vector<int> images(static_cast<std::size_t>(degree));
  std::iota(images.begin(), images.end(), 0);
  return Permutation(std::move(images));
}

Permutation::Permutation(std::vector<int> images) : images_(std::move(images)) {
  std::vector<bool> seen(images_.size());
  for (const int image : images_) {
    if (image < 0 || image >= degree()) {
      throw GroupError("permutation: " + std::to_string(image) + " is outside 0.." + std::to_string(degree() - 1));
    }
    if (seen[static_cast<std::size_t>(image)]) throw GroupError("permutation: " + std::to_string(image) + " twice");
    seen[static_cast<std::size_t>(image)] = true;
  }
}

Permutation Permutation::operator*(const Permutation& next) const {
  if (degree() != next.degree()) {
    throw GroupError("permutations of degrees " + std::to_string(degree()) + " and " +
                     std::to_string(next.degree()) + " have no product");
  }
  Permutation product = *this;
  for (int& image : product.images_) image = next(image);
  return product;
}

Permutation Permutation::inverse() const {
  Permutation result = *this;
  for (int i = 0; i < degree(); ++i) result.images_[static_cast<std::size_t>((*this)(i))] = i;
  return result;
}

bool Permutation::even() const {
  bool even = true;
  std::vector<bool> seen(images_.size());
  for (int start = 0; start < degree(); ++start) {
    for (int i = (*this)(start); !seen[static_cast<std::size_t>(i)] && i != start; i = (*this)(i)) {
      seen[static_cast<std::size_t>(i)] = true;
      even = !even;
    }
    seen[static_cast<std::size_t>(start)] = true;
  }
  return even;
}

}  // namespace group
