/* LEAKY_ROWS for one dtype. */
#if IS_HALF
static void FN(by_float)(leaky_line line, const void *dy, const void *data, const void *slope,
                         void *out, int64_t n, int64_t step) {
  float given[HALF_BLOCK], x[HALF_BLOCK], slopes[HALF_BLOCK], y[HALF_BLOCK];
  for (int64_t i = 0; i < n; i += HALF_BLOCK) {
    const int64_t count = n - i < HALF_BLOCK ? n - i : HALF_BLOCK;
    if (dy) FN(load_block)((const real *)dy + i, 1, given, count);
    FN(load_block)((const real *)data + i, 1, x, count);
    FN(load_block)((const real *)slope + i * step, step, slopes, count);
    line(given, x, slopes, y, count, step);
    FN(store_block)(y, (real *)out + i, count);
  }
}
#define LINE(name, factor, formula)                                                        \
  static void FN(name)(const void *dy, const void *data, const void *slope, void *out,     \
                       int64_t n, int64_t step) {                                          \
    FN(by_float)(name##_f32, dy, data, slope, out, n, step);                               \
  }
#else
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
#endif
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
