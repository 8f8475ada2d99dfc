/* ROIPooling and PSROIPooling, one dtype. */
#include "roi_grad_impl.h"
#include "roi_windows_impl.h"

static inline void FN(largest)(const roi_pool_dims *d, const real *plane, const roi_window *window,
                               real *y, int64_t *place) {
  int64_t best = window->top * d->W + window->left;
  wide most = -INFINITY;
  for (int64_t h = window->top; h < window->bottom; h++)
    for (int64_t at = h * d->W + window->left; at < h * d->W + window->right; at++)
      if (LOAD(plane[at]) > most) {
        most = LOAD(plane[at]);
        best = at;
      }
  *y = plane[best];
  *place = best;
}

/* Channels [begin, end) of region r. */
static void FN(pool_region)(const roi_pool_dims *d, void *const *ptr, int64_t r, int64_t begin,
                            int64_t end) {
  const real *roi = (const real *)ptr[1] + r * 5;
  const int64_t image = FN(pooled_image)(d, roi), bins = d->PH * d->PW;
  for (int64_t bin = 0; bin < bins; bin++) {
    const roi_window window = FN(pool_window)(d, roi, bin / d->PW, bin % d->PW);
    for (int64_t c = begin; c < end; c++) {
      const real *plane = (const real *)ptr[0] + (image * d->C + c) * d->H * d->W;
      real *y = (real *)ptr[2] + (r * d->C + c) * bins + bin;
      int64_t *place = (int64_t *)ptr[3] + (r * d->C + c) * bins + bin;
      *y = STORE((wide)0);
      *place = -1;
      if (image >= 0 && !is_empty(&window)) FN(largest)(d, plane, &window, y, place);
    }
  }
}

/* A unit is a channel of a region. */
static void FN(pool_task)(void *context, int64_t task) {
  const box_job *job = context;
  const roi_pool_dims *d = job->d;
  const int64_t stop = box_begin(job, task + 1);
  for (int64_t unit = box_begin(job, task), next; unit < stop; unit = next) {
    next = next_region(d, unit, stop);
    FN(pool_region)(d, job->ptr, unit / d->C, unit % d->C, unit % d->C + next - unit);
  }
}

/* Sets the sums of planes [begin, end) of every image to 0, or hands them to the output. */
static void FN(all_images)(const roi_pool_dims *d, void *output, void *scratch, int64_t begin,
                           int64_t end, int is_done) {
  const int64_t plane = d->H * d->W, n = (end - begin) * plane;
  for (int64_t image = 0; image < d->N; image++) {
    const int64_t at = (image * d->planes + begin) * plane;
    if (is_done) FN(store_sums)(output, scratch, at, n);
    else memset(FN(sums)(output, scratch) + at, 0, (size_t)n * sizeof(wide));
  }
}

static void FN(pool_grad_task)(void *context, int64_t task) {
  const box_job *job = context;
  const roi_pool_dims *d = job->d;
  const int64_t begin = box_begin(job, task), end = box_begin(job, task + 1);
  const int64_t bins = d->PH * d->PW;
  FN(all_images)(d, job->ptr[3], job->scratch, begin, end, 0);
  for (int64_t r = 0; r < d->R; r++) {
    const int64_t image = FN(pooled_image)(d, (const real *)job->ptr[1] + r * 5);
    for (int64_t c = begin; c < end && image >= 0; c++) {
      wide *sums = FN(sums)(job->ptr[3], job->scratch) + (image * d->C + c) * d->H * d->W;
      const real *dy = (const real *)job->ptr[0] + (r * d->C + c) * bins;
      const int64_t *place = (const int64_t *)job->ptr[2] + (r * d->C + c) * bins;
      for (int64_t bin = 0; bin < bins; bin++)
        if (place[bin] >= 0) sums[place[bin]] += LOAD(dy[bin]);
    }
  }
  FN(all_images)(d, job->ptr[3], job->scratch, begin, end, 1);
}

/* Channels [begin, end) of region r. */
static int FN(psroi_region)(const roi_pool_dims *d, void *const *ptr, int64_t r, int64_t begin,
                            int64_t end) {
  const real *roi = (const real *)ptr[1] + r * 5;
  const int64_t image = FN(pooled_image)(d, roi), bins = d->PH * d->PW;
  if (image < 0) return MX_BAD_INDEX;
  for (int64_t bin = 0; bin < bins; bin++) {
    const roi_window window = FN(psroi_window)(d, roi, bin / d->PW, bin % d->PW);
    const int64_t area = (window.bottom - window.top) * (window.right - window.left);
    for (int64_t c = begin; c < end; c++) {
      const int64_t plane = image * d->planes + psroi_plane(d, c, bin);
      const real *x = (const real *)ptr[0] + plane * d->H * d->W;
      wide sum = 0;
      for (int64_t h = window.top; h < window.bottom; h++)
        for (int64_t w = window.left; w < window.right; w++) sum += LOAD(x[h * d->W + w]);
      ((real *)ptr[2])[(r * d->C + c) * bins + bin] =
          STORE(is_empty(&window) ? 0 : sum / (wide)area);
    }
  }
  return MX_OK;
}

/* A unit is a channel of a region. */
static void FN(psroi_task)(void *context, int64_t task) {
  box_job *job = context;
  const roi_pool_dims *d = job->d;
  const int64_t stop = box_begin(job, task + 1);
  for (int64_t unit = box_begin(job, task), next; unit < stop; unit = next) {
    const int64_t c = unit % d->C;
    next = next_region(d, unit, stop);
    box_report(job, FN(psroi_region)(d, job->ptr, unit / d->C, c, c + next - unit));
  }
}

static void FN(psroi_grad_task)(void *context, int64_t task) {
  box_job *job = context;
  const roi_pool_dims *d = job->d;
  const int64_t begin = box_begin(job, task), end = box_begin(job, task + 1);
  const int64_t bins = d->PH * d->PW, each = d->group * d->group;
  /* channels beyond those of the groups get zeros from the last task */
  const int64_t stop = end == d->C ? d->planes : end * each;
  FN(all_images)(d, job->ptr[2], job->scratch, begin * each, stop, 0);
  for (int64_t r = 0; r < d->R; r++) {
    const real *roi = (const real *)job->ptr[1] + r * 5;
    const int64_t image = FN(pooled_image)(d, roi);
    if (image < 0) box_report(job, MX_BAD_INDEX);
    for (int64_t bin = 0; bin < bins && image >= 0; bin++) {
      const roi_window window = FN(psroi_window)(d, roi, bin / d->PW, bin % d->PW);
      const int64_t area = (window.bottom - window.top) * (window.right - window.left);
      for (int64_t c = begin; c < end && !is_empty(&window); c++) {
        const int64_t plane = image * d->planes + psroi_plane(d, c, bin);
        wide *sums = FN(sums)(job->ptr[2], job->scratch) + plane * d->H * d->W;
        const wide share =
            LOAD(((const real *)job->ptr[0])[(r * d->C + c) * bins + bin]) / (wide)area;
        for (int64_t h = window.top; h < window.bottom; h++)
          for (int64_t w = window.left; w < window.right; w++) sums[h * d->W + w] += share;
      }
    }
  }
  FN(all_images)(d, job->ptr[2], job->scratch, begin * each, stop, 1);
}
