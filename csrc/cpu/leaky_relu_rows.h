/* The formulas of LeakyReLU's activations and their gradients, for the CPU and the GPU. */
#include "mx_math.h"

/* Klambauer et al., 2017: these constants make mean 0 and variance 1 a fixed point. */
#define SELU_SCALE (wide)1.0507009873554804934193349852946
#define SELU_SLOPE (wide)(1.0507009873554804934193349852946 * 1.6732632423543772848170429916717)

/* The normal distribution's function: e^(-x^2/2) times a polynomial in 1 / (1 + 0.3 |x| / sqrt 2),
 * fitted to 2e-8 on the side where that is small; about 2e-7 in float. */
MX_INLINE float leaky_normal_cdff(float x) {
  const float t = 1.0f / (1.0f + 0.212132034f * (x < 0 ? -x : x));
  float p = -1.295227678e-1f;
  p = p * t + 4.855625509e-1f;
  p = p * t - 5.122767408e-1f;
  p = p * t + 5.477185041e-1f;
  p = p * t - 9.464968509e-2f;
  p = p * t + 2.149256206e-1f;
  p = p * t + 1.483392809e-1f;
  p = p * t + 1.707152116e-1f;
  p = p * t + 1.691880061e-1f;
  const float tail = 0.5f * p * t * mx_expf(-0.5f * x * x);
  return x < 0 ? tail : 1.0f - tail;
}
static inline double leaky_normal_cdf(double x) {
  return 0.5 * erfc(x * -0.70710678118654752440);
}
#define NORMAL_PDF(x) ((wide)0.39894228040143267794 * EXP((wide)-0.5 * x * x))

/* ROW(name, f, df): formulas of x and the slope s, by the functions EXP, EXPM1 and NORMAL_CDF of their
 * type. */
#define LEAKY_ROWS(ROW)                                                          \
  ROW(leaky, x > 0 ? x : s * x, x > 0 ? 1 : s)                                   \
  ROW(elu, x > 0 ? x : s * EXPM1(x), x > 0 ? 1 : s * EXP(x))                     \
  ROW(selu, x > 0 ? x * SELU_SCALE : SELU_SLOPE * EXPM1(x),                      \
      x > 0 ? SELU_SCALE : SELU_SLOPE * EXP(x))                                  \
  ROW(gelu, x * NORMAL_CDF(x), NORMAL_CDF(x) + x * NORMAL_PDF(x))
