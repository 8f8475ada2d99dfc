/* Loops over the rows of unary_ops.def for one floating dtype: y = f(x), dx = dy f'(x). */
#define UX(name, f, df)                                                                  \
  static void FN(name##_loop)(const void *const *in, void *out, int64_t n) {             \
    const real *restrict source = in[0];                                                 \
    real *target = out;                                                                  \
    for (int64_t i = 0; i < n; i++) {                                                    \
      const wide x = LOAD(source[i]);                                                    \
      target[i] = STORE((wide)(f));                                                      \
    }                                                                                    \
  }                                                                                      \
  static int FN(name)(const void *desc, void *const *ptr, const mx_scalar *scalars) {    \
    (void)scalars;                                                                       \
    return unary_run(desc, ptr, 1, sizeof(real), FN(name##_loop));                       \
  }                                                                                      \
  static void FN(grad_##name##_loop)(const void *const *in, void *out, int64_t n) {      \
    const real *dy = in[0], *source = in[1];                                             \
    real *target = out;                                                                  \
    for (int64_t i = 0; i < n; i++) {                                                    \
      const wide x = LOAD(source[i]), y = x;                                             \
      (void)x, (void)y;                                                                  \
      target[i] = STORE(LOAD(dy[i]) * (wide)(df));                                       \
    }                                                                                    \
  }                                                                                      \
  static int FN(grad_##name)(const void *desc, void *const *ptr, const mx_scalar *s) {   \
    (void)s;                                                                             \
    return unary_run(desc, ptr, 2, sizeof(real), FN(grad_##name##_loop));                \
  }
#define UY UX
#define BOTH(name, f, on_integers, df) UX(name, f, df)
#include "unary_exact_ops.def"
#include "unary_ops.def"
#undef UX
#undef UY
#undef BOTH
