/* Boxes in the order of their scores, of which those stay that no better one covers: by a block of threads. */
#ifndef MX_NMS_CUH
#define MX_NMS_CUH
#include "sort.cuh"
#include "mx_order_key.h"

/* The boxes kept so far, a column a corner, then areas and kinds: boxes of other kinds do not matter. */
struct kept_boxes {
  wide *column;
  int64_t room, n;
};
#define KEPT(k, i) kept.column[(k) * kept.room + (i)]

/* Whether a kept box of this kind shares more than `limit` of its union with this one.  pixel: 1 where the right and
 * lower edges are the last pixels inside, else 0.  All threads of the block get the answer. */
static bool is_covered(const kept_boxes &kept, const wide *box, wide area, wide kind, wide limit, wide pixel) {
  bool found = false;
  for (int64_t i = threadIdx.x; i < kept.n; i += blockDim.x) {
    const wide left = KEPT(0, i) > box[0] ? KEPT(0, i) : box[0], top = KEPT(1, i) > box[1] ? KEPT(1, i) : box[1];
    const wide right = KEPT(2, i) < box[2] ? KEPT(2, i) : box[2], low = KEPT(3, i) < box[3] ? KEPT(3, i) : box[3];
    const wide w = right - left + pixel, h = low - top + pixel;
    const wide shared = (w > 0 ? w : 0) * (h > 0 ? h : 0), iou = shared / (KEPT(4, i) + area - shared);
    found |= iou > limit && KEPT(5, i) == kind;
  }
  return __syncthreads_or(found);
}

static void keep_box(kept_boxes &kept, const wide *box, wide area, wide kind) {
  if (threadIdx.x == 0) {
    for (int k = 0; k < 4; k++) KEPT(k, kept.n) = box[k];
    KEPT(4, kept.n) = area;
    KEPT(5, kept.n) = kind;
  }
  kept.n++;
  __syncthreads();
}

/* Two lists of `room` items, and room for so many kept boxes, cut from a block of scratch. */
struct ranking {
  sort_list<uint64_t> first, second;
  kept_boxes kept;
};
enum { RANKING_BYTES = 2 * (8 + 4) + 6 * 8 };      /* an item */

static ranking ranking_at(char *block, int64_t room) {
  uint64_t *keys = (uint64_t *)block;
  uint32_t *places = (uint32_t *)(keys + 2 * room);
  return {{keys, places}, {keys + room, places + room}, {(wide *)(places + 2 * room), room, 0}};
}

static uint64_t key_of_score(double score) { return order_key_f64(score, 0); }
#endif
