/* arange and linspace: evenly spaced numbers; see csrc/cpu/fill.c.  And numbers that are listed. */
#include "prelude.cuh"

struct arange_dims { int64_t n, repeat; double start, step; };

/* Without the fused operation that a compiler may make of x * y + z. */
#if IS_INTEGER
#define NARROW(x) LOAD((real)(int64_t)(x))
#define TIMES(x, y) ((x) * (y))
#define PLUS(x, y) ((x) + (y))
#elif defined(DTYPE_f64)
#define NARROW(x) (x)
#define TIMES(x, y) __dmul_rn(x, y)
#define PLUS(x, y) __dadd_rn(x, y)
#else
#define NARROW(x) LOAD(STORE((wide)(x)))
#define TIMES(x, y) __fmul_rn(x, y)
#define PLUS(x, y) __fadd_rn(x, y)
#endif

/* y[i] = start + (i / repeat) * step, every step rounded to the dtype. */
KERNEL(arange, arange_dims) {
  const wide start = NARROW(d.start), step = NARROW(d.step);
  EACH(i, d.n) {
    const real y = STORE(TIMES(NARROW(i / d.repeat), step));
    OUT(0)[i] = d.start != 0 ? STORE(PLUS(start, LOAD(y))) : y;
  }
}

/* y[i] = start + i * step in float64, rounded once. */
KERNEL(linspace, arange_dims) {
  EACH(i, d.n) {
    const double y = __dadd_rn(d.start, __dmul_rn((double)i, d.step));
#if IS_INTEGER
    OUT(0)[i] = (real)(int64_t)y;
#else
    OUT(0)[i] = STORE((wide)y);
#endif
  }
}

/* y (n), behind `inputs` arrays: these numbers, those of floats as bits of double. */
enum { MOST_LISTED = 256 };
struct listed_dims { int64_t n, inputs, values[MOST_LISTED]; };
KERNEL(listed, listed_dims) {
  EACH(i, d.n) {
#if IS_INTEGER
    OUT(d.inputs)[i] = (real)d.values[i];
#else
    OUT(d.inputs)[i] = STORE((wide)__longlong_as_double(d.values[i]));
#endif
  }
}

/* y[i] = a - b cos(2 pi i / (n - 1)) + c cos(4 pi i / (n - 1)); 1 where n is 1. */
struct window_dims { int64_t n; double a, b, c; };
KERNEL(window, window_dims) {
  EACH(i, d.n) {
    const double turn = d.n > 1 ? 2 * (double)i / (double)(d.n - 1) : 0;
    const double y = d.n > 1 ? d.a - d.b * cospi(turn) + d.c * cospi(2 * turn) : 1;
    OUT(0)[i] = STORE((wide)y);
  }
}

/* y[i] = base^(start + i * step) */
struct logspace_dims { int64_t n; double start, step, base; };
KERNEL(logspace, logspace_dims) {
  EACH(i, d.n) OUT(0)[i] = STORE((wide)pow(d.base, d.start + (double)i * d.step));
}

/* The index of each element of `shape` along each axis: (ndim, n). */
struct indices_dims { int64_t n, ndim, shape[MX_MAX_NDIM]; };
KERNEL(indices, indices_dims) {
  EACH(i, d.n * d.ndim) {
    int64_t at = i % d.n;
    for (int64_t axis = d.ndim - 1; axis > i / d.n; axis--) at /= d.shape[axis];
    OUT(0)[i] = STORE((wide)(at % d.shape[i / d.n]));
  }
}
