/* DeformablePSROIPooling, whose bins move; and RROIAlign, whose regions are turned.
 *
 *   roi_deformable          x (N, planes, H, W), rois (R, 5)[, moves (R, 2 * classes, part, part)]
 *                       -> y (R, C, P, P): means of bilinear samples; plane as in psroi_pool
 *   roi_deformable_data     dy, x, rois[, moves] -> dx
 *   roi_deformable_moves    dy, x, rois, moves -> dmoves
 *   rroi_align          x (N, C, H, W), rois (R, 6): (image, x, y, w, h, degrees)
 *                       -> y (R, C, PH, PW)
 */
#include "box_tasks.h"
#include "roi_moved.h"

#define FIELDS "N planes H W R C P group part samples classes has_moves scale:d deviation:d"

/* Channels that a sample's place is worked out for at once. */
enum { TURNED_CHANNELS = 32 };

#define MX_BODY "roi_deformable_impl.h"
#include "mx_each_float.h"
#undef MX_BODY
#define MX_BODY "rroi_align_impl.h"
#include "mx_each_float.h"

static int64_t half_sums(const void *desc) {
  const roi_deformable_dims *d = desc;
  const int64_t plane = mx_product(d->H, d->W), planes = mx_product(d->N, d->planes);
  return mx_product(mx_product(plane, planes), sizeof(float));
}

static int64_t no_sums(const void *desc) {
  (void)desc;
  return 0;
}

#define KERNEL(name, dtype, dims, scratch, count)                                           \
  static int name##_##dtype(const void *desc, void *const *ptr, const mx_scalar *scalars) { \
    const dims *d = desc;                                                                   \
    (void)scalars;                                                                          \
    return box_run(d, ptr, scratch, 0, count, name##_task_##dtype);                         \
  }
#define KERNELS(dtype)                                                                \
  KERNEL(roi_deformable, dtype, roi_deformable_dims, NULL, d->R * d->C)                       \
  KERNEL(roi_deformable_data, dtype, roi_deformable_dims, ptr[4 + d->has_moves], d->C)        \
  KERNEL(roi_deformable_moves, dtype, roi_deformable_dims, NULL, d->R)                        \
  KERNEL(rroi_align, dtype, rroi_dims, NULL, d->R)
KERNELS(f16)
KERNELS(bf16)
KERNELS(f32)
KERNELS(f64)

#define ENTRIES(dtype, sums)                                                          \
  MX_ENTRY(roi_deformable, dtype, roi_deformable_dims, FIELDS),                               \
      MX_ENTRY_SCRATCH(roi_deformable_data, dtype, sums, roi_deformable_dims, FIELDS),        \
      MX_ENTRY(roi_deformable_moves, dtype, roi_deformable_dims, FIELDS),                     \
      MX_ENTRY(rroi_align, dtype, rroi_dims, "N C H W R PH PW ratio scale:d")
const mx_kernel_entry mx_table_roi_deformable[] = {
    ENTRIES(f16, half_sums), ENTRIES(bf16, half_sums), ENTRIES(f32, no_sums),
    ENTRIES(f64, no_sums), {0}};
