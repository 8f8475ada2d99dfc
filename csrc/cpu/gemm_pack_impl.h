/* Packing, shared by gemm_impl.h and conv_impl.h: copies a panel in the order it is read in. */

/* rows x K elements, x[i * i_step + k * k_step], into y[k][width], zeros after `rows`. */
static void FN(pack_panel)(const real *x, int64_t i_step, int64_t k_step, int64_t rows, int64_t K,
                           int64_t width, wide *y) {
  if (i_step == 1 && rows == FN(COLS) && width == FN(COLS)) {
    for (int64_t k = 0; k < K; k++)
      for (int i = 0; i < FN(COLS); i++) y[k * FN(COLS) + i] = LOAD(x[k * k_step + i]);
    return;
  }
  if (rows < width) memset(y, 0, (size_t)(K * width) * sizeof(wide));
  if (i_step == 1) {
    for (int64_t k = 0; k < K; k++)
      for (int64_t i = 0; i < rows; i++) y[k * width + i] = LOAD(x[k * k_step + i]);
    return;
  }
  int64_t i = 0;
  for (; i + 4 <= rows; i += 4) {
    const real *x0 = x + i * i_step, *x1 = x0 + i_step, *x2 = x1 + i_step, *x3 = x2 + i_step;
    for (int64_t k = 0; k < K; k++) {
      wide *to = y + k * width + i;
      to[0] = LOAD(x0[k * k_step]);
      to[1] = LOAD(x1[k * k_step]);
      to[2] = LOAD(x2[k * k_step]);
      to[3] = LOAD(x3[k * k_step]);
    }
  }
  for (; i < rows; i++)
    for (int64_t k = 0; k < K; k++) y[k * width + i] = LOAD(x[i * i_step + k * k_step]);
}
