/* Normalisation of rows: LayerNorm, InstanceNorm, GroupNorm and L2Normalization; see
 * csrc/cpu/layer_norm.c.  data is (A, B, C), gamma and beta (B); a row runs along axis `over`.
 *
 * A block makes a row, or 32 of them that lie side by side. */
#include "block.cuh"

struct rows_dims {
  int64_t A, B, C, over, stats;
  double eps;
};

/* A thread's place: its row, `length` items `step` apart from `start` on, of which it takes each
 * `hop`-th from `first` on. */
struct row_walk { int64_t row, start, length, step, first, hop, lanes; bool is_row; };

static int64_t rows_of(const rows_dims &d) { return d.over == 1 ? d.A * d.C : d.A * d.B; }

static row_walk walk_of(const rows_dims &d, int64_t tile) {
  row_walk w;
  w.length = d.over == 1 ? d.B : d.C;
  w.step = d.over == 1 ? d.C : 1;
  w.lanes = w.step == 1 ? 1 : 32;
  w.row = tile * w.lanes + threadIdx.x % w.lanes;
  w.is_row = w.row < rows_of(d);
  w.start = w.row / w.step * w.length * w.step + w.row % w.step;
  w.first = threadIdx.x / w.lanes;
  w.hop = blockDim.x / w.lanes;
  return w;
}
#define EACH_ROW(w)                                                                    \
  for (int64_t tile = blockIdx.x, lanes = walk_of(d, 0).lanes;                         \
       tile * lanes < rows_of(d); tile += gridDim.x)                                   \
    if (const row_walk w = walk_of(d, tile); true)
#define ALONG(w, k)                                                                    \
  for (int64_t i = w.first, k = w.start + i * w.step; w.is_row && i < w.length;        \
       i += w.hop, k += w.hop * w.step)

/* A row's mean is middle + rest: middle is near x, so that x - middle is exact where it matters. */
struct moments { wide middle, rest, inv_std; };
#define NORMAL(x, m) ((x - m.middle - m.rest) * m.inv_std)

static moments moments_of(const real *x, const row_walk &w, double eps) {
  double sum = 0, squares = 0;
  ALONG(w, k) sum += (double)LOAD(x[k]);
  column_sums(sum, squares, (int)w.lanes);
  moments m;
  m.middle = (wide)(sum / (double)w.length);
  sum = squares = 0;
  ALONG(w, k) {
    const wide value = LOAD(x[k]) - m.middle;
    sum += (double)value;
    squares += (double)(value * value);
  }
  column_sums(sum, squares, (int)w.lanes);
  const double rest = sum / (double)w.length, variance = squares / (double)w.length - rest * rest;
  m.rest = (wide)rest;
  m.inv_std = (wide)(1 / sqrt((variance < 0 ? 0 : variance) + eps));
  return m;
}

/* data gamma beta -> out [mean std] */
KERNEL(layer_norm, rows_dims) {
  EACH_ROW(w) {
    const moments m = moments_of(IN(0), w, d.eps);
    ALONG(w, k) {
      const int64_t b = d.over == 1 ? i : w.row % d.B;
      OUT(3)[k] = STORE(NORMAL(LOAD(IN(0)[k]), m) * LOAD(IN(1)[b]) + LOAD(IN(2)[b]));
    }
    if (d.stats && w.is_row && w.first == 0) {
      OUT(4)[w.row] = STORE(m.middle + m.rest);
      OUT(5)[w.row] = STORE(1 / m.inv_std);
    }
  }
}

/* dy data gamma -> dx dgamma dbeta, scratch: for each row its moments, over 1; or over 2 its sums of
 * dy x and dy.  With x normalised and h = dy gamma: dx = inv_std (h - mean(h) - x mean(h x)). */
KERNEL(layer_norm_grad, rows_dims) {
  EACH_ROW(w) {
    const moments m = moments_of(IN(1), w, d.eps);
    double sum = 0, product = 0;
    ALONG(w, k) {
      wide h = LOAD(IN(0)[k]);
      if (d.over == 1) h *= LOAD(IN(2)[i]);
      sum += (double)h;
      product += (double)(h * NORMAL(LOAD(IN(1)[k]), m));
    }
    column_sums(sum, product, (int)w.lanes);
    const wide mean = (wide)(sum / (double)w.length), slope = (wide)(product / (double)w.length);
    const wide scale = d.over == 1 ? m.inv_std : LOAD(IN(2)[w.row % d.B]) * m.inv_std;
    ALONG(w, k) {
      wide h = LOAD(IN(0)[k]);
      if (d.over == 1) h *= LOAD(IN(2)[i]);
      OUT(3)[k] = STORE((h - mean - NORMAL(LOAD(IN(1)[k]), m) * slope) * scale);
    }
    if (!w.is_row || w.first) continue;
    if (d.over == 1) {
      ((moments *)args.ptr[6])[w.row] = m;
    } else {
      ((double *)args.ptr[6])[2 * w.row] = product;
      ((double *)args.ptr[6])[2 * w.row + 1] = sum;
    }
  }
}

/* After it: dgamma and dbeta, 32 side by side a block. */
LARGE_KERNEL(layer_norm_vectors, rows_dims) {
  const int64_t hop = blockDim.x / 32, count = d.over == 1 ? d.A * d.C : d.A;
  for (int64_t tile = blockIdx.x; tile * 32 < d.B; tile += gridDim.x) {
    const int64_t b = tile * 32 + threadIdx.x % 32;
    double product = 0, sum = 0;
    for (int64_t i = threadIdx.x / 32; b < d.B && i < count; i += hop) {
      if (d.over == 2) {
        product += ((const double *)args.ptr[6])[2 * (i * d.B + b)];
        sum += ((const double *)args.ptr[6])[2 * (i * d.B + b) + 1];
      } else {
        const moments m = ((const moments *)args.ptr[6])[i];
        const int64_t k = (i / d.C * d.B + b) * d.C + i % d.C;
        const wide dy = LOAD(IN(0)[k]);
        product += (double)(dy * NORMAL(LOAD(IN(1)[k]), m));
        sum += (double)dy;
      }
    }
    column_sums(product, sum, 32);
    if (threadIdx.x < 32 && b < d.B) {
      OUT(4)[b] = STORE((wide)product);
      OUT(5)[b] = STORE((wide)sum);
    }
  }
}

/* data -> data / sqrt(sum(data^2) + eps), row by row */
KERNEL(l2_norm, rows_dims) {
  EACH_ROW(w) {
    double squares = 0, none = 0;
    ALONG(w, k) squares += (double)(LOAD(IN(0)[k]) * LOAD(IN(0)[k]));
    column_sums(squares, none, (int)w.lanes);
    const wide scale = (wide)(1 / sqrt(squares + d.eps));
    ALONG(w, k) OUT(1)[k] = STORE(LOAD(IN(0)[k]) * scale);
  }
}
