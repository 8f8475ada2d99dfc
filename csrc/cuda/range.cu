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
