/* LEAKY_ROWS for one dtype. */
#define LOOP(step, factor, formula)                                                        \
  for (int64_t i = 0; i < n; i++) {                                                        \
    const wide x = LOAD(source[i]), s = LOAD(slopes[i * (step)]);                          \
    (void)s;                                                                               \
    target[i] = STORE((wide)(factor (formula)));                                           \
  }
#define LINE(name, factor, formula)                                                        \
  static void FN(name)(const void *dy, const void *data, const void *slope, void *out,     \
                       int64_t n, int64_t step) {                                          \
    const real *given = dy, *source = data, *slopes = slope;                               \
    real *target = out;                                                                    \
    (void)given;                                                                           \
    if (step) LOOP(1, factor, formula)                                                     \
    else LOOP(0, factor, formula)                                                          \
  }
#define KERNEL(name, line, is_grad)                                                        \
  static int FN(name)(const void *desc, void *const *ptr, const mx_scalar *scalars) {      \
    (void)scalars;                                                                         \
    const real slope = STORE((wide)((const leaky_dims *)desc)->slope);                     \
    return leaky_run(desc, ptr, &slope, is_grad, sizeof(real), FN(line));                  \
  }
#define ROW(name, f, df)                                                                   \
  LINE(name##_line, , f)                                                                   \
  LINE(grad_##name##_line, LOAD(given[i]) *, df)                                           \
  KERNEL(name, name##_line, 0)                                                             \
  KERNEL(grad_##name, grad_##name##_line, 1)
LEAKY_ROWS(ROW)
#undef LOOP
#undef LINE
#undef KERNEL
#undef ROW
