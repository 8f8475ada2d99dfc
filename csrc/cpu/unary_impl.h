/* Loops over the rows of unary_ops.def for one floating dtype: y = f(x), dx = dy f'(x). */
#if IS_HALF
/* in, num_in arrays, to out by the loop for float. */
static void FN(by_float)(unary_loop loop, const void *const *in, int num_in, void *out,
                         int64_t n) {
  float x[2][HALF_BLOCK], y[HALF_BLOCK];
  const void *const blocks[] = {x[0], x[1]};
  for (int64_t i = 0; i < n; i += HALF_BLOCK) {
    const int64_t count = n - i < HALF_BLOCK ? n - i : HALF_BLOCK;
    for (int k = 0; k < num_in; k++) FN(load_block)((const real *)in[k] + i, 1, x[k], count);
    loop(blocks, y, count);
    FN(store_block)(y, (real *)out + i, count);
  }
}
#define LOOP(name, f)                                                                    \
  static void FN(name##_loop)(const void *const *in, void *out, int64_t n) {             \
    FN(by_float)(name##_loop_f32, in, 1, out, n);                                        \
  }
#define GRAD_LOOP(name, df)                                                              \
  static void FN(grad_##name##_loop)(const void *const *in, void *out, int64_t n) {      \
    FN(by_float)(grad_##name##_loop_f32, in, 2, out, n);                                 \
  }
#else
#define LOOP(name, f)                                                                    \
  static void FN(name##_loop)(const void *const *in, void *out, int64_t n) {             \
    const real *restrict source = in[0];                                                 \
    real *target = out;                                                                  \
    for (int64_t i = 0; i < n; i++) {                                                    \
      const wide x = source[i];                                                          \
      target[i] = (wide)(f);                                                             \
    }                                                                                    \
  }
#define GRAD_LOOP(name, df)                                                              \
  static void FN(grad_##name##_loop)(const void *const *in, void *out, int64_t n) {      \
    const real *dy = in[0], *source = in[1];                                             \
    real *target = out;                                                                  \
    for (int64_t i = 0; i < n; i++) {                                                    \
      const wide x = source[i], y = x;                                                   \
      (void)x, (void)y;                                                                  \
      target[i] = dy[i] * (wide)(df);                                                    \
    }                                                                                    \
  }
#endif
#define UX(name, f, df)                                                                  \
  LOOP(name, f)                                                                          \
  GRAD_LOOP(name, df)                                                                    \
  static int FN(name)(const void *desc, void *const *ptr, const mx_scalar *scalars) {    \
    (void)scalars;                                                                       \
    return unary_run(desc, ptr, 1, sizeof(real), FN(name##_loop));                       \
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
#undef LOOP
#undef GRAD_LOOP
