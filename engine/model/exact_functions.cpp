#include "engine/model/exact_functions.hpp"

#include <cmath>
#include <numbers>

namespace engine {

double natural_log(double x) {
  int exponent = 0;
  double m = std::frexp(x, &exponent);
  if (m < std::numbers::sqrt2 / 2) {
    m *= 2;
    --exponent;
  }
  // x = m 2^exponent, m in [1/sqrt 2, sqrt 2); log m = 2 artanh s, |s| < 0.172: the first term left out is below 1e-18.
  const double s = (m - 1) / (m + 1), square = s * s;
  double sum = 0;
  for (int k = 23; k >= 1; k -= 2) sum = sum * square + 1.0 / k;
  return 2 * s * sum + exponent * std::numbers::ln2;
}

std::pair<double, double> sine_and_cosine(double x) {
  // x = quarter pi/2 + r, |r| <= pi/4. Products with the first part, which has 21 bits, are exact.
  constexpr double half_pi = 0x1.921fbp0, rest_of_half_pi = 0x1.5110b4611a626p-22;
  const double quarter = std::nearbyint(x / (std::numbers::pi / 2));
  const double r = (x - quarter * half_pi) - quarter * rest_of_half_pi, square = r * r;
  // Taylor; the first terms left out are below 1e-19.
  double sine = 1, cosine = 1;
  for (int k = 18; k >= 2; k -= 2) {
    sine = 1 - square * sine / (k * (k + 1));
    cosine = 1 - square * cosine / ((k - 1) * k);
  }
  sine *= r;
  switch (static_cast<int>(quarter) % 4) {
    case 0:
      return {sine, cosine};
    case 1:
      return {cosine, -sine};
    case 2:
      return {-sine, -cosine};
    default:
      return {-cosine, sine};
  }
}

}  // namespace engine
