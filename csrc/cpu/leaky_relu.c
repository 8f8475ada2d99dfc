/* The activations of LeakyReLU, and their gradients. */
#include "half.h"
#include "mx_kernel.h"
#include "mx_math.h"
#include "mx_size.h"

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
  const int64_t count = mx_ceil_div(job.size, LEAKY_CHUNK);
  if (count > 2) mx_rt->parallel_for(count, leaky_chunk, &job);
  else for (int64_t i = 0; i < count; i++) leaky_chunk(&job, i);
  return MX_OK;
}

#include "leaky_relu_rows.h"

#define EXP(x) _Generic((wide)0, float: mx_expf, double: mx_exp)(x)
#define EXPM1(x) _Generic((wide)0, float: mx_expm1f, double: expm1)(x)
#define NORMAL_CDF(x) _Generic((wide)0, float: leaky_normal_cdff, double: leaky_normal_cdf)(x)

#define MX_BODY "leaky_relu_impl.h"
#include "mx_each_float.h"

#define FIELDS "N C S has_gamma slope:d"
#define ENTRIES(name, dtype) \
  MX_ENTRY(name, dtype, leaky_dims, FIELDS), MX_ENTRY(grad_##name, dtype, leaky_dims, FIELDS),
#define FLOATS(name, f, df) \
  ENTRIES(name, f16) ENTRIES(name, bf16) ENTRIES(name, f32) ENTRIES(name, f64)

const mx_kernel_entry mx_table_leaky_relu[] = {LEAKY_ROWS(FLOATS) {0}};
