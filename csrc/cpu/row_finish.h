/* What is done with rows of a result while they are in the caches: BatchNorm by given statistics, the
 * sum with another array, an activation; each as the kernels of these operators do it, bit by bit. */
#ifndef ROW_FINISH_H
#define ROW_FINISH_H
#include <stdint.h>

typedef enum { NO_ACTIVATION, RELU, CLIP } row_activation;

/* Row r of (x - mean[r]) * factor[r] + shift[r], unless factor is NULL; plus `other`, an array like the
 * whole result, unless it is NULL; clipped to low ... high. */
typedef struct {
  const void *mean, *factor, *shift, *other;
  row_activation activation;
  double low, high;
} row_finish;

/* A part of the result: `rows` rows from `row` on, `count` elements of each, the first of which is element
 * `at` of the whole and the next one's `step` behind it. */
typedef struct {
  int64_t row, rows, at, step, count;
} finish_part;

/* The part, from x, whose rows are x_step apart, to y, its place in the result; x may be y. */
void finish_rows_f32(const row_finish *f, const finish_part *part, const float *x, int64_t x_step,
                     float *y);
void finish_rows_f64(const row_finish *f, const finish_part *part, const double *x, int64_t x_step,
                     double *y);
#endif
