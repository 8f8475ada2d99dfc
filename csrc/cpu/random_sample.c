/* Samplers that need their own sequence for each element, multinomial draws, and shuffling. */
#include "random_sample.h"

#include <string.h>

#include "mx_dtype.h"
#include "mx_kernel.h"
#include "mx_scratch.h"
#include "mx_size.h"

/* n outputs; `per` outputs for each element of the `count` parameter arrays, of this kind,
 * which come first in ptr; per == 0: the parameters are scalars 2 and 3.  output: which pointer. */
typedef struct { int64_t n, per, count, kind, output; } sample_dims;
typedef struct { int64_t rows, classes, draws, has_log, out_kind; } multinomial_dims;
#define MULTINOMIAL_FIELDS "rows classes draws has_log out_kind"
typedef struct { int64_t rows, row_bytes; } shuffle_dims;

typedef struct {
  const sample_dims *d;
  void *const *ptr;
  const mx_scalar *scalars;
  void *y;
} sample_job;

enum { SAMPLE_CHUNK = 1 << 9 };

static inline double sample_parameter(const sample_job *job, int64_t which, int64_t k) {
  if (!job->d->per) return job->scalars[2 + which].f;
  if (which >= job->d->count) return 0;
  const int64_t at = k / job->d->per;
  const void *values = job->ptr[which];
  return number_at(values, job->d->kind, at);
}

static int sample_run(const sample_dims *d, void *const *ptr, const mx_scalar *scalars,
                      void (*task)(void *, int64_t)) {
  sample_job job = {d, ptr, scalars, ptr[d->output]};
  const int64_t count = mx_ceil_div(d->n, SAMPLE_CHUNK);
  if (count > 1) mx_rt->parallel_for(count, task, &job);
  else if (count) task(&job, 0);
  return MX_OK;
}

#define MX_BODY "random_sample_impl.h"
#include "mx_each_float.h"

/* Items, or the numbers of rows, in a random order (Fisher and Yates). */
#define SHUFFLE(T)                                                                    \
  static void shuffle_##T(T *items, int64_t count, const mx_scalar *scalars) {        \
    mx_sequence sequence = mx_sequence_at(scalars[0].u, scalars[1].u, 0);             \
    for (int64_t i = count - 1; i > 0; i--) {                                         \
      const unsigned __int128 bits = mx_next_u64(&sequence);                          \
      const int64_t other = (int64_t)(bits * (uint64_t)(i + 1) >> 64);                \
      const T kept = items[i];                                                        \
      items[i] = items[other];                                                        \
      items[other] = kept;                                                            \
    }                                                                                 \
  }
SHUFFLE(uint32_t)
SHUFFLE(uint64_t)

static int64_t shuffle_scratch(const void *desc) {
  const shuffle_dims *d = desc;
  return d->row_bytes == 4 || d->row_bytes == 8 ? 0 : mx_product(d->rows, sizeof(uint64_t));
}

/* data -> out: the rows in a random order. */
static int shuffle_rows_bytes(const void *desc, void *const *ptr, const mx_scalar *scalars) {
  const shuffle_dims *d = desc;
  const char *data = ptr[0];
  char *out = ptr[1];
  if (d->row_bytes == 4 || d->row_bytes == 8) {
    memmove(out, data, (size_t)(d->rows * d->row_bytes));
    if (d->row_bytes == 4) shuffle_uint32_t(ptr[1], d->rows, scalars);
    else shuffle_uint64_t(ptr[1], d->rows, scalars);
    return MX_OK;
  }
  uint64_t *order = ptr[2];
  for (int64_t row = 0; row < d->rows; row++) order[row] = (uint64_t)row;
  shuffle_uint64_t(order, d->rows, scalars);
  for (int64_t row = 0; row < d->rows; row++)
    memcpy(out + row * d->row_bytes, data + (int64_t)order[row] * d->row_bytes,
           (size_t)d->row_bytes);
  return MX_OK;
}

#define SAMPLE(name, dtype) \
  MX_ENTRY(sample_##name, dtype, sample_dims, "n per count kind output")
#define SAMPLES(dtype)                                                                \
  SAMPLE(uniform, dtype), SAMPLE(normal, dtype), SAMPLE(exponential, dtype),          \
      SAMPLE(gamma, dtype), SAMPLE(poisson, dtype), SAMPLE(negative_binomial, dtype), \
      SAMPLE(generalized_negative_binomial, dtype),                                   \
      MX_ENTRY_SCRATCH(sample_multinomial, dtype, sample_multinomial_scratch_##dtype, \
                       multinomial_dims, MULTINOMIAL_FIELDS)

const mx_kernel_entry mx_table_random_sample[] = {
    SAMPLES(f16), SAMPLES(bf16), SAMPLES(f32), SAMPLES(f64),
    MX_ENTRY_SCRATCH(shuffle_rows, bytes, shuffle_scratch, shuffle_dims, "rows row_bytes"), {0}};
