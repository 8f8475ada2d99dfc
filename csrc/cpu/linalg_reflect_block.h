/* Blocks of reflections of one dtype, behind linalg_rows.h: the product of `count` of them,
 * H_0 H_1 ... = I - V^T T V, V (count, width) having a v a row, T upper triangular.
 * Rows are multiplied by it with matrix products. */

/* Scratch: V, T; rows to be multiplied, theirs with V, those with T, and with V again. */
typedef struct {
  wide *v, *t, *rows, *w, *wt, *made;
  void *gemm;
} FN(reflections);

static FN(reflections) FN(take_reflections)(int64_t rows, int64_t n, mx_scratch *scratch) {
  const int64_t b = LINALG_BLOCK;
  const gemm_product products[] = {{.batch = 1, .M = rows, .N = b, .K = n},
                                   {.batch = 1, .M = rows, .N = b, .K = b},
                                   {.batch = 1, .M = rows, .N = n, .K = b}};
  FN(reflections) x = {.v = mx_take(scratch, mx_product(b, n), sizeof(wide))};
  x.t = mx_take(scratch, b * b, sizeof(wide));
  x.rows = mx_take(scratch, mx_product(rows, n), sizeof(wide));
  x.w = mx_take(scratch, mx_product(rows, b), sizeof(wide));
  x.wt = mx_take(scratch, mx_product(rows, b), sizeof(wide));
  x.made = mx_take(scratch, mx_product(rows, n), sizeof(wide));
  int64_t most = 0;
  for (int i = 0; i < 3; i++) {
    const int64_t size = FN(gemm_scratch_size)(&products[i]);
    most = size > most ? size : most;
  }
  x.gemm = mx_take(scratch, most, 1);
  return x;
}

/* V and T of reflections whose v lie in rows `step` apart: that of row k from item k on. */
static void FN(gather_reflections)(const FN(reflections) *x, const wide *from, int64_t step,
                                   int64_t count, int64_t width, const wide *tau) {
  memset(x->t, 0, (size_t)(count * count) * sizeof(wide));
  for (int64_t k = 0; k < count; k++) {
    wide *v = x->v + k * width, dots[LINALG_BLOCK];
    memset(v, 0, (size_t)k * sizeof(wide));
    memcpy(v + k, from + k * step + k, (size_t)(width - k) * sizeof(wide));
    for (int64_t j = 0; j < k; j++)
      dots[j] = FN(row_dot)(x->v + j * width + k, v + k, width - k);
    for (int64_t j = 0; j < k; j++)
      x->t[j * count + k] = -tau[k] * FN(row_dot)(x->t + j * count + j, dots + j, k - j);
    x->t[k * count + k] = tau[k];
  }
}

/* a (rows, width; `step` apart) times the product; turned: times its transpose. */
static void FN(reflect_block)(const FN(reflections) *x, wide *a, int64_t rows, int64_t step,
                              int64_t count, int64_t width, int turned) {
  if (!rows) return;
  FN(gather_block)(x->rows, a, step, rows, width);
  const gemm_product products[] = {
      {.batch = 1, .M = rows, .N = count, .K = width, .trans_b = 1, .a = x->rows, .b = x->v,
       .c = x->w},
      {.batch = 1, .M = rows, .N = count, .K = count, .trans_b = turned, .a = x->w, .b = x->t,
       .c = x->wt},
      {.batch = 1, .M = rows, .N = width, .K = count, .a = x->wt, .b = x->v, .c = x->made}};
  for (int i = 0; i < 3; i++) FN(gemm_run)(&products[i], x->gemm);
  for (int64_t i = 0; i < rows; i++) FN(row_less)(a + i * step, x->made + i * width, 1, width);
}
