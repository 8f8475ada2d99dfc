/* What NumPy does to elements, and to all of them: rounding to even, bits turned over, checks of values. */
#include "prelude.cuh"

/* The nearest integer, halves to the even one, of x * 10^decimals, or of x / 10^-decimals. */
struct around_dims { int64_t size, decimals; };
KERNEL(around, around_dims) {
#if IS_INTEGER
  EACH(i, d.size) OUT(1)[i] = IN(0)[i];
#else
  wide factor = 1;
  for (int64_t k = 0; k < (d.decimals < 0 ? -d.decimals : d.decimals); k++) factor *= 10;
  EACH(i, d.size) {
    const wide x = LOAD(IN(0)[i]);
    OUT(1)[i] = STORE(d.decimals < 0 ? F_(rint)(x / factor) * factor : F_(rint)(x * factor) / factor);
  }
#endif
}

#if IS_INTEGER
struct size_dims { int64_t size; };
KERNEL(bitwise_not, size_dims) {
#ifdef DTYPE_b8
  EACH(i, d.size) OUT(1)[i] = !IN(0)[i];
#else
  EACH(i, d.size) OUT(1)[i] = (real)~IN(0)[i];
#endif
}
#endif

/* y = x, whose values must not be below `low`, nor low itself if is_above, nor above `high`. */
struct checked_dims { int64_t size, is_above; double low, high; };
KERNEL(checked, checked_dims) {
  EACH(i, d.size) {
    const double x = (double)LOAD(IN(0)[i]);
    if ((d.is_above ? x <= d.low : x < d.low) || x > d.high) WRONG(args, MX_BAD_VALUE);
    OUT(1)[i] = IN(0)[i];
  }
}

/* Whether all are other than 0, which they must be. */
KERNEL(constraint_first, checked_dims) {
  if (blockIdx.x == 0 && threadIdx.x == 0) *(uint8_t *)args.ptr[1] = 1;
}
KERNEL(constraint, checked_dims) {
  EACH(i, d.size)
    if (LOAD(IN(0)[i]) == 0) {
      WRONG(args, MX_BAD_VALUE);
      *(uint8_t *)args.ptr[1] = 0;
    }
}
