/* BatchNorm: data (N, C, S), everything else (C); see csrc/cpu/batch_norm.c.  Three steps: sums of
 * pieces of each channel, what follows from them for the channel, and the result for each item. */
#include "block.cuh"

/* A block sums a piece of `lanes` channels: 1, or 32 side by side where S is 1.  scratch: for each of
 * `pieces`, two sums a channel; at last the first has those of the whole. */
struct norm_dims {
  int64_t N, C, S, train, fix_gamma;
  double eps, momentum;
  int64_t lanes, pieces;
};

/* The two sums of TERM, which adds to them, over a piece of a channel. */
template <typename Term>
static void sum_pieces(const norm_dims &d, double *parts, Term term) {
  const int64_t tiles = (d.C + d.lanes - 1) / d.lanes, count = d.N * d.S;
  const int64_t rows = blockDim.x / d.lanes;
  for (int64_t task = blockIdx.x; task < tiles * d.pieces; task += gridDim.x) {
    const int64_t piece = task / tiles, c = task % tiles * d.lanes + threadIdx.x % d.lanes;
    const int64_t end = count * (piece + 1) / d.pieces;
    double first = 0, second = 0;
    if (c < d.C)
      for (int64_t i = count * piece / d.pieces + threadIdx.x / d.lanes; i < end; i += rows)
        term(c, (i / d.S * d.C + c) * d.S + i % d.S, first, second);
    column_sums(first, second, (int)d.lanes);
    if (threadIdx.x < d.lanes && c < d.C) {
      parts[2 * (piece * d.C + c)] = first;
      parts[2 * (piece * d.C + c) + 1] = second;
    }
  }
}

static void whole_sums(const norm_dims &d, double *parts, int64_t c, double &first, double &second) {
  first = second = 0;
  for (int64_t piece = 0; piece < d.pieces; piece++) {
    first += parts[2 * (piece * d.C + c)];
    second += parts[2 * (piece * d.C + c) + 1];
  }
  parts[2 * c] = first;
  parts[2 * c + 1] = second;
}

#define VECTOR(k) ((wide *)args.ptr[k])

/* data gamma beta moving_mean moving_var -> out mean inv_std, scratch.  Sums are of data less the
 * channel's first item, so that a mean far from zero costs no digits of the variance. */
KERNEL(batch_norm_sums, norm_dims) {
  const real *x = IN(0);
  sum_pieces(d, (double *)args.ptr[8], [&](int64_t c, int64_t k, double &sum, double &squares) {
    const double value = (double)(LOAD(x[k]) - LOAD(x[c * d.S]));
    sum += value;
    squares += value * value;
  });
}
KERNEL(batch_norm_finish, norm_dims) {
  EACH(c, d.C) {
    double middle, squares;
    if (d.train) {
      whole_sums(d, (double *)args.ptr[8], c, middle, squares);
      middle /= (double)(d.N * d.S);
      const double variance = squares / (double)(d.N * d.S) - middle * middle;
      VECTOR(6)[c] = (wide)((double)LOAD(IN(0)[c * d.S]) + middle);
      VECTOR(7)[c] = (wide)(1 / sqrt((variance < 0 ? 0 : variance) + d.eps));
    } else {
      VECTOR(6)[c] = VECTOR(3)[c];
      VECTOR(7)[c] = (wide)(1 / sqrt((double)VECTOR(4)[c] + d.eps));
    }
  }
}
KERNEL(batch_norm, norm_dims) {
  EACH(k, d.N * d.C * d.S) {
    const int64_t c = k / d.S % d.C;
    const wide factor = (d.fix_gamma ? 1 : VECTOR(1)[c]) * VECTOR(7)[c];
    OUT(5)[k] = STORE((LOAD(IN(0)[k]) - VECTOR(6)[c]) * factor + VECTOR(2)[c]);
  }
}

/* dy data gamma mean inv_std moving_mean! moving_var! -> dx dgamma dbeta, scratch.  As in MXNet it
 * is the backward pass that moves the moving statistics. */
KERNEL(batch_norm_grad_sums, norm_dims) {
  const real *dy = IN(0), *x = IN(1);
  const wide *mean = VECTOR(3);
  sum_pieces(d, (double *)args.ptr[10], [&](int64_t c, int64_t k, double &sum, double &product) {
    const double grad = (double)LOAD(dy[k]);
    sum += grad;
    product += grad * (double)(LOAD(x[k]) - mean[c]);
  });
}
KERNEL(batch_norm_grad_finish, norm_dims) {
  EACH(c, d.C) {
    const double scale = (double)VECTOR(4)[c], keep = d.momentum;
    double sum, product;
    whole_sums(d, (double *)args.ptr[10], c, sum, product);
    VECTOR(8)[c] = d.fix_gamma ? 0 : (wide)(product * scale);
    VECTOR(9)[c] = (wide)sum;
    if (!d.train) continue;
    const double variance = 1 / (scale * scale) - d.eps;
    VECTOR(5)[c] = (wide)(keep * (double)VECTOR(5)[c] + (1 - keep) * (double)VECTOR(3)[c]);
    VECTOR(6)[c] = (wide)(keep * (double)VECTOR(6)[c] + (1 - keep) * variance);
  }
}
KERNEL(batch_norm_grad, norm_dims) {
  const double *sums = (const double *)args.ptr[10], count = (double)(d.N * d.S);
  EACH(k, d.N * d.C * d.S) {
    const int64_t c = k / d.S % d.C;
    const wide inv_std = VECTOR(4)[c], factor = (d.fix_gamma ? 1 : VECTOR(2)[c]) * inv_std;
    const double scale = (double)inv_std;
    const wide middle = d.train ? (wide)(sums[2 * c] / count) : 0;
    const wide slope = d.train ? (wide)(sums[2 * c + 1] * scale * scale / count) : 0;
    OUT(7)[k] = STORE(factor * (LOAD(IN(0)[k]) - middle - (LOAD(IN(1)[k]) - VECTOR(3)[c]) * slope));
  }
}
