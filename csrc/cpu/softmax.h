/* What the softmax kernels share: sizes, and how rows are shared out. */
#ifndef MX_SOFTMAX_H
#define MX_SOFTMAX_H
#include "mx_kernel.h"
#include "mx_loops.h"
#include "mx_size.h"

/* data (outer, axis, inner); y = softmax(scale * data) along axis.  output: which pointer is y. */
typedef struct {
  int64_t outer, axis, inner, output;
  double scale;
} softmax_dims;
#define SOFTMAX_FIELDS "outer axis inner output scale:d"

/* TILE columns are done side by side; rows up to SHORT_ROW are transposed into such a tile. */
enum { SOFTMAX_TILE = 16, SHORT_ROW = 64, SOFTMAX_WORK = 1 << 13, SOFTMAX_BLOCK = 256 };

typedef struct {
  const softmax_dims *d;
  void *const *ptr;
  int64_t units, group;   /* a unit is a row (inner == 1) or a tile of columns */
} softmax_job;

/* Rows that make one unit: short rows go through a tile together. */
static inline int64_t softmax_unit_rows(const softmax_dims *d) {
  return d->inner == 1 && d->axis <= SHORT_ROW ? SOFTMAX_TILE : 1;
}

static inline int softmax_run(const softmax_dims *d, void *const *ptr,
                              void (*task)(void *, int64_t)) {
  const int64_t tiles = mx_ceil_div(d->inner, SOFTMAX_TILE);
  const int64_t rows = softmax_unit_rows(d);
  const int64_t unit = d->axis * (d->inner == 1 ? rows : SOFTMAX_TILE);
  softmax_job job = {d, ptr, mx_ceil_div(d->outer, rows) * tiles, 1};
  if (!job.units || !d->axis) return MX_OK;
  if (unit < SOFTMAX_WORK) job.group = SOFTMAX_WORK / unit;
  const int64_t count = mx_ceil_div(job.units, job.group);
  if (count > 1) mx_rt->parallel_for(count, task, &job);
  else task(&job, 0);
  return MX_OK;
}
#endif
