/* Planes of another size: each output is a weighted sum of a few rows, and of a few columns, of a
 * plane.  Nearest neighbours, averages of nearly equal parts, linear interpolation; and the
 * gradients, in which dy is spread with the same weights. */
#include <math.h>
#include <string.h>

#include "mx_kernel.h"
#include "mx_scratch.h"
#include "mx_size.h"
#include "resample_band.h"

enum { RESAMPLE_WORK = 1 << 14 };    /* elements worth a task */

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
  return mx_ceil_div(d->planes, group);
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
