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

static void FN(norm_columns)(const row_finish *f, const finish_part *part, const real *x,
                             int64_t x_step, real *y) {
  const int64_t column = part->at % part->step;
  const real *mean = (const real *)f->mean + column, *factor = (const real *)f->factor + column;
  const real *shift = (const real *)f->shift + column;
  for (int64_t r = 0; r < part->rows; r++, x += x_step, y += part->step)
    for (int64_t i = 0; i < part->count; i++) y[i] = (x[i] - mean[i]) * factor[i] + shift[i];
}

void FN(finish_rows)(const row_finish *f, const finish_part *part, const real *x, int64_t x_step,
                     real *y) {
  const real low = (real)f->low, high = (real)f->high;
  row_finish rest;
  if (f->factor && f->of_columns) {
    FN(norm_columns)(f, part, x, x_step, y);
    rest = *f, rest.factor = NULL;
    f = &rest, x = y, x_step = part->step;
  }
  if (f->factor) EACH_SUM(1)
  else EACH_SUM(0)
}

row_finish FN(finish_of)(const finish_dims *d, int64_t channels, void *const *ptr,
                         const mx_scalar *scalars, real *factor) {
  row_finish f = {.activation = (row_activation)d->activation};
  if (f.activation == CLIP) f.low = scalars[0].f, f.high = scalars[1].f;
  if (d->has_norm) {
    const real *gamma = ptr[0], *var = ptr[3];
    for (int64_t c = 0; c < channels; c++)
      factor[c] = (d->fix_gamma ? 1 : gamma[c]) * (real)(1 / sqrt((double)var[c] + d->eps));
    f.factor = factor, f.shift = ptr[1], f.mean = ptr[2];
  }
  if (d->has_other) f.other = ptr[d->has_norm ? 4 : 0];
  return f;
}

#undef LOOP
#undef ROWS
#undef EACH_BOUND
#undef EACH_SUM
