/* random_uniform, random_normal and random_randint: whole arrays from two parameters. */
#include "mx_random.h"
#include "mx_size.h"

#include "mx_kernel.h"
#include "mx_math.h"

/* output: which pointer is the output, 1 where an array gave the shape and 0 otherwise. */
typedef struct { int64_t n, output; } fill_dims;

typedef struct {
  int64_t n;
  void *y;
  uint64_t seed, stream;
  double a, b;
} fill_job;

enum { FILL_CHUNK = 1 << 14 };   /* a multiple of all group sizes */

static int fill_run(int64_t n, void *y, const mx_scalar *scalars, void (*task)(void *, int64_t)) {
  fill_job job = {n, y, scalars[0].u, scalars[1].u, scalars[2].f, scalars[3].f};
  const int64_t count = mx_ceil_div(n, FILL_CHUNK);
  if (count > 1) mx_rt->parallel_for(count, task, &job);
  else if (count) task(&job, 0);
  return MX_OK;
}

#define MX_BODY "random_fill_rows.h"
#include "mx_each_float.h"

/* low + an integer below high - low, from 64 bits each: the bias is below 2^-32 of one value for
 * ranges within 2^32. */
#define RANDINT(DTYPE, type)                                                                \
  static void randint_task_##DTYPE(void *context, int64_t i) {                              \
    const fill_job *job = context;                                                          \
    const int64_t end = (i + 1) * FILL_CHUNK < job->n ? (i + 1) * FILL_CHUNK : job->n;      \
    const int64_t low = (int64_t)job->a;                                                    \
    const uint64_t range = (uint64_t)(int64_t)job->b - (uint64_t)low;                       \
    uint32_t words[MX_WORDS];                                                               \
    type *y = job->y;                                                                       \
    for (int64_t at = i * FILL_CHUNK; at < end; at += MX_WORDS / 2) {                       \
      mx_philox(job->seed, job->stream, (uint64_t)(at / 2), words);                         \
      for (int64_t k = 0; k < MX_WORDS / 2 && at + k < end; k++) {                          \
        const uint64_t bits = (uint64_t)words[k] << 32 | words[k + MX_WORDS / 2];           \
        y[at + k] = (type)((uint64_t)low + (uint64_t)((unsigned __int128)bits * range >> 64)); \
      }                                                                                     \
    }                                                                                       \
  }                                                                                         \
  static int random_randint_##DTYPE(const void *desc, void *const *ptr,                     \
                                    const mx_scalar *scalars) {                             \
    if (!(scalars[2].f < scalars[3].f)) return MX_BAD_VALUE;                                \
    return fill_run(((const fill_dims *)desc)->n, ptr[0], scalars, randint_task_##DTYPE);   \
  }

RANDINT(i32, int32_t)
RANDINT(i64, int64_t)

#define ENTRY(name, dtype) MX_ENTRY(name, dtype, fill_dims, "n output")
#define FLOATS(name) ENTRY(name, f16), ENTRY(name, bf16), ENTRY(name, f32), ENTRY(name, f64)

const mx_kernel_entry mx_table_random[] = {
    FLOATS(random_uniform), FLOATS(random_normal), ENTRY(random_randint, i32),
    ENTRY(random_randint, i64), {0}};
