/* ROIAlign and its gradient, and RROIAlign; see csrc/cpu/roi_align.c and roi_deformable.c. */
#include "scatter.cuh"
#include "roi_align.h"
#include "roi_moved.h"

#define FN(name) name
#include "roi_taps_impl.h"
#include "rroi_samples_impl.h"

struct roi_align_grad_dims : roi_align_dims { int64_t n, bits; };

/* Of a region, in the scratch: its image, -1 if none, and what its bins read along both axes. */
struct align_room { int64_t *image; axis_taps rows, columns; };

static axis_taps take_taps(int64_t **block, int64_t size, int64_t bins) {
  const int64_t most = size + 4 * bins;
  axis_taps taps;
  taps.at = *block;
  taps.first = taps.at + most;
  taps.weight = (wide *)(taps.first + bins + 1);
  *block = taps.first + bins + 1 + most;
  return taps;
}
static int64_t room_size(const roi_align_dims &d) {      /* in int64_t; see kernels/regions.py */
  return 1 + 2 * (d.H + 4 * d.PH) + d.PH + 1 + 2 * (d.W + 4 * d.PW) + d.PW + 1;
}
static align_room room_of(const roi_align_dims &d, void *scratch, int64_t r) {
  int64_t *block = (int64_t *)scratch + r * room_size(d);
  align_room room;
  room.image = block++;
  room.rows = take_taps(&block, d.H, d.PH);
  room.columns = take_taps(&block, d.W, d.PW);
  return room;
}

/* rois scratch: the rooms of all regions, a thread each. */
KERNEL(roi_align_rooms, roi_align_dims) {
  EACH(r, d.R) {
    const real *roi = IN(0) + r * d.columns, *p = roi + d.columns - 4;
    align_room room = room_of(d, args.ptr[1], r);
    int status = MX_OK;
    int64_t image = image_of(&d, roi, &status);
    if (image >= 0 && status == MX_OK) status = fill_axis(&d, &room.rows, p[1], p[3], d.PH, d.H);
    if (image >= 0 && status == MX_OK) status = fill_axis(&d, &room.columns, p[0], p[2], d.PW, d.W);
    if (status != MX_OK) WRONG(args, status);
    *room.image = status == MX_OK ? image : -1;
  }
}

/* Where the plane of a bin's channel begins. */
static int64_t plane_of(const roi_align_dims &d, int64_t image, int64_t c, int64_t bin) {
  const int64_t channel = image * d.C + c, bins = d.PH * d.PW;
  return (d.sensitive ? channel * bins + bin : channel) * d.H * d.W;
}

/* x rois -> y, scratch */
KERNEL(roi_align, roi_align_dims) {
  const int64_t bins = d.PH * d.PW;
  EACH(i, d.R * d.C * bins) {
    const int64_t bin = i % bins, ph = bin / d.PW, pw = bin % d.PW;
    const align_room room = room_of(d, args.ptr[3], i / bins / d.C);
    wide sum = 0;
    if (*room.image >= 0) {
      const real *x = IN(0) + plane_of(d, *room.image, i / bins % d.C, bin);
      for (int64_t k = room.rows.first[ph]; k < room.rows.first[ph + 1]; k++) {
        wide part = 0;
        for (int64_t j = room.columns.first[pw]; j < room.columns.first[pw + 1]; j++)
          part += room.columns.weight[j] * LOAD(x[room.rows.at[k] * d.W + room.columns.at[j]]);
        sum += room.rows.weight[k] * part;
      }
    }
    OUT(2)[i] = STORE(sum);
  }
}

/* dy, the sums' scratch, the rooms */
KERNEL(roi_align_grad, roi_align_grad_dims) {
  const int64_t bins = d.PH * d.PW;
  const scatter_sums sums = sums_of(args.ptr[1], d.n, d.bits);
  EACH(i, d.R * d.C * bins) {
    const int64_t bin = i % bins, ph = bin / d.PW, pw = bin % d.PW;
    const align_room room = room_of(d, args.ptr[2], i / bins / d.C);
    if (*room.image < 0) continue;
    const int64_t plane = plane_of(d, *room.image, i / bins % d.C, bin);
    for (int64_t k = room.rows.first[ph]; k < room.rows.first[ph + 1]; k++)
      for (int64_t j = room.columns.first[pw]; j < room.columns.first[pw + 1]; j++)
        scatter_add(sums, plane + room.rows.at[k] * d.W + room.columns.at[j],
                    LOAD(IN(0)[i]) * room.rows.weight[k] * room.columns.weight[j]);
  }
}

/* x rois -> y */
KERNEL(rroi_align, rroi_dims) {
  const int64_t bins = d.PH * d.PW;
  EACH(i, d.R * d.C * bins) {
    turned_region t;
    const int status = turn(&d, IN(1) + 6 * (i / bins / d.C), &t);
    wide sum = 0, weight[4];
    if (status != MX_OK) {
      WRONG(args, status);
      OUT(2)[i] = STORE(sum);
      continue;
    }
    const real *x = IN(0) + (t.image * d.C + i / bins % d.C) * d.H * d.W;
    int64_t at[4];
    for (int64_t k = 0; k < t.rows * t.columns; k++)
      if (turned_sample(&d, &t, i % bins, k, at, weight))
        for (int j = 0; j < 4; j++) sum += weight[j] * LOAD(x[at[j]]);
    OUT(2)[i] = STORE(sum / (wide)(t.rows * t.columns));
  }
}
