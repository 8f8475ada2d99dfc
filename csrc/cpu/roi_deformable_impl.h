/* DeformablePSROIPooling and its gradients, one dtype. */
#include "roi_grad_impl.h"
#include "roi_moved_impl.h"

static int64_t FN(samples_inside)(const roi_deformable_dims *d, const FN(moved_bin) *b) {
  FN(moved_sample) s;
  int64_t count = 0;
  for (int64_t i = 0; i < d->samples * d->samples; i++) count += FN(sample_at)(d, b, i, &s);
  return count;
}

static void FN(roi_deformable_task)(void *context, int64_t task) {
  box_job *job = context;
  const roi_deformable_dims *d = job->d;
  const real *moves = d->has_moves ? job->ptr[2] : NULL;
  const int64_t bins = d->P * d->P;
  real *y = job->ptr[2 + d->has_moves];
  for (int64_t unit = box_begin(job, task); unit < box_begin(job, task + 1); unit++)
    for (int64_t bin = 0; bin < bins; bin++) {
      const FN(moved_bin) b =
          FN(move_bin)(d, job->ptr[1], moves, unit / d->C, unit % d->C, bin);
      if (b.image < 0) {
        box_report(job, MX_BAD_INDEX);
        return;
      }
      const real *x = (const real *)job->ptr[0] + b.plane * d->H * d->W;
      FN(moved_sample) s;
      wide sum = 0;
      int64_t count = 0;
      for (int64_t i = 0; i < d->samples * d->samples; i++) {
        if (!FN(sample_at)(d, &b, i, &s)) continue;
        const wide up = (1 - s.right) * FN(pixel)(d, x, s.y0, s.x0) +
                        s.right * FN(pixel)(d, x, s.y0, s.x1);
        const wide low = (1 - s.right) * FN(pixel)(d, x, s.y1, s.x0) +
                         s.right * FN(pixel)(d, x, s.y1, s.x1);
        sum += (1 - s.down) * up + s.down * low;
        count++;
      }
      y[unit * bins + bin] = STORE(count ? sum / (wide)count : 0);
    }
}

/* Adds a bin's gradient to its plane. */
static void FN(spread_bin)(const roi_deformable_dims *d, const FN(moved_bin) *b, wide slope,
                           wide *plane) {
  const int64_t count = FN(samples_inside)(d, b);
  FN(moved_sample) s;
  for (int64_t i = 0; i < d->samples * d->samples; i++) {
    if (!FN(sample_at)(d, b, i, &s)) continue;
    const wide share = slope / (wide)count;
    plane[s.y0 * d->W + s.x0] += (1 - s.right) * (1 - s.down) * share;
    plane[s.y0 * d->W + s.x1] += s.right * (1 - s.down) * share;
    plane[s.y1 * d->W + s.x0] += (1 - s.right) * s.down * share;
    plane[s.y1 * d->W + s.x1] += s.right * s.down * share;
  }
}

static void FN(roi_deformable_data_task)(void *context, int64_t task) {
  const box_job *job = context;
  const roi_deformable_dims *d = job->d;
  const real *moves = d->has_moves ? job->ptr[3] : NULL, *dy = job->ptr[0];
  void *dx = job->ptr[3 + d->has_moves];
  const int64_t begin = box_begin(job, task), end = box_begin(job, task + 1);
  const int64_t size = d->H * d->W, bins = d->P * d->P, each = d->group * d->group;
  const int64_t first = begin * each, planes = (end == d->C ? d->planes : end * each) - first;
  for (int64_t image = 0; image < d->N; image++)
    memset(FN(sums)(dx, job->scratch) + (image * d->planes + first) * size, 0,
           (size_t)(planes * size) * sizeof(wide));
  for (int64_t r = 0; r < d->R; r++)
    for (int64_t at = begin * bins; at < end * bins; at++) {
      const FN(moved_bin) b = FN(move_bin)(d, job->ptr[2], moves, r, at / bins, at % bins);
      if (b.image >= 0)
        FN(spread_bin)(d, &b, LOAD(dy[r * d->C * bins + at]),
                       FN(sums)(dx, job->scratch) + b.plane * size);
    }
  for (int64_t image = 0; image < d->N; image++)
    FN(store_sums)(dx, job->scratch, (image * d->planes + first) * size, planes * size);
}

/* How a bin's mean changes with its move: *along_x and *along_y, summed over the samples. */
static void FN(bin_slopes)(const roi_deformable_dims *d, const FN(moved_bin) *b, const real *x,
                           wide *along_x, wide *along_y) {
  FN(moved_sample) s;
  *along_x = *along_y = 0;
  for (int64_t i = 0; i < d->samples * d->samples; i++) {
    if (!FN(sample_at)(d, b, i, &s)) continue;
    const wide v00 = FN(pixel)(d, x, s.y0, s.x0), v01 = FN(pixel)(d, x, s.y0, s.x1);
    const wide v10 = FN(pixel)(d, x, s.y1, s.x0), v11 = FN(pixel)(d, x, s.y1, s.x1);
    *along_x += (1 - s.down) * (v01 - v00) + s.down * (v11 - v10);
    *along_y += (1 - s.right) * (v10 - v00) + s.right * (v11 - v01);
  }
}

/* The gradient of one move: element `at` of those of region r, along x if is_x. */
static wide FN(move_slope)(const roi_deformable_dims *d, void *const *ptr, int64_t r, int64_t class,
                           int64_t part, int is_x) {
  const int64_t bins = d->P * d->P, channels = d->C / d->classes;
  const real *dy = (const real *)ptr[0] + r * d->C * bins;
  wide sum = 0;
  for (int64_t bin = 0; bin < bins; bin++) {
    if (part_of(d, bin) != part) continue;
    for (int64_t c = class * channels; c < (class + 1) * channels; c++) {
      const FN(moved_bin) b = FN(move_bin)(d, ptr[2], ptr[3], r, c, bin);
      const int64_t count = FN(samples_inside)(d, &b);
      if (b.image < 0 || !count) continue;
      const real *x = (const real *)ptr[1] + b.plane * d->H * d->W;
      wide along_x, along_y;
      FN(bin_slopes)(d, &b, x, &along_x, &along_y);
      const wide slope = is_x ? along_x * b.width : along_y * b.height;
      sum += LOAD(dy[c * bins + bin]) * slope * (wide)d->deviation / (wide)count;
    }
  }
  return sum;
}

static void FN(roi_deformable_moves_task)(void *context, int64_t task) {
  const box_job *job = context;
  const roi_deformable_dims *d = job->d;
  const int64_t parts = d->part * d->part;
  real *moves = job->ptr[4];
  for (int64_t r = box_begin(job, task); r < box_begin(job, task + 1); r++)
    for (int64_t i = 0; i < 2 * d->classes * parts; i++)
      moves[r * 2 * d->classes * parts + i] = STORE(
          FN(move_slope)(d, job->ptr, r, i / parts / 2, i % parts, i / parts % 2 == 0));
}
