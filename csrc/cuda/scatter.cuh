/* Sums of values that come to places that depend on data, the same in any order of threads: in
 * integers, in units so small that nothing of float32 is lost beside the largest value, and so large
 * that 2^bits of them fit.  NaN and infinities are added apart.
 *
 * scratch: the largest finite magnitudes of two arrays, the integers (n), the others (n).  Launches:
 * clear, most (of what the values are products of), the kernel that adds, finish. */
#ifndef MX_SCATTER_CUH
#define MX_SCATTER_CUH
#include "prelude.cuh"

/* Sizes of the arrays whose magnitudes bound the values (1: none), of the sums; bits. */
struct scatter_dims { int64_t first, second, n, bits; };

struct scatter_sums {
  unsigned long long *integers;
  wide *others;
  double unit;
};

static scatter_sums sums_of(void *scratch, int64_t n, int64_t bits) {
  const double *most = (const double *)scratch;
  scatter_sums s;
  s.integers = (unsigned long long *)(most + 2);
  s.others = (wide *)(s.integers + n);
  int first, second;
  frexp(most[0], &first);
  frexp(most[1], &second);
  const int exponent = first + second < -900 ? -900 : first + second > 1024 ? 1024 : first + second;
  s.unit = ldexp(1.0, exponent + (int)bits - 62);
  return s;
}

static void scatter_add(const scatter_sums &s, int64_t i, wide value) {
  if (isfinite((double)value))
    atomicAdd(s.integers + i, (unsigned long long)(long long)rint((double)value / s.unit));
  else atomicAdd(s.others + i, value);
}

/* scratch */
KERNEL(scatter_clear, scatter_dims) {
  double *most = (double *)args.ptr[0];
  const scatter_sums s = sums_of(most, d.n, 0);
  EACH(i, d.n) {
    s.integers[i] = 0;
    s.others[i] = 0;
  }
  if (blockIdx.x == 0 && threadIdx.x == 0) {
    most[0] = 0;
    most[1] = d.second > 1 ? 0 : 1;
  }
}

/* first second scratch.  Positive numbers are in the order of their bits. */
KERNEL(scatter_most, scatter_dims) {
  unsigned long long *most = (unsigned long long *)args.ptr[2];
  double first = 0, second = 0;
  EACH(i, d.first) {
    const double x = fabs((double)LOAD(IN(0)[i]));
    if (isfinite(x) && x > first) first = x;
  }
  EACH(i, d.second > 1 ? d.second : 0) {
    const double x = fabs((double)LOAD(IN(1)[i]));
    if (isfinite(x) && x > second) second = x;
  }
  unsigned long long bits;
  memcpy(&bits, &first, 8);
  if (first > 0) atomicMax(most, bits);
  memcpy(&bits, &second, 8);
  if (second > 0) atomicMax(most + 1, bits);
}

/* scratch result */
KERNEL(scatter_finish, scatter_dims) {
  const scatter_sums s = sums_of(args.ptr[0], d.n, d.bits);
  EACH(i, d.n) OUT(1)[i] = STORE((wide)((double)(long long)s.integers[i] * s.unit) + s.others[i]);
}
#endif
