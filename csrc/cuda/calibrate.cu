/* The threshold up to which a histogram is best kept when it is put into fewer bins: a thread a candidate, then one
 * that takes the best.  See csrc/cpu/calibrate.c. */
#include "prelude.cuh"
#include "calibrate.h"

/* counts (bins), edges (bins + 1) -> threshold (1), divergence (1); scratch: below, lost. */
static calibrate_job job_of(const calibrate_dims &d, const mx_args &args) {
  double *below = (double *)args.ptr[4];
  return {&d, (const float *)args.ptr[0], below, below + d.bins + 1, (d.bins - 1) / 2 - d.quantized / 2 + 1};
}

KERNEL(calibrate_entropy_first, calibrate_dims) {
  const calibrate_job job = job_of(d, args);
  if (threadIdx.x || blockIdx.x) return;
  job.below[0] = 0;
  for (int64_t bin = 0; bin < d.bins; bin++) job.below[bin + 1] = job.below[bin] + floor((double)job.counts[bin]);
}

KERNEL(calibrate_entropy_second, calibrate_dims) {
  const calibrate_job job = job_of(d, args);
  EACH(i, job.candidates) {
    const int64_t half = d.quantized / 2 + i;
    const candidate c = {&job, d.bins / 2 - half, d.bins / 2 + half + 1};
    job.lost[i] = divergence(&c);
  }
}

KERNEL(calibrate_entropy, calibrate_dims) {
  const calibrate_job job = job_of(d, args);
  if (threadIdx.x || blockIdx.x) return;
  const float *edges = (const float *)args.ptr[1];
  double best = 3.402823466e38;
  float threshold = edges[d.bins];
  for (int64_t i = 0; i < job.candidates; i++)
    if (job.lost[i] < best) {
      best = job.lost[i];
      threshold = edges[d.bins / 2 + d.quantized / 2 + i + 1];
    }
  *(float *)args.ptr[2] = threshold;
  *(float *)args.ptr[3] = (float)best;
}
