/* Single-shot detection: what anchors should predict, and what they do.
 *
 *   multibox_target      anchors (A, 4), labels (B, L, W): (class, corners, ...), until class -1;
 *                        scores (B, K, A), K classes with the background first
 *                        -> targets, masks (B, A * 4), classes (B, A)
 *   multibox_detection   probabilities (B, K, A), offsets (B, A * 4), anchors (A, 4)
 *                        -> (B, A, 6): (class, probability, corners); class -1: none
 */
#include "box_rank.h"
#include "box_tasks.h"

/* ratio: negatives for each positive; 0 or less: all are. */
typedef struct {
  int64_t B, A, L, W, K, least;
  double overlap, ignored, ratio, negative, variance[4];
} target_dims;
#define TARGET_FIELDS                                                            \
  "B A L W K least overlap:d ignored:d ratio:d negative:d variance0:d variance1:d " \
  "variance2:d variance3:d"

/* suppress: whether boxes suppress others; at_most: how many do, 0: all. */
typedef struct {
  int64_t B, K, A, clip, suppress, force, at_most;
  double threshold, overlap, variance[4];
} detection_dims;
#define DETECTION_FIELDS                                                          \
  "B K A clip suppress force at_most threshold:d overlap:d variance0:d variance1:d " \
  "variance2:d variance3:d"

/* What an anchor is: positive (the number of its label), or one of these. */
enum { IGNORED = -1, NEGATIVE = -2 };

#define MX_BODY "multibox_target_impl.h"
#include "mx_each_float.h"
#undef MX_BODY
#define MX_BODY "multibox_detection_impl.h"
#include "mx_each_float.h"

static int64_t target_part(const target_dims *d) {
  mx_scratch scratch = {0};
  take_target_f32(&scratch, d);
  return scratch.size;
}

static int64_t target_scratch(const void *desc) {
  const target_dims *d = desc;
  return box_scratch(d->B, target_part(d));
}

static int64_t detection_part(const detection_dims *d) {
  mx_scratch scratch = {0};
  take_detection_f32(&scratch, d);
  return scratch.size;
}

static int64_t detection_scratch(const void *desc) {
  const detection_dims *d = desc;
  return box_scratch(d->B, detection_part(d));
}

#define KERNELS(dtype)                                                                         \
  static int multibox_target_##dtype(const void *desc, void *const *ptr,                       \
                                     const mx_scalar *scalars) {                               \
    const target_dims *d = desc;                                                               \
    (void)scalars;                                                                             \
    return box_run(d, ptr, ptr[6], target_part(d), d->B, target_task_##dtype);                 \
  }                                                                                            \
  static int multibox_detection_##dtype(const void *desc, void *const *ptr,                    \
                                        const mx_scalar *scalars) {                            \
    const detection_dims *d = desc;                                                            \
    (void)scalars;                                                                             \
    return box_run(d, ptr, ptr[4], detection_part(d), d->B, detection_task_##dtype);           \
  }
KERNELS(f16)
KERNELS(bf16)
KERNELS(f32)
KERNELS(f64)

#define ENTRIES(dtype)                                                                          \
  MX_ENTRY_SCRATCH(multibox_target, dtype, target_scratch, target_dims, TARGET_FIELDS),         \
      MX_ENTRY_SCRATCH(multibox_detection, dtype, detection_scratch, detection_dims,            \
                       DETECTION_FIELDS)
const mx_kernel_entry mx_table_multibox[] = {
    ENTRIES(f16), ENTRIES(bf16), ENTRIES(f32), ENTRIES(f64), {0}};
