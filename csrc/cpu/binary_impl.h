/* Loops over the rows of binary_ops.def for one dtype; ROW picks the float or integer formula. */
#if IS_HALF
static void FN(by_float)(binary_loop loop, const void *lhs, const void *rhs, void *out, int64_t n,
                         int64_t sa, int64_t sb) {
  float a[HALF_BLOCK], b[HALF_BLOCK], y[HALF_BLOCK];
  for (int64_t i = 0; i < n; i += HALF_BLOCK) {
    const int64_t count = n - i < HALF_BLOCK ? n - i : HALF_BLOCK;
    FN(load_block)((const real *)lhs + i * sa, sa, a, count);
    FN(load_block)((const real *)rhs + i * sb, sb, b, count);
    loop(a, b, y, count, sa != 0, sb != 0);
    FN(store_block)(y, (real *)out + i, count);
  }
}
#define LOOP(name, formula)                                                               \
  static void FN(name##_loop)(const void *lhs, const void *rhs, void *out, int64_t n,     \
                              int64_t sa, int64_t sb) {                                   \
    FN(by_float)(name##_loop_f32, lhs, rhs, out, n, sa, sb);                              \
  }
#else
#define BINARY_LOOP(SA, SB, formula)                                   \
  for (int64_t i = 0; i < n; i++) {                                    \
    const wide a = LOAD(left[i * (SA)]), b = LOAD(right[i * (SB)]);    \
    target[i] = STORE((wide)(formula));                                \
  }
#define LOOP(name, formula)                                                               \
  static void FN(name##_loop)(const void *lhs, const void *rhs, void *out, int64_t n,     \
                              int64_t sa, int64_t sb) {                                   \
    const real *left = lhs, *right = rhs;                                                 \
    real *target = out;                                                                   \
    if (sa == 1 && sb == 1) BINARY_LOOP(1, 1, formula)                                    \
    else if (sa == 1 && sb == 0) BINARY_LOOP(1, 0, formula)                               \
    else if (sa == 0 && sb == 1) BINARY_LOOP(0, 1, formula)                               \
    else BINARY_LOOP(sa, sb, formula)                                                     \
  }
#endif

static binary_loop FN(loop_of_scalar)(binary_loop loop, wide scalar);

#define ROW(name, formula)                                                                \
  LOOP(name, formula)                                                                     \
  static int FN(name)(const void *desc, void *const *ptr, const mx_scalar *scalars) {     \
    (void)scalars;                                                                        \
    return binary_run(desc, ptr, sizeof(real), sizeof(real), FN(name##_loop));                          \
  }                                                                                       \
  static int FN(name##_scalar)(const void *desc, void *const *ptr, const mx_scalar *s) {  \
    const real scalar = STORE((wide)s[0].f);                                              \
    return scalar_run(desc, ptr[0], &scalar, ptr[1], sizeof(real), sizeof(real),          \
                      FN(loop_of_scalar)(FN(name##_loop), LOAD(scalar)), 0);              \
  }                                                                                       \
  static int FN(r##name##_scalar)(const void *desc, void *const *ptr, const mx_scalar *s) { \
    const real scalar = STORE((wide)s[0].f);                                              \
    return scalar_run(desc, ptr[0], &scalar, ptr[1], sizeof(real), sizeof(real),          \
                      FN(name##_loop), 1);                                                \
  }
#include "binary_ops.def"

/* The loop for a scalar on the right: of powers that need no logarithm a faster one. */
#ifdef FLOAT_pow
LOOP(first_power, ((void)b, a))
LOOP(square, ((void)b, a * a))
LOOP(inverse, ((void)b, 1 / a))
LOOP(root, ((void)b, a == -(wide)INFINITY ? (wide)INFINITY : F_(sqrt)(a) + 0))
LOOP(inverse_root, ((void)b, 1 / (a == -(wide)INFINITY ? (wide)INFINITY : F_(sqrt)(a) + 0)))
static binary_loop FN(loop_of_scalar)(binary_loop loop, wide scalar) {
  if (loop != FN(power_loop)) return loop;
  return scalar == 1              ? FN(first_power_loop)
         : scalar == 2            ? FN(square_loop)
         : scalar == -1           ? FN(inverse_loop)
         : scalar == (wide)0.5    ? FN(root_loop)
         : scalar == (wide)-0.5   ? FN(inverse_root_loop)
                                  : loop;
}
#else
static binary_loop FN(loop_of_scalar)(binary_loop loop, wide scalar) {
  (void)scalar;
  return loop;
}
#endif
#undef BINARY_LOOP
#undef LOOP
#undef ROW
