/* Arrays made from nothing: one value, the unit matrix, a range of numbers. */
#include <string.h>

#include "mx_dtype.h"
#include "mx_kernel.h"

enum { GRAIN = 1 << 15, MOST_TASKS = 64 };

typedef struct { int64_t n, item, value, output; } fill_dims;     /* value: the item's bits;
                                                                    * output: which pointer */
typedef struct { int64_t N, M, k, item, one; } eye_dims;          /* one: the bits of 1 */
typedef struct { int64_t n, repeat; double start, step; } arange_dims;

/* y[begin, end) = the item with these bits. */
static void fill_items(void *y, int64_t item, int64_t value, int64_t begin, int64_t end) {
  if (value == 0 || item == 1) {
    memset((char *)y + begin * item, (int)(value & 0xff), (size_t)((end - begin) * item));
  } else if (item == 2) {
    for (int64_t i = begin; i < end; i++) ((uint16_t *)y)[i] = (uint16_t)value;
  } else if (item == 4) {
    for (int64_t i = begin; i < end; i++) ((uint32_t *)y)[i] = (uint32_t)value;
  } else {
    for (int64_t i = begin; i < end; i++) ((uint64_t *)y)[i] = (uint64_t)value;
  }
}

typedef struct { void *y; int64_t n, item, value, num_tasks; } fill_job;

static void fill_task(void *context, int64_t i) {
  const fill_job *job = context;
  fill_items(job->y, job->item, job->value, job->n * i / job->num_tasks,
             job->n * (i + 1) / job->num_tasks);
}

static void fill_all(void *y, int64_t n, int64_t item, int64_t value) {
  fill_job job = {y, n, item, value, mx_task_count(n, GRAIN, MOST_TASKS)};
  if (n && job.num_tasks == 1) fill_task(&job, 0);
  else if (n) mx_rt->parallel_for(job.num_tasks, fill_task, &job);
}

static int fill_bytes(const void *desc, void *const *ptr, const mx_scalar *scalars) {
  (void)scalars;
  const fill_dims *d = desc;
  fill_all(ptr[d->output], d->n, d->item, d->value);
  return MX_OK;
}

/* y (N, M): 1 where column - row = k. */
static int eye_bytes(const void *desc, void *const *ptr, const mx_scalar *scalars) {
  (void)scalars;
  const eye_dims *d = desc;
  fill_all(ptr[0], d->N * d->M, d->item, 0);
  for (int64_t n = d->k < 0 ? -d->k : 0; n < d->N && n + d->k < d->M; n++)
    fill_items(ptr[0], d->item, d->one, n * d->M + n + d->k, n * d->M + n + d->k + 1);
  return MX_OK;
}

/* y[i] = start + (i / repeat) * step, every step rounded to the dtype as MXNet does: two passes,
 * so that the compiler cannot contract them into one fused operation. */
#define ARANGE(dtype, T, real, LOAD, STORE)                                                     \
  static int arange_##dtype(const void *desc, void *const *ptr, const mx_scalar *scalars) {     \
    (void)scalars;                                                                              \
    const arange_dims *d = desc;                                                                \
    const real start = LOAD(STORE((real)d->start)), step = LOAD(STORE((real)d->step));          \
    T *y = ptr[0];                                                                              \
    if (d->repeat == 1)                                                                         \
      for (int64_t i = 0; i < d->n; i++) y[i] = STORE(LOAD(STORE((real)i)) * step);             \
    else                                                                                        \
      for (int64_t i = 0; i < d->n; i++)                                                        \
        y[i] = STORE(LOAD(STORE((real)(i / d->repeat))) * step);                                \
    if (d->start != 0)                                                                          \
      for (int64_t i = 0; i < d->n; i++) y[i] = STORE(start + LOAD(y[i]));                      \
    return MX_OK;                                                                               \
  }
/* y[i] = start + i * step in float64, rounded once. */
#define LINSPACE(dtype, T, STORE)                                                               \
  static int linspace_##dtype(const void *desc, void *const *ptr, const mx_scalar *scalars) {   \
    (void)scalars;                                                                              \
    const arange_dims *d = desc;                                                                \
    for (int64_t i = 0; i < d->n; i++) ((T *)ptr[0])[i] = STORE(d->start + (double)i * d->step); \
    return MX_OK;                                                                               \
  }
#define SAME(x) (x)
#define NARROW_i8(x) ((int8_t)(int64_t)(x))
#define NARROW_u8(x) ((uint8_t)(int64_t)(x))
#define NARROW_i32(x) ((int32_t)(int64_t)(x))

ARANGE(f16, mx_f16, float, mx_f16_to_float, mx_float_to_f16)
ARANGE(bf16, mx_bf16, float, mx_bf16_to_float, mx_float_to_bf16)
ARANGE(f32, float, float, SAME, SAME)
ARANGE(f64, double, double, SAME, SAME)
ARANGE(i8, int8_t, int64_t, SAME, NARROW_i8)
ARANGE(u8, uint8_t, int64_t, SAME, NARROW_u8)
ARANGE(i32, int32_t, int64_t, SAME, NARROW_i32)
ARANGE(i64, int64_t, int64_t, SAME, SAME)

#define DOUBLE_f16(x) mx_float_to_f16((float)(x))
#define DOUBLE_bf16(x) mx_float_to_bf16((float)(x))

LINSPACE(f16, mx_f16, DOUBLE_f16)
LINSPACE(bf16, mx_bf16, DOUBLE_bf16)
LINSPACE(f32, float, (float))
LINSPACE(f64, double, SAME)
LINSPACE(i8, int8_t, NARROW_i8)
LINSPACE(u8, uint8_t, NARROW_u8)
LINSPACE(i32, int32_t, NARROW_i32)
LINSPACE(i64, int64_t, (int64_t))

#define ARANGE_ENTRY(dtype) MX_ENTRY(arange, dtype, arange_dims, "n repeat start:d step:d")
#define LINSPACE_ENTRY(dtype) MX_ENTRY(linspace, dtype, arange_dims, "n repeat start:d step:d")

const mx_kernel_entry mx_table_fill[] = {
    MX_ENTRY(fill, bytes, fill_dims, "n item value output"),
    MX_ENTRY(eye, bytes, eye_dims, "N M k item one"),
    ARANGE_ENTRY(f16), ARANGE_ENTRY(bf16), ARANGE_ENTRY(f32), ARANGE_ENTRY(f64),
    ARANGE_ENTRY(i8), ARANGE_ENTRY(u8), ARANGE_ENTRY(i32), ARANGE_ENTRY(i64),
    LINSPACE_ENTRY(f16), LINSPACE_ENTRY(bf16), LINSPACE_ENTRY(f32), LINSPACE_ENTRY(f64),
    LINSPACE_ENTRY(i8), LINSPACE_ENTRY(u8), LINSPACE_ENTRY(i32), LINSPACE_ENTRY(i64), {0}};
