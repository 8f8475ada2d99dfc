/* Packing, shared by gemm_impl.h and conv_impl.h: copies a panel in the order it is read in. */
#include "transpose_four.h"

typedef wide FN(four) __attribute__((vector_size(4 * sizeof(wide)), aligned(sizeof(wide)),
                                     may_alias));
typedef __typeof__(__builtin_choose_expr(sizeof(wide) == 4, (int32_t)0, (int64_t)0)) FN(lane);
typedef FN(lane) FN(four_at) __attribute__((vector_size(4 * sizeof(wide))));

/* No function: returning a vector wider than the machine's has no fixed calling convention. */
#if IS_HALF
#define LOAD_FOUR(x) ((FN(four)){LOAD((x)[0]), LOAD((x)[1]), LOAD((x)[2]), LOAD((x)[3])})
#else
#define LOAD_FOUR(x) (*(const FN(four) *)(x))
#endif

/* y[k * width + i] = x[i * i_step + k] for i and k < 4. */
static inline void FN(transpose_four)(const real *x, int64_t i_step, int64_t width, wide *y) {
  const FN(four) x0 = LOAD_FOUR(x), x1 = LOAD_FOUR(x + i_step);
  const FN(four) x2 = LOAD_FOUR(x + 2 * i_step), x3 = LOAD_FOUR(x + 3 * i_step);
  TRANSPOSE_FOUR(FN(four), FN(four_at), x0, x1, x2, x3, y, width);
}

static inline void FN(pack_rows)(const real *restrict x, int64_t k_step, int64_t rows, int64_t K,
                                 int64_t width, wide *restrict y) {
  for (int64_t k = 0; k < K; k++)
#if IS_HALF
    for (int64_t i = 0; i < rows; i++) y[k * width + i] = LOAD(x[k * k_step + i]);
#else
    memcpy(y + k * width, x + k * k_step, (size_t)rows * sizeof(wide));
#endif
}

/* y[k * width + i] = element k, of K, of row i, of `rows` rows `i_step` apart; a line of each row at
 * a time: so what is written to stays in L1. */
static inline void FN(turn_rows)(const real *x, int64_t i_step, int64_t rows, int64_t K,
                                 int64_t width, wide *y) {
  enum { LINE = 64 / sizeof(real) };
  for (int64_t k0 = 0; k0 < K; k0 += LINE) {
    const int64_t end = K - k0 < LINE ? K : k0 + LINE;
    int64_t i = 0;
    for (; i + 4 <= rows; i += 4) {
      int64_t k = k0;
      for (; k + 4 <= end; k += 4)
        FN(transpose_four)(x + i * i_step + k, i_step, width, y + k * width + i);
      for (; k < end; k++)
        for (int64_t r = i; r < i + 4; r++) y[k * width + r] = LOAD(x[r * i_step + k]);
    }
    for (; i < rows; i++)
      for (int64_t k = k0; k < end; k++) y[k * width + i] = LOAD(x[i * i_step + k]);
  }
}

/* rows x K elements, x[i * i_step + k * k_step], one of the steps 1, into y[k][width], zeros after
 * `rows`. */
static void FN(pack_panel)(const real *x, int64_t i_step, int64_t k_step, int64_t rows, int64_t K,
                           int64_t width, wide *y) {
  if (rows < width && K) memset(y, 0, (size_t)(K * width) * sizeof(wide));
  if (i_step == 1) {         /* whole panels with sizes that the compiler knows */
    if (rows == FN(COLS) && width == FN(COLS)) FN(pack_rows)(x, k_step, FN(COLS), K, FN(COLS), y);
    else if (rows == TILE_ROWS && width == TILE_ROWS)
      FN(pack_rows)(x, k_step, TILE_ROWS, K, TILE_ROWS, y);
    else FN(pack_rows)(x, k_step, rows, K, width, y);
    return;
  }
  if (k_step == 1) {
    FN(turn_rows)(x, i_step, rows, K, width, y);
    return;
  }
  for (int64_t i = 0; i < rows; i++)
    for (int64_t k = 0; k < K; k++) y[k * width + i] = LOAD(x[i * i_step + k * k_step]);
}
#undef LOAD_FOUR
