/* The activations of LeakyReLU, and their gradients. */
#include "half.h"
#include "mx_kernel.h"
#include "mx_math.h"

/* data (N, C, S); slopes: (C), the second input, if has_gamma, else `slope`. */
typedef struct {
  int64_t N, C, S, has_gamma;
  double slope;
} leaky_dims;

/* n neighbours; step 1: a slope for each of them, step 0: one for all.  dy: in gradients only. */
typedef void (*leaky_line)(const void *dy, const void *x, const void *slope, void *out, int64_t n,
                           int64_t step);

typedef struct {
  const leaky_dims *d;
  leaky_line line;
  const char *dy, *x, *slope;
  char *out;
  int64_t size, itemsize;
} leaky_job;

enum { LEAKY_CHUNK = 1 << 14 };

static void leaky_chunk(void *context, int64_t chunk) {
  const leaky_job *job = context;
  const leaky_dims *d = job->d;
  int64_t i = chunk * LEAKY_CHUNK;
  const int64_t end = i + LEAKY_CHUNK < job->size ? i + LEAKY_CHUNK : job->size;
  while (i < end) {
    const int64_t channel = i / d->S % d->C, byte = i * job->itemsize;
    int64_t n = d->S == 1 ? d->C - channel : d->S - i % d->S;
    if (n > end - i) n = end - i;
    job->line(job->dy ? job->dy + byte : NULL, job->x + byte,
              job->slope + channel * job->itemsize, job->out + byte, n, d->S == 1);
    i += n;
  }
}

/* ptr: [dy] data [gamma] out */
static int leaky_run(const leaky_dims *d, void *const *ptr, const void *slope, int is_grad,
                     int64_t itemsize, leaky_line line) {
  const int64_t last = is_grad + 1 + d->has_gamma;
  leaky_job job = {d, line, is_grad ? ptr[0] : NULL, ptr[is_grad],
                   d->has_gamma ? ptr[is_grad + 1] : slope, ptr[last], d->N * d->C * d->S,
                   itemsize};
  const int64_t count = (job.size + LEAKY_CHUNK - 1) / LEAKY_CHUNK;
  if (count > 2) mx_rt->parallel_for(count, leaky_chunk, &job);
  else for (int64_t i = 0; i < count; i++) leaky_chunk(&job, i);
  return MX_OK;
}

/* e^x - 1 for x <= 0, with all its digits near 0. */
MX_INLINE float leaky_expm1f(float x) {
  const float t = mx_tanhf(0.5f * x);
  return 2.0f * t / (1.0f - t);
}

#define EXP(x) _Generic((wide)0, float: mx_expf, double: mx_exp)(x)
#define EXPM1(x) _Generic((wide)0, float: leaky_expm1f, double: expm1)(x)

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
#define NORMAL_CDF(x) _Generic((wide)0, float: leaky_normal_cdff, double: leaky_normal_cdf)(x)
#define NORMAL_PDF(x) ((wide)0.39894228040143267794 * EXP((wide)-0.5 * x * x))

/* ROW(name, f, df): formulas of x and the slope s. */
#define LEAKY_ROWS(ROW)                                                          \
  ROW(leaky, x > 0 ? x : s * x, x > 0 ? 1 : s)                                   \
  ROW(elu, x > 0 ? x : s * EXPM1(x), x > 0 ? 1 : s * EXP(x))                     \
  ROW(selu, x > 0 ? x * SELU_SCALE : SELU_SLOPE * EXPM1(x),                      \
      x > 0 ? SELU_SCALE : SELU_SLOPE * EXP(x))                                  \
  ROW(gelu, x * NORMAL_CDF(x), NORMAL_CDF(x) + x * NORMAL_PDF(x))

#define MX_BODY "leaky_relu_impl.h"
#include "mx_each_float.h"

#define FIELDS "N C S has_gamma slope:d"
#define ENTRIES(name, dtype) \
  MX_ENTRY(name, dtype, leaky_dims, FIELDS), MX_ENTRY(grad_##name, dtype, leaky_dims, FIELDS),
#define FLOATS(name, f, df) \
  ENTRIES(name, f16) ENTRIES(name, bf16) ENTRIES(name, f32) ENTRIES(name, f64)

const mx_kernel_entry mx_table_leaky_relu[] = {LEAKY_ROWS(FLOATS) {0}};
