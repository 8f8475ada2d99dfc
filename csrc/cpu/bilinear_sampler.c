/* Maps read at places between their pixels, and the places.
 *
 *   bilinear_sampler        x (N, C, H, W), grid (N, 2, OH, OW): x and y in -1..1
 *                           -> y (N, C, OH, OW)
 *   bilinear_sampler_data   dy, grid -> dx
 *   bilinear_sampler_grid   dy, x, grid -> dgrid
 *   affine_grid             matrices (N, 6) -> grid (N, 2, OH, OW)
 *   affine_grid_grad        dgrid -> dmatrices
 *
 * What lies outside a map is 0. */
#include <math.h>
#include <string.h>

#include "mx_kernel.h"
#include "mx_scratch.h"

typedef struct { int64_t N, C, H, W, OH, OW; } sampler_dims;
typedef struct { int64_t N, OH, OW; } grid_dims;

/* SAMPLER_BLOCK: places of a row that are worked out at once; SAMPLER_WORK: ns of a task. */
enum { SAMPLER_BLOCK = 64, SAMPLER_WORK = 1 << 14, SAMPLER_TASKS = 64 };

typedef struct {
  const void *d;
  void *const *ptr;
  int64_t units, tasks;
} sampler_job;

static inline int64_t sampler_begin(const sampler_job *job, int64_t task) {
  return job->units * task / job->tasks;
}

/* Shares out `units` of about `each` ns. */
static int share_out(const void *d, void *const *ptr, int64_t units, int64_t each,
                     void (*task)(void *, int64_t)) {
  const int64_t most = units < SAMPLER_TASKS ? units : SAMPLER_TASKS;
  sampler_job job = {d, ptr, units, mx_task_count(mx_product(units, each), SAMPLER_WORK, most)};
  if (job.tasks > 1) mx_rt->parallel_for(job.tasks, task, &job);
  else task(&job, 0);
  return MX_OK;
}

#define MX_BODY "bilinear_sampler_impl.h"
#include "mx_each_float.h"

static int64_t half_sums(const void *desc) {
  const sampler_dims *d = desc;
  return mx_product(mx_product(mx_product(d->N, d->C), mx_product(d->H, d->W)), sizeof(float));
}

static int64_t no_sums(const void *desc) {
  (void)desc;
  return 0;
}

#define KERNEL(name, dtype, dims, units, each)                                              \
  static int name##_##dtype(const void *desc, void *const *ptr, const mx_scalar *scalars) { \
    const dims *d = desc;                                                                   \
    (void)scalars;                                                                          \
    return share_out(d, ptr, units, each, name##_task_##dtype);                             \
  }
#define KERNELS(dtype)                                                                     \
  KERNEL(bilinear_sampler, dtype, sampler_dims, d->N * d->OH, 4 * d->C * d->OW)            \
  KERNEL(bilinear_sampler_data, dtype, sampler_dims, d->N * d->C, 8 * d->OH * d->OW)       \
  KERNEL(bilinear_sampler_grid, dtype, sampler_dims, d->N * d->OH, 8 * d->C * d->OW)       \
  KERNEL(affine_grid, dtype, grid_dims, 2 * d->N, d->OH * d->OW)                           \
  KERNEL(affine_grid_grad, dtype, grid_dims, 2 * d->N, d->OH * d->OW)
KERNELS(f16)
KERNELS(bf16)
KERNELS(f32)
KERNELS(f64)

#define SAMPLER_FIELDS "N C H W OH OW"
#define ENTRIES(dtype, sums)                                                              \
  MX_ENTRY(bilinear_sampler, dtype, sampler_dims, SAMPLER_FIELDS),                        \
      MX_ENTRY_SCRATCH(bilinear_sampler_data, dtype, sums, sampler_dims, SAMPLER_FIELDS), \
      MX_ENTRY(bilinear_sampler_grid, dtype, sampler_dims, SAMPLER_FIELDS),               \
      MX_ENTRY(affine_grid, dtype, grid_dims, "N OH OW"),                                 \
      MX_ENTRY(affine_grid_grad, dtype, grid_dims, "N OH OW")
const mx_kernel_entry mx_table_bilinear_sampler[] = {
    ENTRIES(f16, half_sums), ENTRIES(bf16, half_sums), ENTRIES(f32, no_sums),
    ENTRIES(f64, no_sums), {0}};
