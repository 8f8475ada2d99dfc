/* DeformablePSROIPooling and its gradients; see csrc/cpu/roi_deformable.c. */
#include "scatter.cuh"
#include "roi_moved.h"

#define FN(name) name
#include "roi_moved_impl.h"

struct moved_grad_dims : roi_deformable_dims { int64_t n, bits; };

/* One sample's four pixels, upper left first. */
static int64_t corner_at(const roi_deformable_dims &d, const moved_sample &s, int which) {
  return (which / 2 ? s.y1 : s.y0) * d.W + (which % 2 ? s.x1 : s.x0);
}
static wide corner_weight(const moved_sample &s, int which) {
  return (which / 2 ? s.down : 1 - s.down) * (which % 2 ? s.right : 1 - s.right);
}
static int64_t samples_inside(const roi_deformable_dims &d, const moved_bin &b) {
  moved_sample s;
  int64_t count = 0;
  for (int64_t i = 0; i < d.samples * d.samples; i++) count += sample_at(&d, &b, i, &s);
  return count;
}

/* x rois moves? -> y */
KERNEL(roi_deformable, roi_deformable_dims) {
  const int64_t bins = d.P * d.P;
  EACH(i, d.R * d.C * bins) {
    const moved_bin b = move_bin(&d, IN(1), d.has_moves ? IN(2) : nullptr, i / bins / d.C,
                                 i / bins % d.C, i % bins);
    wide sum = 0;
    int64_t count = 0;
    moved_sample s;
    if (b.image < 0) WRONG_INDEX(args);
    for (int64_t k = 0; k < d.samples * d.samples && b.image >= 0; k++) {
      if (!sample_at(&d, &b, k, &s)) continue;
      const real *x = IN(0) + b.plane * d.H * d.W;
      const wide up = (1 - s.right) * LOAD(x[corner_at(d, s, 0)]) + s.right * LOAD(x[corner_at(d, s, 1)]);
      const wide low = (1 - s.right) * LOAD(x[corner_at(d, s, 2)]) + s.right * LOAD(x[corner_at(d, s, 3)]);
      sum += (1 - s.down) * up + s.down * low;
      count++;
    }
    OUT(2 + d.has_moves)[i] = STORE(count ? sum / (wide)count : 0);
  }
}

/* dy x rois moves? -> dx, into the scratch */
KERNEL(roi_deformable_data, moved_grad_dims) {
  const int64_t bins = d.P * d.P;
  const scatter_sums sums = sums_of(args.ptr[4 + d.has_moves], d.n, d.bits);
  EACH(i, d.R * d.C * bins) {
    const moved_bin b = move_bin(&d, IN(2), d.has_moves ? IN(3) : nullptr, i / bins / d.C,
                                 i / bins % d.C, i % bins);
    if (b.image < 0) continue;
    const wide share = LOAD(IN(0)[i]) / (wide)samples_inside(d, b);
    moved_sample s;
    for (int64_t k = 0; k < d.samples * d.samples; k++)
      for (int which = 0; which < 4 && sample_at(&d, &b, k, &s); which++)
        scatter_add(sums, b.plane * d.H * d.W + corner_at(d, s, which), corner_weight(s, which) * share);
  }
}

/* How a bin's mean changes with its move along x or y, summed over the samples. */
static wide bin_slope(const roi_deformable_dims &d, const moved_bin &b, const real *x, bool is_x) {
  moved_sample s;
  wide sum = 0;
  for (int64_t i = 0; i < d.samples * d.samples; i++) {
    if (!sample_at(&d, &b, i, &s)) continue;
    wide v[4];
    for (int which = 0; which < 4; which++) v[which] = LOAD(x[corner_at(d, s, which)]);
    sum += is_x ? (1 - s.down) * (v[1] - v[0]) + s.down * (v[3] - v[2])
                : (1 - s.right) * (v[2] - v[0]) + s.right * (v[3] - v[1]);
  }
  return sum;
}

/* dy x rois moves -> dmoves (R, classes, 2, parts) */
KERNEL(roi_deformable_moves, roi_deformable_dims) {
  const int64_t bins = d.P * d.P, parts = d.part * d.part, channels = d.C / d.classes;
  EACH(i, d.R * d.classes * 2 * parts) {
    const int64_t part = i % parts, kind = i / parts / 2 % d.classes, r = i / parts / 2 / d.classes;
    const bool is_x = i / parts % 2 == 0;
    wide sum = 0;
    for (int64_t bin = 0; bin < bins; bin++)
      for (int64_t c = kind * channels; c < (kind + 1) * channels && part_of(&d, bin) == part; c++) {
        const moved_bin b = move_bin(&d, IN(2), IN(3), r, c, bin);
        const int64_t count = samples_inside(d, b);
        if (b.image < 0 || !count) continue;
        const wide slope = bin_slope(d, b, IN(1) + b.plane * d.H * d.W, is_x);
        sum += LOAD(IN(0)[(r * d.C + c) * bins + bin]) * slope * (is_x ? b.width : b.height) *
               (wide)d.deviation / (wide)count;
      }
    OUT(4)[i] = STORE(sum);
  }
}
