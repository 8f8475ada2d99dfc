/* What all values of arrays say together: histograms, whether two arrays are close, whether all are finite. */
#include "prelude.cuh"

/* data (n), perhaps bounds (bins + 1) -> counts (bins) int64, bounds (bins + 1): those given, or of bins of
 * one width from low to high. */
struct histogram_dims { int64_t n, bins, by_bounds; double low, high; };

/* -1, 0, 1: bound k lies below, at, above the value.  Bounds of one width are rounded to the dtype of floats, and
 * are of float64 where the data are integers, as in NumPy. */
static int compare_bound(const histogram_dims &d, const mx_args &args, int64_t k, wide value) {
  if (d.by_bounds) {
    const wide bound = LOAD(IN(1)[k]);
    return (bound > value) - (bound < value);
  }
  const double width = (d.high - d.low) / (double)d.bins;
  const double exact = k == d.bins ? d.high : __dadd_rn(__dmul_rn((double)k, width), d.low);
#if IS_INTEGER
  const double bound = exact;
#else
  const wide bound = LOAD(STORE((wide)exact));
#endif
  return (bound > value) - (bound < value);
}

KERNEL(histogram_first, histogram_dims) {
  int64_t *counts = (int64_t *)args.ptr[1 + d.by_bounds];
  EACH(k, d.bins + 1) {
    if (k < d.bins) counts[k] = 0;
    const double width = ((double)d.high * (double)k + (double)(d.bins - k) * d.low) / (double)d.bins;
    OUT(2 + d.by_bounds)[k] = d.by_bounds ? IN(1)[k] : STORE((wide)width);
    if (d.by_bounds && k && LOAD(IN(1)[k]) < LOAD(IN(1)[k - 1])) WRONG(args, MX_BAD_VALUE);
  }
}

/* A bin holds its lower bound, the last one its upper bound, too. */
KERNEL(histogram, histogram_dims) {
  unsigned long long *counts = (unsigned long long *)args.ptr[1 + d.by_bounds];
  EACH(i, d.n) {
    const wide value = LOAD(IN(0)[i]);
    if (value != value || compare_bound(d, args, 0, value) > 0 || compare_bound(d, args, d.bins, value) < 0) continue;
    int64_t low = 0, high = d.bins - 1;        /* the last bin whose lower bound is not above the value */
    while (low < high) {
      const int64_t middle = (low + high + 1) / 2;
      if (compare_bound(d, args, middle, value) <= 0) low = middle;
      else high = middle - 1;
    }
    atomicAdd(counts + low, 1ull);
  }
}

/* a, b (n) -> uint8: 1 if |a - b| <= atol + rtol * |b| everywhere. */
struct allclose_dims { int64_t n, equal_nan; double rtol, atol; };

KERNEL(allclose_first, allclose_dims) {
  if (blockIdx.x == 0 && threadIdx.x == 0) *(uint8_t *)args.ptr[2] = 1;
}
KERNEL(allclose, allclose_dims) {
  EACH(i, d.n) {
    const double a = (double)LOAD(IN(0)[i]), b = (double)LOAD(IN(1)[i]);
    const bool both_nan = a != a && b != b, is_infinite = fabs(a) == INFINITY || fabs(b) == INFINITY;
    const bool is_close = is_infinite ? a == b : fabs(a - b) <= d.atol + d.rtol * fabs(b);
    if (!(is_close || (both_nan && d.equal_nan))) *(uint8_t *)args.ptr[2] = 0;
  }
}

#if !IS_INTEGER
/* `count` arrays of n[i] values -> float32: 0 where one is not finite, else 1, or as it was unless init. */
struct all_finite_dims { int64_t count, init, n[MX_MOST_ARRAYS]; };

KERNEL(all_finite_first, all_finite_dims) {
  if (d.init && blockIdx.x == 0 && threadIdx.x == 0) *(float *)args.ptr[d.count] = 1;
}
KERNEL(all_finite, all_finite_dims) {
  for (int64_t k = 0; k < d.count; k++)
    EACH(i, d.n[k])
      if (!(0 * LOAD(IN(k)[i]) == 0)) *(float *)args.ptr[d.count] = 0;
}
#endif
