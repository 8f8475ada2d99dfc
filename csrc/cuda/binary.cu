/* Pointwise functions of two arrays, with broadcasting, and of an array and a scalar: the rows of
 * binary_ops.def. */
#include "prelude.cuh"
#include "mx_binary_math.h"
#if !IS_INTEGER && !defined(DTYPE_f64)
#define mx_modf mx_modf_
#endif

/* shape: the result's; strides in elements, 0: repeated. */
struct binary_dims {
  int64_t ndim, size, shape[MX_MAX_NDIM], a_stride[MX_MAX_NDIM], b_stride[MX_MAX_NDIM];
};
struct scalar_dims { int64_t size; };

#define ROW(name, formula)                                                    \
  ARRAYS(name, real, STORE((wide)(formula)))                                  \
  KERNEL(name##_scalar, scalar_dims) {                                        \
    const real scalar = STORE((wide)args.scalar[0].f);                        \
    EACH(i, d.size) {                                                         \
      const wide a = LOAD(IN(0)[i]), b = LOAD(scalar);                        \
      OUT(1)[i] = STORE((wide)(formula));                                     \
    }                                                                         \
  }                                                                           \
  KERNEL(r##name##_scalar, scalar_dims) {                                     \
    const real scalar = STORE((wide)args.scalar[0].f);                        \
    EACH(i, d.size) {                                                         \
      const wide a = LOAD(scalar), b = LOAD(IN(0)[i]);                        \
      OUT(1)[i] = STORE((wide)(formula));                                     \
    }                                                                         \
  }
#define ARRAYS(name, type, value)                                             \
  KERNEL(name, binary_dims) {                                                 \
    EACH(i, d.size) {                                                         \
      int64_t rest = i, left = 0, right = 0;                                  \
      _Pragma("unroll 1")                                                     \
      for (int64_t axis = d.ndim - 1; axis > 0; axis--) {                     \
        const int64_t at = rest % d.shape[axis];                              \
        rest /= d.shape[axis];                                                \
        left += at * d.a_stride[axis];                                        \
        right += at * d.b_stride[axis];                                       \
      }                                                                       \
      left += rest * d.a_stride[0];          /* one axis needs no division */ \
      right += rest * d.b_stride[0];                                          \
      const wide a = LOAD(IN(0)[left]), b = LOAD(IN(1)[right]);               \
      (void)a, (void)b;                                                       \
      ((type *)args.ptr[2])[i] = value;                                       \
    }                                                                         \
  }
/* The same with results of bool: a scalar may lie beyond the dtype. */
#define TRUTHS(name, formula, scalar)                                         \
  ARRAYS(name##_bool, mx_b8, (formula))                                       \
  KERNEL(name##_scalar_bool, scalar_dims) {                                   \
    const wide b = scalar;                                                    \
    EACH(i, d.size) {                                                         \
      const wide a = LOAD(IN(0)[i]);                                          \
      ((mx_b8 *)args.ptr[1])[i] = (formula);                                  \
    }                                                                         \
  }
#if IS_INTEGER
#define BOTH(name, on_floats, on_integers) ROW(name, on_integers)
#define SCALAR mx_to_int64(args.scalar[0].f)
#else
#define BOTH(name, on_floats, on_integers) ROW(name, on_floats)
#define SCALAR LOAD(STORE((wide)args.scalar[0].f))
#endif
#define COMPARE(name, formula) ROW(name, formula) TRUTHS(name, formula, SCALAR)
#define LOGICAL(name, formula) ROW(name, formula) TRUTHS(name, formula, args.scalar[0].f != 0)
#include "binary_ops.def"

#undef BOTH
#if IS_INTEGER
static int64_t least_common_multiple(int64_t a, int64_t b) {
  int64_t x = a < 0 ? -a : a, y = b < 0 ? -b : b;
  const int64_t product = x * y;
  while (y) {
    const int64_t rest = x % y;
    x = y;
    y = rest;
  }
  return x ? product / x : 0;
}
#define BOTH(name, on_floats, on_integers) ARRAYS(name, real, STORE((wide)(on_integers)))
#else
#define BOTH(name, on_floats, on_integers) ARRAYS(name, real, STORE((wide)(on_floats)))
#endif
#include "numpy_pairs.def"
