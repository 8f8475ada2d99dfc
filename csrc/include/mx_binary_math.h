/* Scalar functions of the rows of binary_ops.def. */
#ifndef MX_BINARY_MATH_H
#define MX_BINARY_MATH_H
#include <math.h>
#include <stdint.h>

#include "mx_math.h"

/* Integer division and remainder never trap: by 0 they give 0, and the remainder has b's sign. */
static inline int64_t mx_idiv(int64_t a, int64_t b) {
  return b == 0 ? 0 : b == -1 ? (int64_t)(0 - (uint64_t)a) : a / b;
}
static inline int64_t mx_imod(int64_t a, int64_t b) {
  if (b == 0 || b == -1) return 0;
  const int64_t r = a % b;
  return r != 0 && (r < 0) != (b < 0) ? r + b : r;
}
/* a / b rounded down; 0 where b is 0, as the other divisions of integers. */
static inline int64_t mx_ifloor_div(int64_t a, int64_t b) {
  if (b == 0) return 0;
  if (b == -1) return (int64_t)(0 - (uint64_t)a);
  const int64_t q = a / b;
  return q * b != a && (a < 0) != (b < 0) ? q - 1 : q;
}
static inline int64_t mx_ipow(int64_t a, int64_t b) {
  return mx_truncate64(pow((double)a, (double)b));
}
static inline int64_t mx_ihypot(int64_t a, int64_t b) {
  return mx_truncate64(hypot((double)a, (double)b));
}
static inline double mx_mod(double a, double b) {
  if (b == 0) return 0;
  const double r = fmod(a, b);
  return r != 0 && (r < 0) != (b < 0) ? r + b : r;
}
/* The quotient that belongs to the remainder of mx_mod: 1 // 0.1 is 9, though 1 / 0.1 rounds to 10. */
static inline double mx_floor_div(double a, double b) {
  if (b == 0) return a / b;
  const double r = mx_mod(a, b), q = isinf(b) && isfinite(a) ? (r == a ? 0 : -1) : (a - r) / b;
  const double low = floor(q);
  return q == 0 ? copysign(0.0, a / b) : q - low > 0.5 ? low + 1 : low;
}
static inline float mx_floor_divf(float a, float b) { return (float)mx_floor_div(a, b); }
static inline float mx_modf_(float a, float b) {
  if (b == 0) return 0;
  const float r = fmodf(a, b);
  return r != 0 && (r < 0) != (b < 0) ? r + b : r;
}
#endif
