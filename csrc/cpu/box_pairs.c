/* Overlaps of boxes, offsets from anchors, and pairs.
 *
 *   box_iou      lhs (M, 4), rhs (N, 4) -> y (M, N): the shared part of the union
 *   box_encode   samples, matches (B, N), anchors (B, N, 4), refs (B, M, 4), means, stds (4)
 *                -> targets, masks (B, N, 4)
 *   box_decode   x (B, N, 4), anchors (N, 4) -> y (B, N, 4): corners
 *   bipartite    scores (B, M, N) -> column of each row (B, M), row of each column (B, N), or -1
 */
#include "box_rank.h"
#include "box_tasks.h"

typedef struct { int64_t M, N, center; } box_iou_dims;
typedef struct { int64_t B, N, M; } box_encode_dims;
/* corner: whether anchors are corners; clip: the most that a logarithm may be, if above 0. */
typedef struct {
  int64_t B, N, corner;
  double std[4], clip;
} box_decode_dims;
#define DECODE_FIELDS "B N corner std0:d std1:d std2:d std3:d clip:d"
/* at_most: how many pairs; -1: any number. */
typedef struct {
  int64_t B, M, N, is_ascend, at_most;
  double threshold;
} bipartite_dims;

/* PAIR_GROUP: ns of a task; IOU_BLOCK: boxes whose overlaps with one are computed at once. */
enum { PAIR_GROUP = 1 << 13, IOU_BLOCK = 64 };

static inline int64_t pair_tasks(int64_t items, int64_t each) {
  return mx_task_count(items * each, PAIR_GROUP, items < 64 ? items : 64);
}

#define MX_BODY "box_pairs_impl.h"
#include "mx_each_float.h"

static int64_t bipartite_part(const bipartite_dims *d) {
  return mx_product(mx_product(d->M, d->N), 2 * (int64_t)sizeof(box_rank));
}

static int64_t bipartite_scratch(const void *desc) {
  const bipartite_dims *d = desc;
  return box_scratch(d->B, bipartite_part(d));
}

#define KERNEL(dtype)                                                                         \
  static int bipartite_##dtype(const void *desc, void *const *ptr, const mx_scalar *scalars) { \
    const bipartite_dims *d = desc;                                                           \
    (void)scalars;                                                                            \
    return box_run(d, ptr, ptr[3], bipartite_part(d), d->B, bipartite_task_##dtype);          \
  }
KERNEL(f16)
KERNEL(bf16)
KERNEL(f32)
KERNEL(f64)

#define ENTRIES(dtype)                                                                \
  MX_ENTRY(box_iou, dtype, box_iou_dims, "M N center"),                               \
      MX_ENTRY(box_encode, dtype, box_encode_dims, "B N M"),                          \
      MX_ENTRY(box_decode, dtype, box_decode_dims, DECODE_FIELDS),                    \
      MX_ENTRY_SCRATCH(bipartite, dtype, bipartite_scratch, bipartite_dims,           \
                       "B M N is_ascend at_most threshold:d")
const mx_kernel_entry mx_table_box_pairs[] = {
    ENTRIES(f16), ENTRIES(bf16), ENTRIES(f32), ENTRIES(f64), {0}};
