/* Planes of another size: each output is a weighted sum of a few rows, and of a few columns, of a
 * plane.  Nearest neighbours, averages of nearly equal parts, linear interpolation; and the
 * gradients, in which dy is spread with the same weights. */
#include <math.h>
#include <string.h>

#include "mx_kernel.h"
#include "mx_scratch.h"

/* x (planes, *size), y (planes, *out). */
typedef struct {
  int64_t planes, size[2], out[2], mode;
} resample_dims;

enum {
  NEAREST,            /* size divides out, or out is size */
  AVERAGE,            /* part i of n: from floor(i * size / n) to ceil((i + 1) * size / n) */
  LINEAR_CORNERS,     /* the outermost items stay where they are */
  LINEAR_AREAS,       /* items are areas: item i lies at (i + 0.5) * size / out - 0.5 */
};
enum { RESAMPLE_WORK = 1 << 14 };    /* elements worth a task */

/* Items first .. first + count - 1 of an axis: the first one with weight w0, others with w1. */
typedef struct {
  int64_t first, count;
  double w0, w1;
} band;

static band band_of(int64_t mode, int64_t size, int64_t out, int64_t i) {
  if (mode == NEAREST) return (band){i / (out / size), 1, 1, 0};
  if (mode == AVERAGE) {
    const int64_t first = i * size / out, end = ((i + 1) * size + out - 1) / out;
    return (band){first, end - first, 1.0 / (double)(end - first), 1.0 / (double)(end - first)};
  }
  double at = 0;
  if (size == out) at = (double)i;
  else if (out > 1 && mode == LINEAR_CORNERS) at = (double)i * (double)(size - 1) / (double)(out - 1);
  else if (out > 1) at = ((double)i + 0.5) * (double)size / (double)out - 0.5;
  if (at < 0) at = 0;
  int64_t first = (int64_t)at;
  if (first > size - 1) first = size - 1;
  const double rest = at - (double)first;
  return first < size - 1 ? (band){first, 2, 1 - rest, rest} : (band){first, 1, 1, 0};
}

typedef struct {
  const resample_dims *d;
  const void *from;
  void *to, *rows;
  const band *down, *across;   /* of the two axes of y */
  int64_t group, row_bytes;     /* planes to a task; scratch of a task */
} resample_job;

static int64_t resample_group(const resample_dims *d) {
  const int64_t in = mx_product(d->size[0], d->size[1]), out = mx_product(d->out[0], d->out[1]);
  const int64_t elements = mx_sum(in, out), group = 1 + RESAMPLE_WORK / (1 + elements);
  const int64_t most = 1 + d->planes / 64;      /* no more than 64 tasks */
  return group > most ? group : most;
}

static int64_t resample_tasks(const resample_dims *d) {
  const int64_t group = resample_group(d);
  return (d->planes + group - 1) / group;
}

/* The block's pieces; rows: bytes of a task. */
static void resample_cut(const resample_dims *d, mx_scratch *s, int64_t rows, resample_job *job) {
  job->down = mx_take(s, d->out[0], sizeof(band));
  job->across = mx_take(s, d->out[1], sizeof(band));
  job->row_bytes = mx_lines(rows);
  job->rows = mx_take(s, mx_product(resample_tasks(d), job->row_bytes), 1);
}

static int resample_run(const resample_dims *d, const void *from, void *to, void *block,
                        int64_t rows, void (*task)(void *, int64_t)) {
  if (!d->planes || !d->out[0] || !d->out[1]) return MX_OK;
  resample_job job = {.d = d, .from = from, .to = to, .group = resample_group(d)};
  mx_scratch scratch = {block, 0};
  resample_cut(d, &scratch, rows, &job);
  for (int64_t i = 0; i < d->out[0]; i++)
    ((band *)job.down)[i] = band_of(d->mode, d->size[0], d->out[0], i);
  for (int64_t i = 0; i < d->out[1]; i++)
    ((band *)job.across)[i] = band_of(d->mode, d->size[1], d->out[1], i);
  const int64_t count = resample_tasks(d);
  if (count > 1) mx_rt->parallel_for(count, task, &job);
  else task(&job, 0);
  return MX_OK;
}

#define MX_BODY "resample_impl.h"
#include "mx_each_float.h"

#define FIELDS "planes size:2 out:2 mode"
#define ENTRIES(dtype)                                                                      \
  MX_ENTRY_SCRATCH(resample, dtype, resample_scratch_##dtype, resample_dims, FIELDS),       \
      MX_ENTRY_SCRATCH(resample_grad, dtype, resample_grad_scratch_##dtype, resample_dims,  \
                       FIELDS)

const mx_kernel_entry mx_table_resample[] = {
    ENTRIES(f16), ENTRIES(bf16), ENTRIES(f32), ENTRIES(f64), {0}};
