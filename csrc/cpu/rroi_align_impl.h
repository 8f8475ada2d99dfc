/* RROIAlign, one dtype. */
#include "rroi_samples_impl.h"

/* One bin of channels [begin, end) of a region; y: its first channel's bin. */
static void FN(turned_bin)(const rroi_dims *d, const FN(turned_region) *t, const real *x, real *y,
                           int64_t bin, int64_t begin, int64_t end) {
  const int64_t samples = t->rows * t->columns, plane = d->H * d->W;
  wide sum[TURNED_CHANNELS] = {0}, weight[4];
  int64_t at[4];
  for (int64_t i = 0; i < samples; i++) {
    if (!FN(turned_sample)(d, t, bin, i, at, weight)) continue;
    for (int64_t c = begin; c < end; c++) {
      const real *p = x + (t->image * d->C + c) * plane;
      for (int k = 0; k < 4; k++) sum[c - begin] += weight[k] * LOAD(p[at[k]]);
    }
  }
  for (int64_t c = begin; c < end; c++)
    y[c * d->PH * d->PW + bin] = STORE(sum[c - begin] / (wide)samples);
}

static void FN(rroi_align_task)(void *context, int64_t task) {
  box_job *job = context;
  const rroi_dims *d = job->d;
  for (int64_t r = box_begin(job, task); r < box_begin(job, task + 1); r++) {
    FN(turned_region) t;
    const int status = FN(turn)(d, (const real *)job->ptr[1] + 6 * r, &t);
    box_report(job, status);
    if (status != MX_OK) continue;
    real *y = (real *)job->ptr[2] + r * d->C * d->PH * d->PW;
    for (int64_t bin = 0; bin < d->PH * d->PW; bin++)
      for (int64_t c = 0; c < d->C; c += TURNED_CHANNELS)
        FN(turned_bin)(d, &t, job->ptr[0], y, bin, c,
                       c + TURNED_CHANNELS < d->C ? c + TURNED_CHANNELS : d->C);
  }
}
