/* The body of row_finish.c for one dtype. */

enum { FN(LANES) = VECTOR_BYTES / sizeof(real) };
typedef real FN(vec) __attribute__((vector_size(VECTOR_BYTES), aligned(sizeof(real)), may_alias));

#include "row_finish_bounds.h"

/* Row by row, vectors and then the rest, for each set of steps. */
#define LOOP(type, step, bound) \
  for (; i + step <= part->count; i += step) { \
    type v = *(const type *)(x + i); \
    if (normed) v = (v - mean) * factor + shift; \
    if (summed) v += *(const type *)(z + i); \
    *(type *)(y + i) = bound; \
  }
#define ROWS(has_norm, has_other, vec_bound, bound) \
  for (int64_t r = 0; r < part->rows; r++, x += x_step, y += part->step) { \
    const int normed = has_norm, summed = has_other; \
    const real mean = normed ? ((const real *)f->mean)[part->row + r] : 0; \
    const real factor = normed ? ((const real *)f->factor)[part->row + r] : 0; \
    const real shift = normed ? ((const real *)f->shift)[part->row + r] : 0; \
    const real *z = summed ? (const real *)f->other + part->at + r * part->step : x; \
    int64_t i = 0; \
    LOOP(FN(vec), FN(LANES), vec_bound) \
    LOOP(real, 1, bound) \
  }
#define EACH_BOUND(has_norm, has_other) \
  if (f->activation == RELU) ROWS(has_norm, has_other, FN(rectified_vec)(v), FN(rectified)(v)) \
  else if (f->activation == CLIP) \
    ROWS(has_norm, has_other, FN(clipped_vec)(v, low, high), FN(clipped)(v, low, high)) \
  else ROWS(has_norm, has_other, v, v)
#define EACH_SUM(has_norm) if (f->other) EACH_BOUND(has_norm, 1) else EACH_BOUND(has_norm, 0)

void FN(finish_rows)(const row_finish *f, const finish_part *part, const real *x, int64_t x_step,
                     real *y) {
  const real low = (real)f->low, high = (real)f->high;
  if (f->factor) EACH_SUM(1)
  else EACH_SUM(0)
}

#undef LOOP
#undef ROWS
#undef EACH_BOUND
#undef EACH_SUM
