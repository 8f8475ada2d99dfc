/* Proposal and MultiProposal: regions from the anchors of every place of a map.
 *
 *   proposal   probabilities (B, 2A, H, W), the second A of objects; offsets (B, 4A, H, W);
 *              info (B, 3): height, width, scale; anchors (A, 4) of the first place
 *              -> regions (B * count, 5): (image, corners); scores (B * count, 1)
 */
#include "box_rank.h"
#include "box_tasks.h"

/* before, count: how many boxes suppression looks at, and how many are wanted.  is_iou: offsets are
 * those of the corners. */
typedef struct {
  int64_t B, A, H, W, before, count, stride, least, is_iou;
  double threshold;
} proposal_dims;
#define FIELDS "B A H W before count stride least is_iou threshold:d"

#define MX_BODY "proposal_impl.h"
#include "mx_each_float.h"

static int64_t proposal_part(const proposal_dims *d) {
  mx_scratch scratch = {0};
  take_proposal_f32(&scratch, d);
  return scratch.size;
}

static int64_t proposal_scratch(const void *desc) {
  const proposal_dims *d = desc;
  return box_scratch(d->B, proposal_part(d));
}

#define KERNEL(dtype)                                                                        \
  static int proposal_##dtype(const void *desc, void *const *ptr, const mx_scalar *scalars) { \
    const proposal_dims *d = desc;                                                           \
    (void)scalars;                                                                           \
    return box_run(d, ptr, ptr[6], proposal_part(d), d->B, proposal_task_##dtype);           \
  }
KERNEL(f16)
KERNEL(bf16)
KERNEL(f32)
KERNEL(f64)

#define ENTRY(dtype) MX_ENTRY_SCRATCH(proposal, dtype, proposal_scratch, proposal_dims, FIELDS)
const mx_kernel_entry mx_table_proposal[] = {ENTRY(f16), ENTRY(bf16), ENTRY(f32), ENTRY(f64), {0}};
