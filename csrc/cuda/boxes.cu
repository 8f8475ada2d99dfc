/* Overlaps of boxes, offsets from anchors, pairs, and anchors.  See csrc/cpu/box_pairs.c. */
#include "sort.cuh"
#include "mx_order_key.h"

struct corners { wide x1, y1, x2, y2, area; };

static corners corners_of(const real *p, bool is_center) {
  const wide a = LOAD(p[0]), b = LOAD(p[1]), c = LOAD(p[2]), e = LOAD(p[3]);
  const wide w = is_center ? c : c - a, h = is_center ? e : e - b;
  const wide area = !(w < 0 || h < 0) ? w * h : 0;
  if (is_center) return {a - c / 2, b - e / 2, a + c / 2, b + e / 2, area};
  return {a, b, c, e, area};
}

/* lhs (M, 4), rhs (N, 4) -> (M, N): the shared part of the union. */
struct box_iou_dims { int64_t M, N, center; };
KERNEL(box_iou, box_iou_dims) {
  EACH(i, d.M * d.N) {
    const corners a = corners_of(IN(0) + 4 * (i / d.N), d.center), b = corners_of(IN(1) + 4 * (i % d.N), d.center);
    const wide w = (b.x2 < a.x2 ? b.x2 : a.x2) - (b.x1 > a.x1 ? b.x1 : a.x1);
    const wide h = (b.y2 < a.y2 ? b.y2 : a.y2) - (b.y1 > a.y1 ? b.y1 : a.y1);
    const wide shared = (w > 0 ? w : 0) * (h > 0 ? h : 0);
    OUT(2)[i] = STORE(shared > 0 ? shared / (a.area + b.area - shared) : (wide)0);
  }
}

/* samples, matches (B, N), anchors (B, N, 4), refs (B, M, 4), means, stds (4) -> targets, masks (B, N, 4). */
struct box_encode_dims { int64_t B, N, M; };
KERNEL(box_encode, box_encode_dims) {
  EACH(i, d.B * d.N) {
    const bool is_valid = LOAD(IN(0)[i]) > (wide)0.5;
    real *target = OUT(6) + 4 * i, *mask = OUT(7) + 4 * i;
    for (int k = 0; k < 4; k++) mask[k] = STORE((wide)is_valid), target[k] = STORE((wide)0);
    if (!is_valid) continue;
    const double match = (double)LOAD(IN(1)[i]);
    if (!(match > -1 && match < (double)d.M)) {
      WRONG_INDEX(args);
      continue;
    }
    const real *anchor = IN(2) + 4 * i, *ref = IN(3) + 4 * (i / d.N * d.M + (int64_t)match);
    for (int k = 0; k < 2; k++) {
      const wide start = LOAD(anchor[k]), size = LOAD(anchor[k + 2]) - start;
      const wide ref_start = LOAD(ref[k]), ref_size = LOAD(ref[k + 2]) - ref_start;
      const wide shift = (ref_start + ref_size / 2 - (start + size / 2)) / size;
      const wide grown = F_(log)(ref_size / size);
      target[k] = STORE((shift - LOAD(IN(4)[k])) / LOAD(IN(5)[k]));
      target[k + 2] = STORE((grown - LOAD(IN(4)[k + 2])) / LOAD(IN(5)[k + 2]));
    }
  }
}

/* x (B, N, 4), anchors (N, 4) -> corners (B, N, 4).  corner: whether anchors are corners; clip: the most that a
 * logarithm may be, if above 0. */
struct box_decode_dims { int64_t B, N, corner; double std[4], clip; };
KERNEL(box_decode, box_decode_dims) {
  EACH(i, d.B * d.N) {
    const real *x = IN(0) + 4 * i, *anchor = IN(1) + 4 * (i % d.N);
    for (int k = 0; k < 2; k++) {
      wide middle = LOAD(anchor[k]), size = LOAD(anchor[k + 2]);
      if (d.corner) {
        size -= middle;
        middle += size / 2;
      }
      wide grown = LOAD(x[k + 2]) * (wide)d.std[k + 2];
      if (d.clip > 0 && !(grown < (wide)d.clip)) grown = (wide)d.clip;
      const wide moved = LOAD(x[k]) * (wide)d.std[k] * size + middle, half = F_(exp)(grown) * size / 2;
      OUT(2)[4 * i + k] = STORE(moved - half);
      OUT(2)[4 * i + k + 2] = STORE(moved + half);
    }
  }
}

/* scores (B, M, N) -> column of each row (B, M), row of each column (B, N), or -1: a block sorts the scores of a
 * sample, then one thread takes pairs.  at_most: how many; -1: any number.  scratch: two lists a block. */
struct bipartite_dims { int64_t B, M, N, is_ascend, at_most; double threshold; };
KERNEL(bipartite, bipartite_dims) {
  const int64_t size = d.M * d.N;
  uint64_t *keys = (uint64_t *)((char *)args.ptr[3] + blockIdx.x * 24 * size);
  uint32_t *places = (uint32_t *)(keys + 2 * size);
  for (int64_t b = blockIdx.x; b < d.B; b += gridDim.x) {
    const real *x = IN(0) + b * size;
    real *row_of = OUT(1) + b * d.M, *column_of = OUT(2) + b * d.N;
    for (int64_t i = threadIdx.x; i < size; i += blockDim.x) {
      keys[i] = order_key_f64((double)LOAD(x[i]), d.is_ascend != 0);
      places[i] = (uint32_t)i;
    }
    for (int64_t m = threadIdx.x; m < d.M; m += blockDim.x) row_of[m] = STORE((wide)-1);
    for (int64_t n = threadIdx.x; n < d.N; n += blockDim.x) column_of[n] = STORE((wide)-1);
    __syncthreads();
    const sort_list<uint64_t> first = {keys, places}, second = {keys + size, places + size};
    const uint32_t *order = block_sort(first, second, size, 64).places;
    int64_t count = 0;
    for (int64_t i = 0; i < size && count != d.at_most && threadIdx.x == 0; i++) {
      const int64_t m = order[i] / d.N, n = order[i] % d.N;
      if (LOAD(row_of[m]) >= 0 || LOAD(column_of[n]) >= 0) continue;
      const wide score = LOAD(x[order[i]]), limit = (wide)d.threshold;
      if (!(d.is_ascend ? score < limit : score > limit)) break;
      row_of[m] = STORE((wide)n);
      column_of[n] = STORE((wide)m);
      count++;
    }
    __syncthreads();
  }
}

/* -> anchors (H, W, count, 4): corners at places (offset + number) * step; half the sides of each kind, and the steps
 * and offsets, are given as bits of double, y first. */
enum { MOST_ANCHORS = 64 };
struct anchor_dims {
  int64_t H, W, count, clip, half_h[MOST_ANCHORS], half_w[MOST_ANCHORS], step[2], offset[2];
};
KERNEL(prior_anchors, anchor_dims) {
  EACH(i, d.H * d.W * d.count) {
    const int64_t place[2] = {i / d.count / d.W, i / d.count % d.W}, kind = i % d.count;
    for (int axis = 0; axis < 2; axis++) {
      const wide half = (wide)__longlong_as_double(axis ? d.half_w[kind] : d.half_h[kind]);
      const wide middle = ((wide)place[axis] + (wide)__longlong_as_double(d.offset[axis])) *
                          (wide)__longlong_as_double(d.step[axis]);
      for (int end = 0; end < 2; end++) {
        const wide y = end ? middle + half : middle - half;
        OUT(1)[4 * i + 1 - axis + 2 * end] = STORE(d.clip ? y < 0 ? (wide)0 : y > 1 ? (wide)1 : y : y);
      }
    }
  }
}
