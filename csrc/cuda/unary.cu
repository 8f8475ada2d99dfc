/* Pointwise functions of one array and their gradients: the rows of unary_ops.def and
 * unary_exact_ops.def, which the CPU's kernels are made of, too. */
#include "prelude.cuh"

struct unary_dims { int64_t size; };

#define FORWARD(name, type, f, store)                                         \
  KERNEL(name, unary_dims) {                                                  \
    EACH(i, d.size) {                                                         \
      const type x = (type)LOAD(IN(0)[i]);                                    \
      (void)x;                                                                \
      OUT(1)[i] = store((type)(f));                                           \
    }                                                                         \
  }
#define BACKWARD(name, df)                                                    \
  KERNEL(grad_##name, unary_dims) {                                           \
    EACH(i, d.size) {                                                         \
      const wide x = LOAD(IN(1)[i]), y = x;                                   \
      (void)x, (void)y;                                                       \
      OUT(2)[i] = STORE(LOAD(IN(0)[i]) * (wide)(df));                         \
    }                                                                         \
  }

#if IS_INTEGER
/* The exact rows in the dtype, the others in double, rounded towards zero. */
#ifdef DTYPE_i64
#define CUT(x) mx_truncate64(x)
#else
#define CUT(x) ((real)mx_truncate32(x))
#endif
#define BOTH(name, f, on_integers, df) FORWARD(name, int64_t, on_integers, (real))
#include "unary_exact_ops.def"
#define UX(name, f, df) FORWARD(name, double, f, CUT)
#else
#ifndef DTYPE_f64
#define mx_softplus mx_softplusf
#define mx_rint_down mx_rint_downf
#define mx_mish_grad mx_mish_gradf
#define mx_digamma mx_digammaf
#define mx_trigamma mx_trigammaf
#define mx_erfinv mx_erfinvf
#endif
#define UX(name, f, df) FORWARD(name, wide, f, STORE) BACKWARD(name, df)
#define BOTH(name, f, on_integers, df) UX(name, f, df)
#include "unary_exact_ops.def"
#endif
#if IS_INTEGER
#undef wide
#define wide double
#endif
#define UY UX
#include "unary_ops.def"
