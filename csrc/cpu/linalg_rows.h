/* Loops over rows of one dtype, for the bodies of the linalg_*.c kernels. */

typedef wide FN(row_vec) __attribute__((vector_size(VECTOR_BYTES), aligned(sizeof(wide)), may_alias));
enum { FN(ROW_VEC) = VECTOR_BYTES / sizeof(wide) };

static inline FN(row_vec) FN(row_load)(const wide *x) {
  return *(const FN(row_vec) *)(const void *)x;
}

static inline wide FN(row_sum)(FN(row_vec) x) {
  wide sum = x[0];
  for (int l = 1; l < FN(ROW_VEC); l++) sum += x[l];
  return sum;
}

static inline wide FN(row_dot)(const wide *a, const wide *b, int64_t n) {
  enum { V = FN(ROW_VEC) };
  FN(row_vec) s0 = {0}, s1 = {0}, s2 = {0}, s3 = {0};
  int64_t at = 0;
  for (; at + 4 * V <= n; at += 4 * V) {
    s0 += FN(row_load)(a + at) * FN(row_load)(b + at);
    s1 += FN(row_load)(a + at + V) * FN(row_load)(b + at + V);
    s2 += FN(row_load)(a + at + 2 * V) * FN(row_load)(b + at + 2 * V);
    s3 += FN(row_load)(a + at + 3 * V) * FN(row_load)(b + at + 3 * V);
  }
  for (; at + V <= n; at += V) s0 += FN(row_load)(a + at) * FN(row_load)(b + at);
  wide sum = FN(row_sum)(s0 + s1 + (s2 + s3));
  for (; at < n; at++) sum += a[at] * b[at];
  return sum;
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
