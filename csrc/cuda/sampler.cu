/* Maps read at places between their pixels, and the places; see csrc/cpu/bilinear_sampler.c. */
#include "block.cuh"
#include "scatter.cuh"

#define FN(name) name
#include "sampler_places_impl.h"

struct sampler_dims { int64_t N, C, H, W, OH, OW; };
struct sampler_grad_dims { int64_t N, C, H, W, OH, OW, n, bits; };
struct grid_dims { int64_t N, OH, OW; };

/* A place between four pixels: `at`, or OUTSIDE, NOWHERE; steps to the others; weights. */
struct spot { int64_t at, right, down; wide x0, x1, y0, y1; };

template <typename Dims> static spot spot_of(const Dims &d, const real *grid, int64_t n, int64_t i) {
  const int64_t area = d.OH * d.OW;
  spot s;
  const int64_t column = split(LOAD(grid[2 * n * area + i]), d.W, &s.right, &s.x0, &s.x1);
  const int64_t row = split(LOAD(grid[(2 * n + 1) * area + i]), d.H, &s.down, &s.y0, &s.y1);
  s.down *= d.W;
  s.at = row < 0 || column < 0 ? (row < column ? row : column) : row * d.W + column;
  return s;
}

/* x grid -> y.  A thread reads all channels at its place. */
KERNEL(bilinear_sampler, sampler_dims) {
  const int64_t area = d.OH * d.OW;
  EACH(i, d.N * area) {
    const int64_t n = i / area;
    const spot s = spot_of(d, IN(1), n, i % area);
    for (int64_t c = n * d.C; c < (n + 1) * d.C; c++) {
      wide value = s.at == NOWHERE ? (wide)NAN : 0;
      if (s.at >= 0) {
        const real *q = IN(0) + c * d.H * d.W + s.at;
        const wide up = s.x0 * LOAD(q[0]) + s.x1 * LOAD(q[s.right]);
        const wide low = s.x0 * LOAD(q[s.down]) + s.x1 * LOAD(q[s.down + s.right]);
        value = s.y0 * up + s.y1 * low;
      }
      OUT(2)[c * area + i % area] = STORE(value);
    }
  }
}

/* dy grid -> dx: into the scratch. */
KERNEL(bilinear_sampler_data, sampler_grad_dims) {
  const int64_t area = d.OH * d.OW;
  const scatter_sums sums = sums_of(args.ptr[3], d.n, d.bits);
  EACH(i, d.N * d.C * area) {
    const int64_t plane = i / area;
    const spot s = spot_of(d, IN(1), plane / d.C, i % area);
    if (s.at < 0) continue;
    const int64_t at = plane * d.H * d.W + s.at;
    const wide up = s.y0 * LOAD(IN(0)[i]), low = s.y1 * LOAD(IN(0)[i]);
    scatter_add(sums, at, up * s.x0);
    scatter_add(sums, at + s.right, up * s.x1);
    scatter_add(sums, at + s.down, low * s.x0);
    scatter_add(sums, at + s.down + s.right, low * s.x1);
  }
}

static wide pixel_or_0(const sampler_dims &d, const real *x, int64_t row, int64_t column) {
  return row >= 0 && row < d.H && column >= 0 && column < d.W ? LOAD(x[row * d.W + column]) : 0;
}

/* dy x grid -> dgrid */
KERNEL(bilinear_sampler_grid, sampler_dims) {
  const int64_t area = d.OH * d.OW;
  EACH(i, d.N * area) {
    const int64_t n = i / area, at = 2 * n * area + i % area;
    const wide column = (LOAD(IN(2)[at]) + 1) * (wide)(d.W - 1) / 2;
    const wide row = (LOAD(IN(2)[at + area]) + 1) * (wide)(d.H - 1) / 2;
    wide along_x = column != column || row != row ? (wide)NAN : 0, along_y = along_x;
    if (column > -1 && column < (wide)d.W && row > -1 && row < (wide)d.H) {
      const int64_t w = (int64_t)floor((double)column), h = (int64_t)floor((double)row);
      const wide right = column - (wide)w, down = row - (wide)h;
      for (int64_t c = n * d.C; c < (n + 1) * d.C; c++) {
        const real *x = IN(1) + c * d.H * d.W;
        const wide dy = LOAD(IN(0)[c * area + i % area]);
        const wide v00 = pixel_or_0(d, x, h, w), v01 = pixel_or_0(d, x, h, w + 1);
        const wide v10 = pixel_or_0(d, x, h + 1, w), v11 = pixel_or_0(d, x, h + 1, w + 1);
        along_x += dy * ((1 - down) * (v01 - v00) + down * (v11 - v10));
        along_y += dy * ((1 - right) * (v10 - v00) + right * (v11 - v01));
      }
    }
    OUT(3)[at] = STORE(along_x * (wide)(d.W - 1) / 2);
    OUT(3)[at + area] = STORE(along_y * (wide)(d.H - 1) / 2);
  }
}

/* matrices (N, 2, 3) -> grid */
KERNEL(affine_grid, grid_dims) {
  const double across = 2 / (double)(d.OW - 1), down = 2 / (double)(d.OH - 1);
  EACH(i, 2 * d.N * d.OH * d.OW) {
    const real *row = IN(0) + i / d.OW / d.OH * 3;
    const wide rest = LOAD(row[1]) * target(i / d.OW % d.OH, down) + LOAD(row[2]);
    OUT(1)[i] = STORE(LOAD(row[0]) * target(i % d.OW, across) + rest);
  }
}

/* dgrid -> dmatrices: a block a row of them. */
KERNEL(affine_grid_grad, grid_dims) {
  const double across = 2 / (double)(d.OW - 1), down = 2 / (double)(d.OH - 1);
  for (int64_t unit = blockIdx.x; unit < 2 * d.N; unit += gridDim.x) {
    double sum[3] = {0, 0, 0};
    for (int64_t i = threadIdx.x; i < d.OH * d.OW; i += blockDim.x) {
      const double slope = (double)LOAD(IN(0)[unit * d.OH * d.OW + i]);
      sum[0] += slope * (double)target(i % d.OW, across);
      sum[1] += slope * (double)target(i / d.OW, down);
      sum[2] += slope;
    }
    for (int k = 0; k < 3; k++) {
      const double total = block_sum(sum[k]);
      if (threadIdx.x == 0) OUT(1)[3 * unit + k] = STORE((wide)total);
    }
  }
}
