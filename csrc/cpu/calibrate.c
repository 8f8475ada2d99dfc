/* The threshold up to which a histogram is best kept when it is put into fewer bins. */
#include <float.h>
#include <math.h>

#include "calibrate.h"
#include "mx_kernel.h"
#include "mx_scratch.h"

/* counts (bins), edges (bins + 1) -> threshold (1), divergence (1), of float32; bins is odd, at
 * least `quantized`.  The middle of the histogram is 0.  A candidate keeps `half` bins on both sides
 * of it, and its outermost bins take what lies beyond. */
enum { CALIBRATE_TASKS = 64 };

static int64_t calibrate_cut(const calibrate_dims *d, void *base, calibrate_job *job) {
  mx_scratch scratch = {base, 0};
  job->d = d;
  job->candidates = (d->bins - 1) / 2 - d->quantized / 2 + 1;
  job->below = mx_take(&scratch, mx_sum(d->bins, 1), sizeof *job->below);
  job->lost = mx_take(&scratch, job->candidates, sizeof *job->lost);
  return scratch.size;
}

static int64_t calibrate_scratch(const void *desc) {
  calibrate_job job;
  return calibrate_cut(desc, NULL, &job);
}

static void calibrate_task(void *context, int64_t task) {
  const calibrate_job *job = context;
  const int64_t middle = job->d->bins / 2;
  for (int64_t i = task; i < job->candidates; i += CALIBRATE_TASKS) {
    const int64_t half = job->d->quantized / 2 + i;
    const candidate c = {job, middle - half, middle + half + 1};
    job->lost[i] = divergence(&c);
  }
}

static int calibrate_entropy_f32(const void *desc, void *const *ptr, const mx_scalar *scalars) {
  const calibrate_dims *d = desc;
  const float *edges = ptr[1];
  float *threshold = ptr[2], *left = ptr[3];
  calibrate_job job;
  (void)scalars;
  calibrate_cut(d, ptr[4], &job);
  job.counts = ptr[0];
  job.below[0] = 0;
  for (int64_t bin = 0; bin < d->bins; bin++)
    job.below[bin + 1] = job.below[bin] + floor(job.counts[bin]);
  mx_rt->parallel_for(CALIBRATE_TASKS, calibrate_task, &job);
  double best = FLT_MAX;
  *threshold = edges[d->bins];
  for (int64_t i = 0; i < job.candidates; i++)
    if (job.lost[i] < best) {
      best = job.lost[i];
      *threshold = edges[d->bins / 2 + d->quantized / 2 + i + 1];
    }
  *left = (float)best;
  return MX_OK;
}

const mx_kernel_entry mx_table_calibrate[] = {
    MX_ENTRY_SCRATCH(calibrate_entropy, f32, calibrate_scratch, calibrate_dims, "bins quantized"),
    {0}};
