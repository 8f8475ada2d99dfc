/* Special functions that libm lacks. */
#include "mx_math.h"

/* psi(x): reflection for x < 0, recurrence up to 6, then the asymptotic series
 * (Abramowitz and Stegun, 6.3.5, 6.3.7, 6.3.18). */
double mx_digamma(double x) {
  if (x <= 0 && x == floor(x)) return x == 0 ? -INFINITY : NAN;
  if (x < 0) return mx_digamma(1 - x) - 3.14159265358979323846 / tan(3.14159265358979323846 * x);
  double sum = 0;
  for (; x < 10; x += 1) sum -= 1 / x;
  const double z = 1 / (x * x);
  const double series = z * (1.0 / 12 - z * (1.0 / 120 - z * (1.0 / 252 - z * (1.0 / 240 - z * (
      1.0 / 132 - z * (691.0 / 32760 - z / 12))))));
  return sum + log(x) - 0.5 / x - series;
}

/* psi'(x), likewise (6.4.6, 6.4.7, 6.4.12). */
double mx_trigamma(double x) {
  if (x <= 0 && x == floor(x)) return INFINITY;
  if (x < 0) {
    const double s = 3.14159265358979323846 / sin(3.14159265358979323846 * x);
    return s * s - mx_trigamma(1 - x);
  }
  double sum = 0;
  for (; x < 10; x += 1) sum += 1 / (x * x);
  const double z = 1 / (x * x);
  const double series = z * (1.0 / 6 - z * (1.0 / 30 - z * (1.0 / 42 - z * (1.0 / 30 - z * (
      5.0 / 66 - z * (691.0 / 2730 - z * 7.0 / 6))))));
  return sum + (1 + 0.5 / x + series) / x;
}

double mx_erfinv(double x) {
  const double a = fabs(x);
  if (!(a <= 1)) return NAN;
  if (a == 1) return x * INFINITY;
  if (a <= 0.85) return 0.70710678118654752440 * mx_erfinv_middle(x);
  const double t = sqrt(-log(0.5 * (1 - a)));
  const double y = t <= 5 ? mx_erfinv_side(t) : mx_erfinv_end(t);
  return copysign(0.70710678118654752440 * y, x);
}
