/* Loops over the rows COMPARE and LOGICAL of binary_ops.def for one dtype, with results of bool. */
#if IS_HALF
static void FN(truths_by_float)(binary_loop loop, const void *lhs, const void *rhs, mx_b8 *out,
                                int64_t n, int64_t sa, int64_t sb) {
  float a[HALF_BLOCK], b[HALF_BLOCK];
  for (int64_t i = 0; i < n; i += HALF_BLOCK) {
    const int64_t count = n - i < HALF_BLOCK ? n - i : HALF_BLOCK;
    FN(load_block)((const real *)lhs + i * sa, sa, a, count);
    FN(load_block)((const real *)rhs + i * sb, sb, b, count);
    loop(a, b, out + i, count, sa != 0, sb != 0);
  }
}
#define LOOP(name, formula)                                                                   \
  static void FN(name##_truths)(const void *lhs, const void *rhs, void *out, int64_t n,       \
                                int64_t sa, int64_t sb) {                                     \
    FN(truths_by_float)(name##_truths_f32, lhs, rhs, out, n, sa, sb);                         \
  }
#else
#define TRUTHS(SA, SB, formula)                                          \
  for (int64_t i = 0; i < n; i++) {                                      \
    const real a = left[i * (SA)], b = right[i * (SB)];                  \
    target[i] = (formula);                                               \
  }
#define LOOP(name, formula)                                                                   \
  static void FN(name##_truths)(const void *lhs, const void *rhs, void *out, int64_t n,       \
                                int64_t sa, int64_t sb) {                                     \
    const real *left = lhs, *right = rhs;                                                     \
    mx_b8 *target = out;                                                                      \
    if (sa == 1 && sb == 1) TRUTHS(1, 1, formula)                                             \
    else if (sa == 1 && sb == 0) TRUTHS(1, 0, formula)                                        \
    else if (sa == 0 && sb == 1) TRUTHS(0, 1, formula)                                        \
    else TRUTHS(sa, sb, formula)                                                              \
  }
#endif

/* A scalar beyond the dtype is above or below all elements, as 1 is above 0. */
static int FN(beyond)(const void *desc, int is_above, void *out, binary_loop loop) {
  const int64_t size = ((const scalar_dims *)desc)->size;
  const binary_dims dims = {.ndim = 1, .size = size, .shape = {size}};
  real pair[2] = {STORE((wide)!is_above), STORE((wide)is_above)};
  void *const ptr[3] = {pair, pair + 1, out};
  return binary_run(&dims, ptr, sizeof(real), sizeof(mx_b8), loop);
}

#define ROW(name, formula)                                                                    \
  LOOP(name, formula)                                                                         \
  static int FN(name##_bool)(const void *desc, void *const *ptr, const mx_scalar *scalars) {  \
    (void)scalars;                                                                            \
    return binary_run(desc, ptr, sizeof(real), sizeof(mx_b8), FN(name##_truths));             \
  }
#define COMPARE(name, formula)                                                                \
  ROW(name, formula)                                                                          \
  static int FN(name##_scalar_bool)(const void *desc, void *const *ptr, const mx_scalar *s) { \
    const real scalar = SCALAR(s[0].f);                                                       \
    if (IS_OUTSIDE(scalar, s[0].f))                                                           \
      return FN(beyond)(desc, s[0].f > 0, ptr[1], FN(name##_truths));                         \
    return scalar_run(desc, ptr[0], &scalar, ptr[1], sizeof(real), sizeof(mx_b8),             \
                      FN(name##_truths), 0);                                                  \
  }
#define LOGICAL(name, formula)                                                                \
  ROW(name, formula)                                                                          \
  static int FN(name##_scalar_bool)(const void *desc, void *const *ptr, const mx_scalar *s) { \
    const real scalar = STORE((wide)(s[0].f != 0));                                           \
    return scalar_run(desc, ptr[0], &scalar, ptr[1], sizeof(real), sizeof(mx_b8),             \
                      FN(name##_truths), 0);                                                  \
  }
#include "binary_ops.def"
#undef TRUTHS
#undef LOOP
#undef ROW
#undef COMPARE
#undef LOGICAL
