/* box_nms: of boxes that overlap, the one with the highest score stays.
 *
 *   box_nms        x (batch, num, width) -> y alike, rows (batch, num) int64.  y begins with the
 *                  boxes that stay, in the order of their scores; the rest is -1.  rows: where in
 *                  x each came from, or -1.
 *   box_nms_grad   dy, rows -> dx: each row of dy where its box was in x
 */
#include "box_rank.h"
#include "box_tasks.h"

/* id, background: column and value of the classes; id -1: there are none.  at_most: how many
 * boxes are looked at; 0: y is x.  in_center, out_center: boxes are (x, y, width, height). */
typedef struct {
  int64_t batch, num, width, at_most, coord, score, id, background;
  int64_t force, in_center, out_center;
  double overlap, valid;
} box_nms_dims;
#define FIELDS \
  "batch num width at_most coord score id background force in_center out_center overlap:d valid:d"

typedef struct { int64_t batch, num, width; } box_nms_grad_dims;

#define MX_BODY "box_nms_impl.h"
#include "mx_each_float.h"

/* What one task needs: the ranks twice, and the kept boxes. */
static int64_t nms_part(const box_nms_dims *d) {
  mx_scratch scratch = {0};
  mx_take(&scratch, 2 * d->num, sizeof(box_rank));
  take_kept_f32(&scratch, d->num);
  return scratch.size;
}

static int64_t nms_scratch(const void *desc) {
  const box_nms_dims *d = desc;
  return box_scratch(d->batch, nms_part(d));
}

#define KERNEL(dtype)                                                                       \
  static int box_nms_##dtype(const void *desc, void *const *ptr, const mx_scalar *scalars) { \
    const box_nms_dims *d = desc;                                                           \
    (void)scalars;                                                                          \
    return box_run(d, ptr, ptr[3], nms_part(d), d->batch, nms_task_##dtype);                \
  }
KERNEL(f16)
KERNEL(bf16)
KERNEL(f32)
KERNEL(f64)

#define ENTRIES(dtype)                                                    \
  MX_ENTRY_SCRATCH(box_nms, dtype, nms_scratch, box_nms_dims, FIELDS),     \
      MX_ENTRY(box_nms_grad, dtype, box_nms_grad_dims, "batch num width")
const mx_kernel_entry mx_table_box_nms[] = {
    ENTRIES(f16), ENTRIES(bf16), ENTRIES(f32), ENTRIES(f64), {0}};
