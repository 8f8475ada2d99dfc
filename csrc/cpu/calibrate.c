/* The threshold up to which a histogram is best kept when it is put into fewer bins. */
#include <float.h>
#include <math.h>

#include "mx_kernel.h"
#include "mx_scratch.h"

/* counts (bins), edges (bins + 1) -> threshold (1), divergence (1), of float32; bins is odd, at
 * least `quantized`.  The middle of the histogram is 0.  A candidate keeps `half` bins on both sides
 * of it, and its outermost bins take what lies beyond. */
typedef struct { int64_t bins, quantized; } calibrate_dims;

enum { CALIBRATE_TASKS = 64 };

typedef struct {
  const calibrate_dims *d;
  const float *counts;
  double *below, *lost;     /* counts below a bin (bins + 1); of each candidate its divergence */
  int64_t candidates;
} calibrate_job;

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

/* What one candidate is made of: its bins first .. stop - 1, and, of a part of them, what is merged:
 * all of the first bin, and what lies beyond the last, are not. */
typedef struct {
  const calibrate_job *job;
  int64_t first, stop;
} candidate;

static double kept(const candidate *c, int64_t bin) {
  const double *below = c->job->below;
  if (bin == c->first) return below[bin + 1];
  const double count = floor(c->job->counts[bin]);
  return bin == c->stop - 1 ? count + below[c->job->d->bins] - below[c->stop] : count;
}

/* The mean of the bins from .. to - 1 that are not empty; 0: all are. */
static double merged(const candidate *c, int64_t from, int64_t to) {
  double sum = 0;
  int64_t filled = 0;
  for (int64_t bin = from; bin < to; bin++) {
    const double count = bin == c->first ? 0 : floor(c->job->counts[bin]);
    sum += count;
    filled += count != 0;
  }
  return filled ? sum / (double)filled : 0;
}

/* Zeros become this, which is taken off the others in equal parts. */
static const double EPSILON = 1e-4;

/* The Kullback-Leibler divergence from the candidate to itself in `quantized` bins; INFINITY: there
 * is none. */
static double divergence(const candidate *c) {
  const int64_t size = c->stop - c->first, parts = c->job->d->quantized, width = size / parts;
  int64_t zeros = 0, merged_zeros = 0;
  double total = 0, merged_total = 0;
  for (int64_t part = 0; part < parts; part++) {
    const int64_t from = c->first + part * width;
    const int64_t to = part == parts - 1 ? c->stop : from + width;
    const double mean = merged(c, from, to);
    for (int64_t bin = from; bin < to; bin++) {
      const double count = kept(c, bin);
      zeros += count == 0;
      merged_zeros += count == 0 || mean == 0;
      total += count;
      merged_total += count == 0 ? 0 : mean;
    }
  }
  if (zeros == size || merged_zeros == size) return INFINITY;
  const double share = EPSILON * (double)zeros / (double)(size - zeros);
  const double merged_share = EPSILON * (double)merged_zeros / (double)(size - merged_zeros);
  if (share >= 1 || merged_share >= 1) return INFINITY;
  const double scale = log(merged_total / total);     /* smoothing keeps the totals */
  double sum = (double)zeros * EPSILON * scale;       /* where both are empty */
  for (int64_t part = 0; part < parts; part++) {
    const int64_t from = c->first + part * width;
    const int64_t to = part == parts - 1 ? c->stop : from + width;
    const double mean = merged(c, from, to), q = mean == 0 ? EPSILON : mean - merged_share;
    if (q <= 0) return INFINITY;
    for (int64_t bin = from; bin < to; bin++) {
      const double count = kept(c, bin), p = count - share;
      if (count == 0) continue;
      if (p <= 0) return INFINITY;
      sum += p * (log(p / q) + scale);
    }
  }
  return sum / total;
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
