/* Loops over rows of one dtype, for the bodies of the linalg_*.c kernels. */

static inline wide FN(row_dot)(const wide *a, const wide *b, int64_t n) {
  wide lane[LINALG_LANES] = {0};
  int64_t at = 0;
  for (; at + LINALG_LANES <= n; at += LINALG_LANES)
    MX_ROLLED for (int l = 0; l < LINALG_LANES; l++) lane[l] += a[at + l] * b[at + l];
  for (int l = 0; at < n; at++, l++) lane[l] += a[at] * b[at];
  for (int half = LINALG_LANES / 2; half; half /= 2)
    for (int l = 0; l < half; l++) lane[l] += lane[l + half];
  return lane[0];
}

/* y -= factor * x */
static inline void FN(row_less)(wide *y, const wide *x, wide factor, int64_t n) {
  for (int64_t i = 0; i < n; i++) y[i] -= factor * x[i];
}

/* to (rows, cols), contiguous, from a part of a matrix of `step` columns. */
static inline void FN(gather_block)(wide *to, const wide *from, int64_t step, int64_t rows,
                                    int64_t cols) {
  for (int64_t i = 0; i < rows; i++)
    memcpy(to + i * cols, from + i * step, (size_t)cols * sizeof(wide));
}
