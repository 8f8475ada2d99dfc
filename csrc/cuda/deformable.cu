/* Columns of windows whose taps were moved by offsets, and the gradients; see csrc/cpu/deformable.c. */
#include "scatter.cuh"
#include "deformable_place.h"

struct deformable_grad_dims : deformable_dims { int64_t n, bits; };

/* Where a tap reads; is_inside: whether it does. */
struct deformable_tap {
  deformable_axis axis[2];
  wide mask;
  bool is_inside;
};

/* Tap k of output p for group g of image n: index = n * groups + g. */
static deformable_tap tap_of(const deformable_dims &d, int64_t index, int64_t k, int64_t p,
                             const real *offset, const real *mask) {
  const int64_t pixels = d.out[0] * d.out[1], taps = d.kernel[0] * d.kernel[1];
  const int64_t tap[2] = {k / d.kernel[1], k % d.kernel[1]}, o[2] = {p / d.out[1], p % d.out[1]};
  deformable_tap t;
  t.is_inside = true;
  for (int i = 0; i < 2; i++) {
    const double at = (double)(o[i] * d.stride[i] + tap[i] * d.dilate[i] - d.pad[i]);
    const double move = (double)LOAD(offset[((index * taps + k) * 2 + i) * pixels + p]);
    if (!deformable_place(at + move, d.size[i], (int)d.has_mask, &t.axis[i])) t.is_inside = false;
  }
  t.mask = mask ? LOAD(mask[(index * taps + k) * pixels + p]) : 1;
  return t;
}

/* The four pixels: rows * 2 + columns. */
static int64_t pixel_at(const deformable_dims &d, const deformable_tap &t, int which) {
  const int64_t row = which / 2 ? t.axis[0].next : t.axis[0].at;
  return row * d.size[1] + (which % 2 ? t.axis[1].next : t.axis[1].at);
}

/* data offset mask? -> columns (N, C, taps, pixels) */
KERNEL(deformable, deformable_dims) {
  const int64_t pixels = d.out[0] * d.out[1], taps = d.kernel[0] * d.kernel[1];
  EACH(i, d.N * d.C * taps * pixels) {
    const int64_t p = i % pixels, k = i / pixels % taps, c = i / pixels / taps;
    const deformable_tap t = tap_of(d, c / (d.C / d.groups), k, p, IN(1), d.has_mask ? IN(2) : nullptr);
    const real *x = IN(0) + c * d.size[0] * d.size[1];
    wide value = 0;
    for (int row = 0; row < 2 && t.is_inside; row++)
      value += (wide)t.axis[0].w[row] *
               ((wide)t.axis[1].w[0] * LOAD(x[pixel_at(d, t, 2 * row)]) +
                (wide)t.axis[1].w[1] * LOAD(x[pixel_at(d, t, 2 * row + 1)]));
    OUT(2 + d.has_mask)[i] = STORE(value * t.mask);
  }
}

/* dcolumns data offset mask? -> ddata doffset dmask?, scratch.  First ddata, into the scratch. */
KERNEL(deformable_grad_data, deformable_grad_dims) {
  const int64_t pixels = d.out[0] * d.out[1], taps = d.kernel[0] * d.kernel[1];
  const scatter_sums sums = sums_of(args.ptr[5 + 2 * d.has_mask], d.n, d.bits);
  EACH(i, d.N * d.C * taps * pixels) {
    const int64_t p = i % pixels, k = i / pixels % taps, c = i / pixels / taps;
    const deformable_tap t = tap_of(d, c / (d.C / d.groups), k, p, IN(2), d.has_mask ? IN(3) : nullptr);
    const wide slope = LOAD(IN(0)[i]) * t.mask;
    for (int which = 0; which < 4 && t.is_inside; which++)
      scatter_add(sums, c * d.size[0] * d.size[1] + pixel_at(d, t, which),
                  slope * (wide)t.axis[0].w[which / 2] * (wide)t.axis[1].w[which % 2]);
  }
}

/* A thread makes the gradients of a tap's offsets and mask, from all channels of its group. */
KERNEL(deformable_grad, deformable_dims) {
  const int64_t pixels = d.out[0] * d.out[1], taps = d.kernel[0] * d.kernel[1];
  const int64_t channels = d.C / d.groups, plane = d.size[0] * d.size[1];
  EACH(i, d.N * d.groups * taps * pixels) {
    const int64_t p = i % pixels, k = i / pixels % taps, index = i / pixels / taps;
    const deformable_tap t = tap_of(d, index, k, p, IN(2), d.has_mask ? IN(3) : nullptr);
    wide dy = 0, dx = 0, dm = 0;
    for (int64_t c = index * channels; c < (index + 1) * channels && t.is_inside; c++) {
      wide v[4];
      for (int which = 0; which < 4; which++) v[which] = LOAD(IN(1)[c * plane + pixel_at(d, t, which)]);
      const wide above = (wide)t.axis[1].w[0] * v[0] + (wide)t.axis[1].w[1] * v[1];
      const wide below = (wide)t.axis[1].w[0] * v[2] + (wide)t.axis[1].w[1] * v[3];
      const wide g = LOAD(IN(0)[(c * taps + k) * pixels + p]), gm = g * t.mask;
      dm += g * ((wide)t.axis[0].w[0] * above + (wide)t.axis[0].w[1] * below);
      dy += gm * ((wide)t.axis[0].slope[0] * above + (wide)t.axis[0].slope[1] * below);
      dx += gm * ((wide)t.axis[0].w[0] * ((wide)t.axis[1].slope[0] * v[0] + (wide)t.axis[1].slope[1] * v[1]) +
                  (wide)t.axis[0].w[1] * ((wide)t.axis[1].slope[0] * v[2] + (wide)t.axis[1].slope[1] * v[3]));
    }
    OUT(4 + d.has_mask)[(index * taps + k) * 2 * pixels + p] = STORE(dy);
    OUT(4 + d.has_mask)[((index * taps + k) * 2 + 1) * pixels + p] = STORE(dx);
    if (d.has_mask) OUT(6)[i] = STORE(dm);
  }
}
