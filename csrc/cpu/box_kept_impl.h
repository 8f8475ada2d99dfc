/* Boxes that suppress others, one dtype: the ones that were kept so far, a column a corner. */

typedef struct {
  wide *x1, *y1, *x2, *y2, *area, *kind;   /* kind: boxes of other kinds do not matter */
  int64_t n;
} FN(kept_boxes);

/* Room for n boxes, in doubles, so that it does not depend on the dtype. */
static inline FN(kept_boxes) FN(take_kept)(mx_scratch *scratch, int64_t n) {
  double *block = mx_take(scratch, KEPT_COLUMNS * n, sizeof *block);
  wide *column[KEPT_COLUMNS];
  for (int i = 0; i < KEPT_COLUMNS; i++) column[i] = block ? (wide *)(block + i * n) : NULL;
  return (FN(kept_boxes)){column[0], column[1], column[2], column[3], column[4], column[5], 0};
}

static inline void FN(keep_box)(FN(kept_boxes) *kept, const wide *box, wide area, wide kind) {
  const int64_t n = kept->n++;
  kept->x1[n] = box[0];
  kept->y1[n] = box[1];
  kept->x2[n] = box[2];
  kept->y2[n] = box[3];
  kept->area[n] = area;
  kept->kind[n] = kind;
}

/* Whether a kept box of this kind shares more than `limit` of its union with this one.  pixel: 1
 * where the right and lower edges are the last pixels inside, else 0. */
static inline int FN(is_covered)(const FN(kept_boxes) *kept, const wide *box, wide area, wide kind,
                                 wide limit, wide pixel) {
  const wide x1 = box[0], y1 = box[1], x2 = box[2], y2 = box[3];
  for (int64_t begin = 0; begin < kept->n; begin += KEPT_BLOCK) {
    const int64_t end = begin + KEPT_BLOCK < kept->n ? begin + KEPT_BLOCK : kept->n;
    int found = 0;
    for (int64_t k = begin; k < end; k++) {
      const wide left = kept->x1[k] > x1 ? kept->x1[k] : x1;
      const wide top = kept->y1[k] > y1 ? kept->y1[k] : y1;
      const wide right = kept->x2[k] < x2 ? kept->x2[k] : x2;
      const wide bottom = kept->y2[k] < y2 ? kept->y2[k] : y2;
      const wide w = right - left + pixel, h = bottom - top + pixel;
      const wide shared = (w > 0 ? w : 0) * (h > 0 ? h : 0);
      const wide iou = shared / (kept->area[k] + area - shared);
      found |= (iou > limit) & (kept->kind[k] == kind);
    }
    if (found) return 1;
  }
  return 0;
}
