/* The activations of LeakyReLU, and their gradients: the rows of csrc/cpu/leaky_relu_rows.h. */
#include "prelude.cuh"
#include "leaky_relu_rows.h"

/* data (N, C, S); slopes: (C), the second input, if has_gamma, else `slope`. */
struct leaky_dims {
  int64_t N, C, S, has_gamma;
  double slope;
};

#define EXP(x) V_(exp)(x)
#ifdef DTYPE_f64
#define EXPM1(x) expm1(x)
#define NORMAL_CDF(x) leaky_normal_cdf(x)
#else
#define EXPM1(x) mx_expm1f(x)
#define NORMAL_CDF(x) leaky_normal_cdff(x)
#endif

/* [dy] data [gamma] -> out */
#define LINE(name, is_grad, factor, formula)                                              \
  KERNEL(name, leaky_dims) {                                                              \
    const real given = STORE((wide)d.slope);                                              \
    EACH(i, d.N * d.C * d.S) {                                                            \
      const wide x = LOAD(IN(is_grad)[i]);                                                \
      const wide s = LOAD(d.has_gamma ? IN(is_grad + 1)[i / d.S % d.C] : given);          \
      (void)s;                                                                            \
      OUT(is_grad + 1 + d.has_gamma)[i] = STORE((wide)(factor (formula)));                \
    }                                                                                     \
  }
#define ROW(name, f, df) LINE(name, 0, , f) LINE(grad_##name, 1, LOAD(IN(0)[i]) *, df)
LEAKY_ROWS(ROW)
