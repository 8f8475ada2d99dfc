/* box_nms: of boxes that overlap, the one with the highest score stays; a block a sample.  See csrc/cpu/box_nms.c. */
#include "nms.cuh"

struct box_nms_dims {
  int64_t batch, num, width, at_most, coord, score, id, background, force, in_center, out_center;
  double overlap, valid;
};

/* The corners of the box at p; returns its area, 0 where a side is negative. */
static wide box_at(const box_nms_dims &d, const real *p, wide *box) {
  const wide a = LOAD(p[0]), b = LOAD(p[1]), c = LOAD(p[2]), e = LOAD(p[3]);
  const wide w = d.in_center ? c : c - a, h = d.in_center ? e : e - b;
  box[0] = d.in_center ? a - c / 2 : a;
  box[1] = d.in_center ? b - e / 2 : b;
  box[2] = d.in_center ? a + c / 2 : c;
  box[3] = d.in_center ? b + e / 2 : e;
  return w < 0 || h < 0 ? 0 : w * h;
}

/* Rewrites the box at p as it is wanted. */
static void convert(const box_nms_dims &d, real *p) {
  const wide a = LOAD(p[0]), b = LOAD(p[1]), c = LOAD(p[2]), e = LOAD(p[3]);
  if (d.in_center == d.out_center) return;
  p[0] = STORE(d.out_center ? (a + c) / 2 : a - c / 2);
  p[1] = STORE(d.out_center ? (b + e) / 2 : b - e / 2);
  p[2] = STORE(d.out_center ? c - a : a + c / 2);
  p[3] = STORE(d.out_center ? e - b : b + e / 2);
}

static bool is_candidate(const box_nms_dims &d, const real *p) {
  return LOAD(p[d.score]) > (wide)d.valid && !(d.id >= 0 && LOAD(p[d.id]) == (wide)d.background);
}

/* x (batch, num, width) -> y, which begins with the boxes that stay, and is -1 behind them; rows (batch, num)
 * int64: where in x each came from, or -1. */
KERNEL(box_nms, box_nms_dims) {
  const bool has_kind = d.id >= 0 && !d.force;
  ranking all = ranking_at((char *)args.ptr[3] + blockIdx.x * d.num * RANKING_BYTES, d.num);
  for (int64_t b = blockIdx.x; b < d.batch; b += gridDim.x) {
    const real *x = IN(0) + b * d.num * d.width;
    real *y = OUT(1) + b * d.num * d.width;
    int64_t *rows = (int64_t *)args.ptr[2] + b * d.num, n = 0;
    if (d.at_most <= 0) {
      for (int64_t i = threadIdx.x; i < d.num * d.width; i += blockDim.x) y[i] = x[i];
      for (int64_t i = threadIdx.x; i < d.num; i += blockDim.x) rows[i] = b * d.num + i;
      continue;
    }
    for (int64_t begin = 0; begin < d.num; begin += blockDim.x) {
      const int64_t i = begin + threadIdx.x;
      const bool counts = i < d.num && is_candidate(d, x + i * d.width);
      if (i < d.num) {
        all.first.keys[i] = counts ? key_of_score((double)LOAD(x[i * d.width + d.score])) : UINT64_MAX;
        all.first.places[i] = (uint32_t)i;
      }
      n += __syncthreads_count(counts);
    }
    const uint32_t *order = block_sort(all.first, all.second, d.num, 64).places;
    if (n > d.at_most) n = d.at_most;
    all.kept.n = 0;
    for (int64_t i = 0; i < n; i++) {
      const real *p = x + (int64_t)order[i] * d.width;
      wide box[4];
      const wide area = box_at(d, p + d.coord, box);
      const wide kind = has_kind ? (wide)trunc((double)LOAD(p[d.id])) : 0;
      if (is_covered(all.kept, box, area, kind, (wide)d.overlap, 0)) continue;
      real *to = y + all.kept.n * d.width;
      for (int64_t k = threadIdx.x; k < d.width; k += blockDim.x) to[k] = p[k];
      if (threadIdx.x == 0) rows[all.kept.n] = b * d.num + order[i];
      __syncthreads();
      if (threadIdx.x == 0) convert(d, to + d.coord);
      keep_box(all.kept, box, area, kind);
    }
    for (int64_t i = all.kept.n + threadIdx.x; i < d.num; i += blockDim.x) rows[i] = -1;
    for (int64_t i = all.kept.n * d.width + threadIdx.x; i < d.num * d.width; i += blockDim.x)
      y[i] = STORE((wide)-1);
    __syncthreads();
  }
}

/* dy, rows -> dx: each row of dy where its box was in x. */
struct box_nms_grad_dims { int64_t batch, num, width; };
KERNEL(box_nms_grad_first, box_nms_grad_dims) {
  EACH(i, d.batch * d.num * d.width) OUT(2)[i] = STORE((wide)0);
}
KERNEL(box_nms_grad, box_nms_grad_dims) {
  EACH(i, d.batch * d.num * d.width) {
    const int64_t row = ((const int64_t *)args.ptr[1])[i / d.width];
    if (row >= 0) OUT(2)[row * d.width + i % d.width] = IN(0)[i];
  }
}
