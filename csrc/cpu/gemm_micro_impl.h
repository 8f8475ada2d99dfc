/* The body of gemm_micro.c for one type T.  Each kernel is stamped out for every number of rows
 * and for one or two vectors of columns, so that the accumulators stay in registers. */

enum { FN(FETCH_AHEAD) = 8 };          /* steps of k */
enum { FN(LANES) = VECTOR_BYTES / sizeof(T), FN(COLS) = 2 * FN(LANES) };

typedef T FN(vec) __attribute__((vector_size(VECTOR_BYTES), aligned(sizeof(T)), may_alias));

INLINE FN(vec) FN(at)(const T *x) { return *(const FN(vec) *)x; }
INLINE FN(vec) FN(all)(T x) { return x - (FN(vec)){0}; }

/* The sums are done: add the biases and what C holds, where asked for, and store. */
INLINE void FN(put)(int rows, int vecs, FN(vec) (*sum)[2], const FN(tile) *out) {
  UNROLL for (int i = 0; i < rows; i++) {
    UNROLL for (int v = 0; v < vecs; v++) {
      T *c = out->c + i * out->c_step + v * FN(LANES);
      FN(vec) y = sum[i][v];
      if (out->add) y += FN(at)(c);
      if (out->row_bias) y += FN(all)(out->row_bias[i]);
      if (out->col_bias) y += FN(at)(out->col_bias + v * FN(LANES));
      *(FN(vec) *)c = y;
    }
  }
}

/* Ask for the lines of b that are read some steps later. */
#define FETCH(b) \
  __builtin_prefetch(b); \
  if (vecs == 2) __builtin_prefetch((b) + FN(LANES));

/* One step of k: rows x vecs multiply-adds; A(i) is the row's element. */
#define STEP(b, A) \
  const FN(vec) b0 = FN(at)(b), b1 = vecs == 2 ? FN(at)((b) + FN(LANES)) : b0; \
  UNROLL for (int i = 0; i < rows; i++) { \
    const FN(vec) x = FN(all)(A); \
    sum[i][0] += x * b0; \
    if (vecs == 2) sum[i][1] += x * b1; \
  }

INLINE void FN(sum_panel)(int rows, int vecs, int64_t K, const T *a, int64_t a_step, const T *b,
                      const FN(tile) *out) {
  FN(vec) sum[TILE_ROWS][2] = {{{0}}};
  for (int64_t k = 0; k < K; k++, a += a_step, b += FN(COLS)) {
    FETCH(b + FN(FETCH_AHEAD) * FN(COLS))
    STEP(b, a[i])
  }
  FN(put)(rows, vecs, sum, out);
}

INLINE void FN(sum_taps)(int rows, int vecs, int64_t K, const T *a, int64_t a_step, const T *b,
                     const int64_t *offset, const FN(tile) *out) {
  FN(vec) sum[TILE_ROWS][2] = {{{0}}};
  for (int64_t k = 0; k < K; k++, a += a_step) { STEP(b + offset[k], a[i]) }
  FN(put)(rows, vecs, sum, out);
}

INLINE void FN(sum_lines)(int rows, int vecs, const FN(lines) *from, const T *b,
                          const FN(tile) *out) {
  FN(vec) sum[TILE_ROWS][2] = {{{0}}};
  const T *a[TILE_ROWS];
  UNROLL for (int i = 0; i < rows; i++) a[i] = from->a + from->row[i];
  for (int64_t l = 0; l < from->num_lines; l++) {
    const int64_t end = from->line[l] + from->length;
    for (int64_t w = from->line[l]; w < end; w++, b += FN(COLS)) {
      FETCH(b + FN(FETCH_AHEAD) * FN(COLS))
      STEP(b, a[i][w])
    }
  }
  FN(put)(rows, vecs, sum, out);
}

/* Stamp the bodies out, and find them by [rows - 1][vecs - 1]. */
#define EACH_WIDTH(MAKE, rows) MAKE(rows, 1) MAKE(rows, 2)
#define NAME_(kind, rows, vecs) kind##_##rows##_##vecs
#define NAME(kind, rows, vecs) MICRO_JOIN_(NAME_(kind, rows, vecs), T)

#define MAKE(rows, vecs) \
  static void NAME(panel, rows, vecs)(int64_t K, const T *a, int64_t a_step, const T *b, \
                                      const FN(tile) *out) { \
    FN(sum_panel)(rows, vecs, K, a, a_step, b, out); \
  } \
  static void NAME(taps, rows, vecs)(int64_t K, const T *a, int64_t a_step, const T *b, \
                                     const int64_t *offset, const FN(tile) *out) { \
    FN(sum_taps)(rows, vecs, K, a, a_step, b, offset, out); \
  } \
  static void NAME(lines, rows, vecs)(const FN(lines) *a, const T *b, const FN(tile) *out) { \
    FN(sum_lines)(rows, vecs, a, b, out); \
  }
#define MAKE_ROWS(rows) EACH_WIDTH(MAKE, rows)
TILE_EACH_ROWS(MAKE_ROWS)

#define PANEL_ROW(rows) {NAME(panel, rows, 1), NAME(panel, rows, 2)},
#define TAPS_ROW(rows) {NAME(taps, rows, 1), NAME(taps, rows, 2)},
#define LINES_ROW(rows) {NAME(lines, rows, 1), NAME(lines, rows, 2)},
static void (*const FN(panel_kernels)[TILE_ROWS][2])(
    int64_t, const T *, int64_t, const T *, const FN(tile) *) = {TILE_EACH_ROWS(PANEL_ROW)};
static void (*const FN(taps_kernels)[TILE_ROWS][2])(
    int64_t, const T *, int64_t, const T *, const int64_t *, const FN(tile) *) = {
    TILE_EACH_ROWS(TAPS_ROW)};
static void (*const FN(lines_kernels)[TILE_ROWS][2])(
    const FN(lines) *, const T *, const FN(tile) *) = {TILE_EACH_ROWS(LINES_ROW)};

/* A tile whose width is no whole number of vectors is made in `buffer` and copied from there. */
static int FN(needs_buffer)(int cols, const FN(tile) *out, T *buffer, FN(tile) *used) {
  *used = *out;
  if (cols % FN(LANES) == 0) return 0;
  *used = (FN(tile)){buffer, FN(COLS), 0, NULL, NULL};
  return 1;
}

static void FN(copy_tile)(int rows, int cols, const T *buffer, const FN(tile) *out) {
  for (int i = 0; i < rows; i++) {
    const T *x = buffer + i * FN(COLS), row_bias = out->row_bias ? out->row_bias[i] : 0;
    T *c = out->c + i * out->c_step;
    if (out->add) for (int j = 0; j < cols; j++) c[j] += x[j] + row_bias;
    else if (out->col_bias)
      for (int j = 0; j < cols; j++) c[j] = x[j] + row_bias + out->col_bias[j];
    else for (int j = 0; j < cols; j++) c[j] = x[j] + row_bias;
  }
}

#define RUN(kernels, ...) \
  T buffer[TILE_AREA(T)]; \
  FN(tile) used; \
  const int buffered = FN(needs_buffer)(cols, out, buffer, &used); \
  kernels[rows - 1][cols > FN(LANES)](__VA_ARGS__, &used); \
  if (buffered) FN(copy_tile)(rows, cols, buffer, out);

void FN(micro_panel)(int rows, int cols, int64_t K, const T *a, int64_t a_step, const T *b,
                     const FN(tile) *out) {
  RUN(FN(panel_kernels), K, a, a_step, b)
}

void FN(micro_taps)(int rows, int cols, int64_t K, const T *a, int64_t a_step, const T *b,
                    const int64_t *offset, const FN(tile) *out) {
  RUN(FN(taps_kernels), K, a, a_step, b, offset)
}

void FN(micro_lines)(int rows, int cols, const FN(lines) *a, const T *b, const FN(tile) *out) {
  RUN(FN(lines_kernels), a, b)
}

#undef STEP
#undef FETCH
#undef EACH_WIDTH
#undef NAME_
#undef NAME
#undef MAKE
#undef MAKE_ROWS
#undef PANEL_ROW
#undef TAPS_ROW
#undef LINES_ROW
#undef RUN
