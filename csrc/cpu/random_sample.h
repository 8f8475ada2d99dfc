/* One draw from each distribution, in double, from an element's own sequence; NaN for parameters
 * outside its domain. */
#ifndef MX_RANDOM_SAMPLE_H
#define MX_RANDOM_SAMPLE_H
#include "mx_dtype.h"
#include "mx_random.h"

/* Item `at` of an array of parameters; kind: a dtype, in the order of PARAMETER_DTYPES. */
static inline double number_at(const void *values, int64_t kind, int64_t at) {
  switch (kind) {
    case 0: return ((const float *)values)[at];
    case 1: return ((const double *)values)[at];
    case 2: return mx_f16_to_float(((const mx_f16 *)values)[at]);
    case 3: return mx_bf16_to_float(((const mx_bf16 *)values)[at]);
    case 4: return ((const int8_t *)values)[at];
    case 5: return ((const uint8_t *)values)[at];
    case 6: return ((const int32_t *)values)[at];
    default: return (double)((const int64_t *)values)[at];
  }
}

/* out_kind: the dtypes that an index can be stored in, in this order. */
static inline void store_index(void *y, int64_t kind, int64_t at, int64_t index) {
  switch (kind) {
    case 0: ((uint8_t *)y)[at] = (uint8_t)index; break;
    case 1: ((int32_t *)y)[at] = (int32_t)index; break;
    case 2: ((int64_t *)y)[at] = index; break;
    case 3: ((mx_f16 *)y)[at] = mx_float_to_f16((float)index); break;
    case 4: ((float *)y)[at] = (float)index; break;
    default: ((double *)y)[at] = (double)index;
  }
}

static inline double draw_uniform(mx_sequence *s, double low, double high) {
  return low + (high - low) * ((double)(mx_next_u64(s) >> 11) * 0x1p-53);
}

static inline double draw_normal(mx_sequence *s, double loc, double scale) {
  const double radius = sqrt(-2 * log(mx_next_unit(s)));
  return loc + scale * radius * cos(6.283185307179586 * mx_next_unit(s));
}

/* Mean 1 / rate. */
static inline double draw_exponential(mx_sequence *s, double rate, double unused) {
  (void)unused;
  return -log(mx_next_unit(s)) / rate;
}

/* Mean shape * scale.  Marsaglia and Tsang, 2000; below shape 1 by a power of a uniform number. */
static inline double draw_gamma(mx_sequence *s, double shape, double scale) {
  if (shape == 0) return 0;
  if (!(shape > 0 && shape < INFINITY)) return NAN;
  const double boost = shape < 1 ? pow(mx_next_unit(s), 1 / shape) : 1;
  const double d = (shape < 1 ? shape + 1 : shape) - 1.0 / 3, c = 1 / sqrt(9 * d);
  for (;;) {
    const double z = draw_normal(s, 0, 1), t = 1 + c * z;
    if (t <= 0) continue;
    const double v = t * t * t;
    if (log(mx_next_unit(s)) < 0.5 * z * z + d - d * v + d * log(v)) return boost * d * v * scale;
  }
}

/* ln k!, by Stirling's series from 16 on. */
static inline double log_factorial(double k) {
  double x = k + 1, product = 1;
  for (; x < 16; x += 1) product *= x;
  const double z = 1 / (x * x);
  const double series = (1.0 / 12 - z * (1.0 / 360 - z * (1.0 / 1260 - z / 1680))) / x;
  return (x - 0.5) * log(x) - x + 0.9189385332046727 + series - log(product);
}

/* Up to mean 12 by multiplying uniform numbers; above, by Hoermann's transformed rejection
 * (PTRS, 1993). */
static inline double draw_poisson(mx_sequence *s, double mean, double unused) {
  (void)unused;
  if (!(mean >= 0 && mean < 0x1p52)) return NAN;
  if (mean < 12) {
    const double limit = exp(-mean);
    double count = 0;
    for (double product = mx_next_unit(s); product > limit; product *= mx_next_unit(s)) count += 1;
    return count;
  }
  const double b = 0.931 + 2.53 * sqrt(mean), a = -0.059 + 0.02483 * b;
  const double inverse_alpha = 1.1239 + 1.1328 / (b - 3.4), v_r = 0.9277 - 3.6224 / (b - 2);
  for (;;) {
    const double u = mx_next_unit(s) - 0.5, v = mx_next_unit(s), us = 0.5 - fabs(u);
    const double k = floor((2 * a / us + b) * u + mean + 0.43);
    if (us >= 0.07 && v <= v_r) return k;
    if (k < 0 || (us < 0.013 && v > us)) continue;
    if (log(v * inverse_alpha / (a / (us * us) + b)) <= k * log(mean) - mean - log_factorial(k))
      return k;
  }
}

/* Failures before k successes of probability p: a Poisson number of gamma distributed mean. */
static inline double draw_negative_binomial(mx_sequence *s, double k, double p) {
  if (p == 1) return 0;
  return draw_poisson(s, draw_gamma(s, k, (1 - p) / p), 0);
}

/* Mean mu, variance mu + alpha mu^2. */
static inline double draw_generalized_negative_binomial(mx_sequence *s, double mu, double alpha) {
  if (alpha == 0 || mu == 0) return draw_poisson(s, mu, 0);
  return draw_poisson(s, draw_gamma(s, 1 / alpha, alpha * mu), 0);
}
#endif
