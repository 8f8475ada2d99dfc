/* What is done with rows of a result while they are in the caches: BatchNorm by given statistics, the
 * sum with another array, an activation; each as the kernels of these operators do it, bit by bit. */
#ifndef ROW_FINISH_H
#define ROW_FINISH_H
#include <stdint.h>

#include "mx_kernel.h"

typedef enum { NO_ACTIVATION, RELU, CLIP } row_activation;

/* Row r of (x - mean[r]) * factor[r] + shift[r], unless factor is NULL, or column by column if of_columns;
 * plus `other`, an array like the whole result, unless it is NULL; clipped to low ... high. */
typedef struct {
  const void *mean, *factor, *shift, *other;
  int of_columns;
  row_activation activation;
  double low, high;
} row_finish;

/* A part of the result: `rows` rows from `row` on, `count` elements of each, the first of which is element
 * `at` of the whole and the next one's `step` behind it.  of_columns: rows of the whole are `step` long. */
typedef struct {
  int64_t row, rows, at, step, count;
} finish_part;

/* The part, from x, whose rows are x_step apart, to y, its place in the result; x may be y. */
void finish_rows_f32(const row_finish *f, const finish_part *part, const float *x, int64_t x_step,
                     float *y);
void finish_rows_f64(const row_finish *f, const finish_part *part, const double *x, int64_t x_step,
                     double *y);

/* What a kernel does with the result of another, its own descriptor's last fields: BatchNorm by the given
 * statistics if has_norm, the sum with an array like it if has_other, an activation (row_activation). */
typedef struct {
  int64_t has_norm, fix_gamma, has_other, activation;
  double eps;
} finish_dims;

#define FINISH_FIELDS "has_norm fix_gamma has_other activation eps:d"

/* Its arrays, ptr: (gamma beta mean var)? other?; the scalars: the bounds of CLIP.  factor: an element for
 * each of the channels, to be filled. */
static inline int finish_arrays(const finish_dims *d) { return 4 * !!d->has_norm + !!d->has_other; }
row_finish finish_of_f32(const finish_dims *d, int64_t channels, void *const *ptr,
                         const mx_scalar *scalars, float *factor);
row_finish finish_of_f64(const finish_dims *d, int64_t channels, void *const *ptr,
                         const mx_scalar *scalars, double *factor);
#endif
