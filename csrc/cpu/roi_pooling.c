/* Regions cut into bins of whole pixels.
 *
 *   roi_pool          x (N, C, H, W), rois (R, 5) -> y (R, C, PH, PW), the largest value of a bin,
 *                     and where in its plane it is, int64, or -1
 *   roi_pool_grad     dy, rois, places -> dx
 *   psroi_pool        x (N, C', H, W), rois -> y (R, C, PH, PW): means, where bins have channels of
 *                     their own: C' >= C * group^2
 *   psroi_pool_grad   dy, rois -> dx
 */
#include "box_tasks.h"
#include "roi_windows.h"

#define FIELDS "N planes H W R C PH PW group scale:d"

/* The first unit of the next region, or `stop`. */
static inline int64_t next_region(const roi_pool_dims *d, int64_t unit, int64_t stop) {
  const int64_t next = (unit / d->C + 1) * d->C;
  return next < stop ? next : stop;
}

#define MX_BODY "roi_pooling_impl.h"
#include "mx_each_float.h"

static int64_t half_sums(const void *desc) {
  const roi_pool_dims *d = desc;
  const int64_t plane = mx_product(d->H, d->W), planes = mx_product(d->N, d->planes);
  return mx_product(mx_product(plane, planes), sizeof(float));
}

static int64_t no_sums(const void *desc) {
  (void)desc;
  return 0;
}

#define KERNEL(name, dtype, task, scratch, samples)                                     \
  static int name##_##dtype(const void *desc, void *const *ptr, const mx_scalar *scalars) { \
    const roi_pool_dims *d = desc;                                                          \
    (void)scalars;                                                                          \
    return box_run(d, ptr, scratch, 0, samples, task##_##dtype);                            \
  }
#define KERNELS(dtype)                                                    \
  KERNEL(roi_pool, dtype, pool_task, NULL, d->R * d->C)                   \
  KERNEL(roi_pool_grad, dtype, pool_grad_task, ptr[4], d->C)              \
  KERNEL(psroi_pool, dtype, psroi_task, NULL, d->R * d->C)                \
  KERNEL(psroi_pool_grad, dtype, psroi_grad_task, ptr[3], d->C)
KERNELS(f16)
KERNELS(bf16)
KERNELS(f32)
KERNELS(f64)

#define ENTRIES(dtype, sums)                                                     \
  MX_ENTRY(roi_pool, dtype, roi_pool_dims, FIELDS),                              \
      MX_ENTRY_SCRATCH(roi_pool_grad, dtype, sums, roi_pool_dims, FIELDS),       \
      MX_ENTRY(psroi_pool, dtype, roi_pool_dims, FIELDS),                        \
      MX_ENTRY_SCRATCH(psroi_pool_grad, dtype, sums, roi_pool_dims, FIELDS)
const mx_kernel_entry mx_table_roi_pooling[] = {
    ENTRIES(f16, half_sums), ENTRIES(bf16, half_sums), ENTRIES(f32, no_sums),
    ENTRIES(f64, no_sums), {0}};
