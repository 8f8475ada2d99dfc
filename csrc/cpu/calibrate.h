/* The divergence of a candidate of calibrate.c, for CPU and GPU. */
#ifndef MX_CALIBRATE_H
#define MX_CALIBRATE_H
#include <math.h>
#include <stdint.h>

typedef struct { int64_t bins, quantized; } calibrate_dims;

/* below: counts below a bin (bins + 1); lost: of each candidate its divergence. */
typedef struct {
  const calibrate_dims *d;
  const float *counts;
  double *below, *lost;
  int64_t candidates;
} calibrate_job;

/* What one candidate is made of: its bins first .. stop - 1, and, of a part of them, what is merged:
 * all of the first bin, and what lies beyond the last, are not. */
typedef struct {
  const calibrate_job *job;
  int64_t first, stop;
} candidate;

static inline double kept(const candidate *c, int64_t bin) {
  const double *below = c->job->below;
  if (bin == c->first) return below[bin + 1];
  const double count = floor(c->job->counts[bin]);
  return bin == c->stop - 1 ? count + below[c->job->d->bins] - below[c->stop] : count;
}

/* The mean of the bins from .. to - 1 that are not empty; 0: all are. */
static inline double merged(const candidate *c, int64_t from, int64_t to) {
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
#define EPSILON 1e-4

/* The Kullback-Leibler divergence from the candidate to itself in `quantized` bins; INFINITY: there
 * is none. */
static inline double divergence(const candidate *c) {
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
#endif
