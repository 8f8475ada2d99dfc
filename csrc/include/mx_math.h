/* Scalar functions of the pointwise rows.  The float ones are free of branches and calls, so that
 * loops over them become vector code; of the double ones only exp is, the others are libm's.
 * V_(exp) is the quick form. */
#ifndef MX_MATH_H
#define MX_MATH_H
#include <math.h>

#include "mx_dtype.h"

/* A loop over a function that is not inlined stays scalar: 20 times slower. */
#define MX_INLINE static inline __attribute__((always_inline))

/* r of x = n ln 2 + r, |r| <= ln 2 / 2; the last bits of n_bits are those of n. */
MX_INLINE float mx_less_ln2f(float x, uint32_t *n_bits) {
  const float magic = 12582912.0f;                 /* 1.5 * 2^23: adding it rounds to an integer */
  const float shifted = x * 1.44269504f + magic;
  const float n = shifted - magic;
  *n_bits = mx_float_bits(shifted);
  return x - n * 0.693359375f + n * 2.12194440e-4f;
}

/* e^r of this r, by a polynomial. */
MX_INLINE float mx_exp_restf(float x, uint32_t *n_bits) {
  const float r = mx_less_ln2f(x, n_bits);
  float p = 1.9875691500e-4f;
  p = p * r + 1.3981999507e-3f;
  p = p * r + 8.3334519073e-3f;
  p = p * r + 4.1665795894e-2f;
  p = p * r + 1.6666665459e-1f;
  p = p * r + 5.0000001201e-1f;
  return p * r * r + r + 1.0f;
}

/* e^x, scaled twice by powers of 2 so that denormals and infinity come out right.  About 1 ulp. */
MX_INLINE float mx_expf(float x) {
  float t = x > 89.0f ? 89.0f : x;
  t = t < -104.0f ? -104.0f : t;
  uint32_t n;
  const float p = mx_exp_restf(t, &n);
  const uint32_t half = n << 22 & 0xff800000u;     /* n / 2 as an exponent */
  const float scale1 = mx_bits_float(half + 0x3f800000u);
  const float scale2 = mx_bits_float((n << 23) - half + 0x3f800000u);
  return p * scale1 * scale2;
}

/* The same scaled once, for sums with 1: of less than the least normal number it is that. */
MX_INLINE float mx_exp_normalf(float x) {
  float t = x > 89.0f ? 89.0f : x;
  t = t < -87.3f ? -87.3f : t;
  uint32_t n;
  const float p = mx_exp_restf(t, &n);
  return p * mx_bits_float((n << 23) + 0x3f800000u);
}

/* The same with 0 for what is less than the least normal number: nothing subnormal, which some processors
 * multiply a hundred times as slowly. */
MX_INLINE float mx_exp_flushedf(float x) { return x < -87.3f ? 0.0f : mx_exp_normalf(x); }

/* ln x: x = m 2^e with m in [sqrt(1/2), sqrt(2)), a polynomial in m - 1. */
MX_INLINE float mx_logf(float x) {
  const float scaled = x < 1.17549435e-38f ? x * 8388608.0f : x;     /* lift denormals */
  const float lift = x < 1.17549435e-38f ? -23.0f : 0.0f;
  const uint32_t bits = mx_float_bits(scaled) - 0x3f3504f3u;
  const float e = (float)((int32_t)bits >> 23) + lift;
  const float m = mx_bits_float((bits & 0x007fffffu) + 0x3f3504f3u) - 1.0f;
  const float z = m * m;
  float p = 7.0376836292e-2f;
  p = p * m - 1.1514610310e-1f;
  p = p * m + 1.1676998740e-1f;
  p = p * m - 1.2420140846e-1f;
  p = p * m + 1.4249322787e-1f;
  p = p * m - 1.6668057665e-1f;
  p = p * m + 2.0000714765e-1f;
  p = p * m - 2.4999993993e-1f;
  p = p * m + 3.3333331174e-1f;
  float y = p * m * z - 2.12194440e-4f * e - 0.5f * z + m + 0.693359375f * e;
  y = x == INFINITY ? x : y;
  y = x == 0.0f ? -INFINITY : y;
  return x >= 0.0f ? y : NAN;
}

/* ln(1 + x): ln of u = 1 + x, and the digits that u has lost. */
MX_INLINE float mx_log1pf(float x) {
  const float u = 1.0f + x, y = mx_logf(u) + (x - (u - 1.0f)) / u;
  return x == 0.0f || x == INFINITY ? x : u == 0.0f ? -INFINITY : y;
}

/* e^x - 1: a polynomial for e^r - 1, which keeps its digits near 0. */
MX_INLINE float mx_expm1f(float x) {
  float t = x > 89.0f ? 89.0f : x;
  t = t < -18.0f ? -18.0f : t;
  uint32_t n;
  const float r = mx_less_ln2f(t, &n);
  float p = 1.98912031e-4f;
  p = p * r + 1.39413898e-3f;
  p = p * r + 8.33332043e-3f;
  p = p * r + 4.16663506e-2f;
  p = p * r + 1.66666666e-1f;
  p = p * r + 5.00000005e-1f;
  p = p * r * r + r;
  const float half = mx_bits_float((n << 23) + 0x3f000000u);         /* 2^(n - 1) */
  return copysignf(2.0f * (half * p + (half - 0.5f)), x);            /* that of -0 is -0 */
}

/* tanh x: an odd polynomial near 0, else 1 - 2 / (e^2|x| + 1). */
MX_INLINE float mx_tanhf(float x) {
  const float a = x < 0 ? -x : x, z = x * x;
  float p = -5.70498872745e-3f;
  p = p * z + 2.06390887954e-2f;
  p = p * z - 5.37397155531e-2f;
  p = p * z + 1.33314422036e-1f;
  p = p * z - 3.33332819422e-1f;
  const float near = p * z * x + x;
  const float far = 1.0f - 2.0f / (mx_exp_normalf(2.0f * a) + 1.0f);
  return copysignf(a < 0.625f ? near : far, x);
}

/* erf x: near 0, x and x times a polynomial in x^2; else 1 - erfc |x|, whose logarithm is a polynomial.
 * Both fitted for the least relative error: 6e-10 and 2e-9. */
MX_INLINE float mx_erff(float x) {
  const float a = x < 0 ? -x : x, b = a > 4.0f ? 4.0f : a, z = b * b;
  float p = 8.21965888e-5f;
  p = p * z - 8.10704466e-4f;
  p = p * z + 5.19789747e-3f;
  p = p * z - 2.68581453e-2f;
  p = p * z + 1.12836732e-1f;
  p = p * z - 3.76126323e-1f;
  p = p * z + 1.28379167e-1f;
  float q = 1.93574654e-4f;
  q = q * b - 3.02001840e-3f;
  q = q * b + 2.21342239e-2f;
  q = q * b - 1.03738621e-1f;
  q = q * b - 6.37403115e-1f;
  q = q * b - 1.12754376f;
  q = q * b - 2.27783309e-4f;
  const float far = 1.0f - mx_expf(q);
  return a < 0.94f ? p * x + x : copysignf(far, x);
}

/* The nearest integer, halves towards minus infinity, as MXNet rounds. */
static inline float mx_rint_downf(float x) {
  const float low = floorf(x), high = ceilf(x);
  return x - low <= high - x ? low : high;
}
static inline double mx_rint_down(double x) {
  const double low = floor(x), high = ceil(x);
  return x - low <= high - x ? low : high;
}

/* Towards zero; NaN and what does not fit become the least integer, as in MXNet on x86-64. */
static inline int32_t mx_truncate32(double x) {
  return x > -2147483649.0 && x < 2147483648.0 ? (int32_t)x : INT32_MIN;
}
static inline int64_t mx_truncate64(double x) {
  return x >= -0x1p63 && x < 0x1p63 ? (int64_t)x : INT64_MIN;
}
#define MX_TRUNCATE(type, x) \
  ((type)_Generic((type)0, int64_t: mx_truncate64, default: mx_truncate32)(x))

/* mx_expf of doubles; of the polynomial 1e-16 r^2 is missing at most. */
MX_INLINE double mx_exp(double x) {
  const double magic = 6755399441055744.0;         /* 1.5 * 2^52 */
  double t = x > 710.0 ? 710.0 : x;
  t = t < -746.0 ? -746.0 : t;
  const double shifted = t * 1.4426950408889634074 + magic;
  const double n = shifted - magic;
  double r = t - n * 0.6931467056274414;
  r = r - n * 4.749325039031672e-7;
  double p = 2.5100385495510319e-8;
  p = p * r + 2.7620088445409749e-7;
  p = p * r + 2.7557268459997065e-6;
  p = p * r + 2.4801521295954375e-5;
  p = p * r + 1.9841269863053617e-4;
  p = p * r + 1.3888888917213717e-3;
  p = p * r + 8.3333333333300618e-3;
  p = p * r + 4.1666666666624128e-2;
  p = p * r + 1.6666666666666667e-1;
  p = p * r + 5.0000000000000010e-1;
  p = p * r * r + r + 1.0;
  const uint64_t bits = mx_double_bits(shifted), half = bits << 51 & 0xfff0000000000000u;
  const double scale1 = mx_bits_double(half + 0x3ff0000000000000u);
  const double scale2 = mx_bits_double((bits << 52) - half + 0x3ff0000000000000u);
  return p * scale1 * scale2;
}

static inline double mx_log(double x) { return log(x); }
static inline double mx_exp_normal(double x) { return mx_exp(x); }
static inline double mx_exp_flushed(double x) { return x < -708.0 ? 0.0 : mx_exp(x); }
static inline double mx_expm1(double x) { return expm1(x); }
static inline double mx_log1p(double x) { return log1p(x); }
static inline double mx_tanh(double x) { return tanh(x); }
static inline double mx_erf(double x) { return erf(x); }

/* ln(1 + e^x) without overflow; ln(1 + e) keeps the digits that 1 + e loses. */
MX_INLINE float mx_softplusf(float x) {
  const float e = mx_expf(x < 0 ? x : -x), u = 1.0f + e;
  return (x > 0 ? x : (x != x ? x : 0.0f)) + mx_logf(u) + (e - (u - 1.0f)) / u;
}
static inline double mx_softplus(double x) {
  return (x > 0 ? x : (x != x ? x : 0.0)) + log1p(exp(x < 0 ? x : -x));
}

static inline double mx_mish_grad(double x) {
  const double t = tanh(mx_softplus(x));
  return t + x * (1 - t * t) / (1 + exp(-x));
}
static inline float mx_mish_gradf(float x) { return (float)mx_mish_grad(x); }

double mx_digamma(double x);
double mx_trigamma(double x);
double mx_erfinv(double x);
static inline float mx_digammaf(float x) { return (float)mx_digamma(x); }
static inline float mx_trigammaf(float x) { return (float)mx_trigamma(x); }

/* The inverse of erf by the normal quantile, algorithm AS 241 (Wichura, 1988, "The Percentage Points
 * of the Normal Distribution"): of x near 0; near 1 by t = sqrt(-ln((1 - |x|) / 2)), up to 5 and
 * beyond.  All three are times sqrt(2). */
#define EIGHT(x, a0, a1, a2, a3, a4, a5, a6, a7) \
  (((((((((a7) * (x) + (a6)) * (x) + (a5)) * (x) + (a4)) * (x) + (a3)) * (x) + (a2)) * (x) + (a1)) * \
    (x)) + (a0))
MX_INLINE double mx_erfinv_middle(double x) {
  const double q = 0.5 * x, r = 0.180625 - q * q;
  return q *
         EIGHT(r, 3.3871328727963666080e0, 1.3314166789178437745e+2, 1.9715909503065514427e+3,
               1.3731693765509461125e+4, 4.5921953931549871457e+4, 6.7265770927008700853e+4,
               3.3430575583588128105e+4, 2.5090809287301226727e+3) /
         EIGHT(r, 1.0, 4.2313330701600911252e+1, 6.8718700749205790830e+2,
               5.3941960214247511077e+3, 2.1213794301586595867e+4, 3.9307895800092710610e+4,
               2.8729085735721942674e+4, 5.2264952788528545610e+3);
}
MX_INLINE double mx_erfinv_side(double t) {
  const double r = t - 1.6;
  return EIGHT(r, 1.42343711074968357734e0, 4.63033784615654529590e0, 5.76949722146069140550e0,
               3.64784832476320460504e0, 1.27045825245236838258e0, 2.41780725177450611770e-1,
               2.27238449892691845833e-2, 7.74545014278341407640e-4) /
         EIGHT(r, 1.0, 2.05319162663775882187e0, 1.67638483018380384940e0,
               6.89767334985100004550e-1, 1.48103976427480074590e-1, 1.51986665636164571966e-2,
               5.47593808499534494600e-4, 1.05075007164441684324e-9);
}
MX_INLINE double mx_erfinv_end(double t) {
  const double r = t - 5.0;
  return EIGHT(r, 6.65790464350110377720e0, 5.46378491116411436990e0, 1.78482653991729133580e0,
               2.96560571828504891230e-1, 2.65321895265761230930e-2, 1.24266094738807843860e-3,
               2.71155556874348757815e-5, 2.01033439929228813265e-7) /
         EIGHT(r, 1.0, 5.99832206555887937690e-1, 1.36929880922735805310e-1,
               1.48753612908506148525e-2, 7.86869131145613259100e-4, 1.84631831751005468180e-5,
               1.42151175831644588870e-7, 2.04426310338993978564e-15);
}
#undef EIGHT

/* t is at most 4.2 for what float can tell from 1. */
MX_INLINE float mx_erfinvf(float x) {
  const float a = x < 0 ? -x : x, rest = 0.5f * (1.0f - a);
  const float near = (float)(0.70710678118654752440 * mx_erfinv_middle((double)x));
  const double t = sqrt((double)-mx_logf(rest));
  const float far = (float)(0.70710678118654752440 * mx_erfinv_side(t));
  const float y = a <= 0.85f ? near : copysignf(a == 1.0f ? INFINITY : far, x);
  return a <= 1.0f ? y : NAN;
}
#endif
