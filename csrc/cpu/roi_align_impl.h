/* ROIAlign and its gradient, one dtype. */
#include "roi_grad_impl.h"
#include "roi_taps_impl.h"

typedef struct {
  FN(axis_taps) rows, columns;
  wide *line;                          /* (W) */
} FN(align_room);

/* Neighbouring bins have up to two items in common; rounding may add to them. */
static FN(axis_taps) FN(take_taps)(mx_scratch *scratch, int64_t size, int64_t bins) {
  FN(axis_taps) taps = {0};
  const int64_t most = mx_sum(size, mx_product(4, bins));
  taps.at = mx_take(scratch, most, sizeof *taps.at);
  taps.first = mx_take(scratch, mx_sum(bins, 1), sizeof *taps.first);
  taps.weight = mx_take(scratch, most, sizeof(double));
  return taps;
}

static FN(align_room) FN(take_room)(mx_scratch *scratch, const roi_align_dims *d) {
  FN(align_room) room;
  room.rows = FN(take_taps)(scratch, d->H, d->PH);
  room.columns = FN(take_taps)(scratch, d->W, d->PW);
  room.line = mx_take(scratch, d->W, sizeof(double));
  return room;
}

static int FN(fill_room)(const roi_align_dims *d, FN(align_room) *room, const real *roi) {
  const real *p = roi + d->columns - 4;
  const int status = FN(fill_axis)(d, &room->rows, p[1], p[3], d->PH, d->H);
  if (status != MX_OK) return status;
  return FN(fill_axis)(d, &room->columns, p[0], p[2], d->PW, d->W);
}

/* The rows of one bin of a plane, by their weights. */
static void FN(add_rows)(const roi_align_dims *d, const FN(align_room) *room, const real *plane,
                         int64_t ph) {
  const int64_t low = room->columns.low, high = room->columns.high;
  wide *line = room->line;
  for (int64_t w = low; w < high; w++) line[w] = 0;
  for (int64_t k = room->rows.first[ph]; k < room->rows.first[ph + 1]; k++) {
    const real *row = plane + room->rows.at[k] * d->W;
    const wide weight = room->rows.weight[k];
    for (int64_t w = low; w < high; w++) line[w] += weight * LOAD(row[w]);
  }
}

static inline wide FN(read_line)(const FN(align_room) *room, int64_t pw) {
  wide sum = 0;
  for (int64_t k = room->columns.first[pw]; k < room->columns.first[pw + 1]; k++)
    sum += room->columns.weight[k] * room->line[room->columns.at[k]];
  return sum;
}

/* One bin of a plane that no other bin reads. */
static wide FN(read_bin)(const roi_align_dims *d, const FN(align_room) *room, const real *plane,
                         int64_t ph, int64_t pw) {
  wide sum = 0;
  for (int64_t k = room->rows.first[ph]; k < room->rows.first[ph + 1]; k++) {
    const real *row = plane + room->rows.at[k] * d->W;
    wide part = 0;
    for (int64_t i = room->columns.first[pw]; i < room->columns.first[pw + 1]; i++)
      part += room->columns.weight[i] * LOAD(row[room->columns.at[i]]);
    sum += room->rows.weight[k] * part;
  }
  return sum;
}

/* Channels [begin, end) of region r. */
static void FN(align_channels)(const roi_align_job *job, const FN(align_room) *room, int64_t r,
                               int64_t image, int64_t begin, int64_t end) {
  const roi_align_dims *d = job->d;
  const int64_t bins = d->PH * d->PW, plane = d->H * d->W;
  for (int64_t c = begin; c < end; c++) {
    const int64_t channel = image * d->C + c;
    const real *x = (const real *)job->x + channel * plane * (d->sensitive ? bins : 1);
    real *y = (real *)job->y + (r * d->C + c) * bins;
    for (int64_t ph = 0; ph < d->PH; ph++) {
      if (!d->sensitive && image >= 0) FN(add_rows)(d, room, x, ph);
      for (int64_t pw = 0; pw < d->PW; pw++) {
        const int64_t bin = ph * d->PW + pw;
        wide value = 0;
        if (image >= 0)
          value = d->sensitive ? FN(read_bin)(d, room, x + bin * plane, ph, pw)
                               : FN(read_line)(room, pw);
        y[bin] = STORE(value);
      }
    }
  }
}

/* A unit is a region and a block of channels. */
static void FN(align_task)(void *context, int64_t task) {
  roi_align_job *job = context;
  const roi_align_dims *d = job->d;
  const int64_t blocks = channel_blocks(d), stop = job->units * (task + 1) / job->tasks;
  mx_scratch scratch = {.base = job->scratch + task * job->part};
  FN(align_room) room = FN(take_room)(&scratch, d);
  int64_t filled = -1, image = -1;
  int status = MX_OK;
  for (int64_t unit = job->units * task / job->tasks; unit < stop; unit++) {
    const int64_t r = unit / blocks, begin = unit % blocks * ROI_CHANNELS;
    const real *roi = (const real *)job->rois + r * d->columns;
    if (r != filled) {
      filled = r;
      image = FN(image_of)(d, roi, &status);
      if (image >= 0 && status == MX_OK) status = FN(fill_room)(d, &room, roi);
    }
    if (status != MX_OK) break;
    const int64_t end = begin + ROI_CHANNELS < d->C ? begin + ROI_CHANNELS : d->C;
    FN(align_channels)(job, &room, r, image, begin, end);
  }
  if (status != MX_OK) __atomic_store_n(&job->status, status, __ATOMIC_RELAXED);
}

/* Adds what region r gives to a channel of its image; dx: the channel's plane, or its planes. */
static void FN(spread)(const roi_align_dims *d, const FN(align_room) *room, const real *dy,
                       wide *dx) {
  const int64_t low = room->columns.low, high = room->columns.high, plane = d->H * d->W;
  wide *line = room->line;
  for (int64_t ph = 0; ph < d->PH; ph++)
    for (int64_t pw = 0; pw < d->PW; pw++) {
      const wide slope = LOAD(dy[ph * d->PW + pw]);
      const int is_first = d->sensitive || pw == 0, is_last = d->sensitive || pw == d->PW - 1;
      for (int64_t w = low; w < high && is_first; w++) line[w] = 0;
      for (int64_t k = room->columns.first[pw]; k < room->columns.first[pw + 1]; k++)
        line[room->columns.at[k]] += slope * room->columns.weight[k];
      wide *target = dx + (d->sensitive ? (ph * d->PW + pw) * plane : 0);
      for (int64_t k = room->rows.first[ph]; k < room->rows.first[ph + 1] && is_last; k++) {
        wide *row = target + room->rows.at[k] * d->W;
        const wide weight = room->rows.weight[k];
        for (int64_t w = low; w < high; w++) row[w] += weight * line[w];
      }
    }
}

/* A unit is an image and a block of channels. */
static void FN(align_grad_task)(void *context, int64_t task) {
  roi_align_job *job = context;
  const roi_align_dims *d = job->d;
  const int64_t bins = d->PH * d->PW, size = d->H * d->W * (d->sensitive ? bins : 1);
  const int64_t blocks = channel_blocks(d), stop = job->units * (task + 1) / job->tasks;
  mx_scratch scratch = {.base = job->scratch + task * job->part};
  FN(align_room) room = FN(take_room)(&scratch, d);
  wide *sums = FN(sums)(job->y, job->sums);
  int status = MX_OK;
  for (int64_t unit = job->units * task / job->tasks; unit < stop; unit++) {
    const int64_t image = unit / blocks, begin = unit % blocks * ROI_CHANNELS;
    const int64_t end = begin + ROI_CHANNELS < d->C ? begin + ROI_CHANNELS : d->C;
    const int64_t at = (image * d->C + begin) * size, n = (end - begin) * size;
    memset(sums + at, 0, (size_t)n * sizeof *sums);
    for (int64_t r = 0; r < d->R && status == MX_OK; r++) {
      const real *roi = (const real *)job->rois + r * d->columns;
      if (FN(image_of)(d, roi, &status) != image) continue;
      status = FN(fill_room)(d, &room, roi);
      for (int64_t c = begin; c < end && status == MX_OK; c++)
        FN(spread)(d, &room, (const real *)job->x + (r * d->C + c) * bins,
                   sums + (image * d->C + c) * size);
    }
    FN(store_sums)(job->y, job->sums, at, n);
  }
  if (status != MX_OK) __atomic_store_n(&job->status, status, __ATOMIC_RELAXED);
}
