/* The body of gemm_micro.c for one type T.  Each kernel is stamped out for every number of rows
 * and for one or two vectors of columns, so that the accumulators stay in registers. */

enum { FN(FETCH_AHEAD) = 8 };          /* steps of k */
enum { FN(LANES) = VECTOR_BYTES / sizeof(T), FN(COLS) = 2 * FN(LANES) };

typedef T FN(vec) __attribute__((vector_size(VECTOR_BYTES), aligned(sizeof(T)), may_alias));

typedef T FN(four) __attribute__((vector_size(4 * sizeof(T)), aligned(sizeof(T)), may_alias));
typedef __typeof__(__builtin_choose_expr(sizeof(T) == 4, (int32_t)0, (int64_t)0)) FN(lane);
typedef FN(lane) FN(lanes_of_vec)
    __attribute__((vector_size(VECTOR_BYTES), aligned(sizeof(T)), may_alias));
typedef FN(lane) FN(index) __attribute__((vector_size(4 * sizeof(T))));

INLINE FN(vec) FN(at)(const T *x) { return *(const FN(vec) *)x; }
INLINE FN(vec) FN(all)(T x) { return x - (FN(vec)){0}; }

#define real T
#include "row_finish_bounds.h"
#undef real

#define EACH_SUM(statement) \
  UNROLL for (int i = 0; i < rows; i++) { \
    UNROLL for (int v = 0; v < vecs; v++) { \
      FN(vec) *y = &sum[i][v]; \
      statement; \
    } \
  }

/* See row_finish.h.  Whole tiles are finished in registers; others, which are few, where they are
 * stored, so that they need no code for each of their sizes. */
static void FN(finish_stored)(int64_t rows, int64_t cols, const FN(tile) *out) {
  const finish_part part = {out->row, rows, out->at, out->c_step, cols};
  FINISH_ROWS(out->finish, &part, out->c, out->c_step, out->c);
}

INLINE void FN(finish)(int rows, int vecs, FN(vec) (*sum)[2], const FN(tile) *out) {
  const row_finish *f = out->finish;
  if (f->factor) {
    const int64_t first = f->of_columns ? out->at % out->c_step : out->row;
    const T *mean = (const T *)f->mean + first, *factor = (const T *)f->factor + first;
    const T *shift = (const T *)f->shift + first;
#define OF_COLUMN(x) FN(at)((x) + v * FN(LANES))
    if (f->of_columns)
      EACH_SUM(*y = (*y - OF_COLUMN(mean)) * OF_COLUMN(factor) + OF_COLUMN(shift))
    else EACH_SUM(*y = (*y - mean[i]) * factor[i] + shift[i])
#undef OF_COLUMN
  }
  if (f->other) {
    const T *other = (const T *)f->other + out->at;
    EACH_SUM(*y += FN(at)(other + i * out->c_step + v * FN(LANES)))
  }
  if (f->activation == RELU) EACH_SUM(*y = FN(rectified_vec)(*y))
  else if (f->activation == CLIP) EACH_SUM(*y = FN(clipped_vec)(*y, (T)f->low, (T)f->high))
}

/* The sums are done: add what is asked for, finish and store. */
INLINE void FN(put)(int rows, int vecs, FN(vec) (*sum)[2], const FN(tile) *out) {
  T *c = out->c;
  const int64_t step = out->c_step;
  if (out->add) EACH_SUM(*y += FN(at)(out->add + i * step + v * FN(LANES)))
  if (out->row_bias) EACH_SUM(*y += FN(all)(out->row_bias[i]))
  if (out->col_bias) EACH_SUM(*y += FN(at)(out->col_bias + v * FN(LANES)))
  if (out->finish && rows == TILE_ROWS) FN(finish)(rows, vecs, sum, out);
  EACH_SUM(*(FN(vec) *)(c + i * step + v * FN(LANES)) = *y)
  if (out->finish && rows < TILE_ROWS) FN(finish_stored)(rows, vecs * FN(LANES), out);
}
#undef EACH_SUM

/* Ask for the lines of b that are read some steps later; behind the last step they are not b's, and
 * no T * may point there. */
#define FETCH(b, step) \
  const uintptr_t ahead = (uintptr_t)(b) + (uintptr_t)(FN(FETCH_AHEAD) * (step)) * sizeof(T); \
  __builtin_prefetch((const void *)ahead); \
  if (vecs == 2) __builtin_prefetch((const void *)(ahead + sizeof(FN(vec))));

/* One step of k: rows x vecs multiply-adds; A(i) is the row's element. */
#define STEP(b, A) \
  const FN(vec) b0 = FN(at)(b), b1 = vecs == 2 ? FN(at)((b) + FN(LANES)) : b0; \
  UNROLL for (int i = 0; i < rows; i++) { \
    const FN(vec) x = FN(all)(A); \
    sum[i][0] += x * b0; \
    if (vecs == 2) sum[i][1] += x * b1; \
  }

INLINE void FN(sum_panel)(int rows, int vecs, int64_t K, const T *a, int64_t a_step, const T *b,
                      int64_t b_step, const FN(tile) *out) {
  FN(vec) sum[TILE_ROWS][2] = {{{0}}};
  for (int64_t k = 0; k < K; k++, a += a_step, b += b_step) {
    FETCH(b, b_step)
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

INLINE void FN(sum_lines)(int rows, int vecs, const FN(lines) *from, const T *b, int64_t b_step,
                          const FN(tile) *out) {
  FN(vec) sum[TILE_ROWS][2] = {{{0}}};
  const T *a[TILE_ROWS];
  UNROLL for (int i = 0; i < rows; i++) a[i] = from->a + from->row[i];
  for (int64_t l = 0; l < from->num_lines; l++) {
    const int64_t end = from->line[l] + from->length;
    for (int64_t w = from->line[l]; w < end; w++, b += b_step) {
      FETCH(b, b_step)
      STEP(b, a[i][w])
    }
  }
  FN(put)(rows, vecs, sum, out);
}

/* The last elements of a vector, by their number from LANES down. */
static const FN(lane) FN(ends)[2 * FN(LANES)] = {[FN(LANES)... 2 * FN(LANES) - 1] = -1};

INLINE FN(vec) FN(masked)(const T *x, const FN(lane) *mask) {
  const FN(lanes_of_vec) kept = *(const FN(lanes_of_vec) *)x & *(const FN(lanes_of_vec) *)mask;
  return (FN(vec))kept;
}

/* A step of LANES products of rows x cols sums; of those that `mask` has, if it is not NULL. */
INLINE void FN(add_products)(int rows, int cols, const T *a, int64_t a_step, const T *b,
                             int64_t b_step, const FN(lane) *mask, FN(vec) (*sum)[DOT_COLS]) {
  FN(vec) y[DOT_COLS];
  UNROLL for (int j = 0; j < cols; j++)
    y[j] = mask ? FN(masked)(b + j * b_step, mask) : FN(at)(b + j * b_step);
  UNROLL for (int i = 0; i < rows; i++) {
    const FN(vec) x = mask ? FN(masked)(a + i * a_step, mask) : FN(at)(a + i * a_step);
    UNROLL for (int j = 0; j < cols; j++) sum[i][j] += x * y[j];
  }
}

#define PAIRS(x, y) (MIX(FN(index), x, y, 0, 2, 4, 6) + MIX(FN(index), x, y, 1, 3, 5, 7))

/* The sums of the elements of DOT_COLS = 4 vectors. */
INLINE void FN(totals)(const FN(vec) *x, T *sums) {
  if ((int)FN(LANES) < DOT_COLS) {
    UNROLL for (int j = 0; j < DOT_COLS; j++) sums[j] = x[j][0] + x[j][1];
    return;
  }
  FN(four) y[DOT_COLS];
  UNROLL for (int j = 0; j < DOT_COLS; j++) {
    const FN(four) *parts = (const FN(four) *)(x + j);
    y[j] = parts[0];
    UNROLL for (int l = 1; l < (int)FN(LANES) / 4; l++) y[j] += parts[l];
  }
  y[0] = PAIRS(y[0], y[1]);
  y[2] = PAIRS(y[2], y[3]);
  *(FN(four) *)sums = PAIRS(y[0], y[2]);
}
#undef PAIRS

INLINE void FN(sum_dots)(int rows, int cols, int64_t K, const T *a, int64_t a_step, const T *b,
                         int64_t b_step, const FN(tile) *out) {
  FN(vec) sum[DOT_ROWS][DOT_COLS] = {{{0}}};
  int64_t k = 0;
  for (; k + FN(LANES) <= K; k += FN(LANES))
    FN(add_products)(rows, cols, a + k, a_step, b + k, b_step, NULL, sum);
  if (k < K) {              /* the last vector, without what is summed already */
    const int64_t end = K - FN(LANES);
    FN(add_products)(rows, cols, a + end, a_step, b + end, b_step, FN(ends) + K - k, sum);
  }
  UNROLL for (int i = 0; i < rows; i++) {
    T total[DOT_COLS];
    FN(totals)(sum[i], total);
    UNROLL for (int j = 0; j < cols; j++)
      out->c[i * out->c_step + j] = total[j] + (out->row_bias ? out->row_bias[i] : 0) +
                                    (out->col_bias ? out->col_bias[j] : 0);
  }
}

void FN(micro_finish)(int64_t rows, int64_t cols, const FN(tile) *out) {
  FN(finish_stored)(rows, cols, out);
}

/* Stamp the bodies out, and find them by [rows - 1][vecs - 1]. */
#define EACH_WIDTH(MAKE, rows) MAKE(rows, 1) MAKE(rows, 2)
#define NAME_(kind, rows, vecs) kind##_##rows##_##vecs
#define NAME(kind, rows, vecs) MICRO_JOIN_(NAME_(kind, rows, vecs), T)

#define MAKE(rows, vecs) \
  static void NAME(panel, rows, vecs)(int64_t K, const T *a, int64_t a_step, const T *b, \
                                      int64_t b_step, const FN(tile) *out) { \
    FN(sum_panel)(rows, vecs, K, a, a_step, b, b_step, out); \
  } \
  static void NAME(taps, rows, vecs)(int64_t K, const T *a, int64_t a_step, const T *b, \
                                     const int64_t *offset, const FN(tile) *out) { \
    FN(sum_taps)(rows, vecs, K, a, a_step, b, offset, out); \
  } \
  static void NAME(lines, rows, vecs)(const FN(lines) *a, const T *b, int64_t b_step, \
                                      const FN(tile) *out) { \
    FN(sum_lines)(rows, vecs, a, b, b_step, out); \
  }
#define MAKE_ROWS(rows) EACH_WIDTH(MAKE, rows)
TILE_EACH_ROWS(MAKE_ROWS)

#define PANEL_ROW(rows) {NAME(panel, rows, 1), NAME(panel, rows, 2)},
#define TAPS_ROW(rows) {NAME(taps, rows, 1), NAME(taps, rows, 2)},
#define LINES_ROW(rows) {NAME(lines, rows, 1), NAME(lines, rows, 2)},
static void (*const FN(panel_kernels)[TILE_ROWS][2])(
    int64_t, const T *, int64_t, const T *, int64_t, const FN(tile) *) = {
    TILE_EACH_ROWS(PANEL_ROW)};
static void (*const FN(taps_kernels)[TILE_ROWS][2])(
    int64_t, const T *, int64_t, const T *, const int64_t *, const FN(tile) *) = {
    TILE_EACH_ROWS(TAPS_ROW)};
static void (*const FN(lines_kernels)[TILE_ROWS][2])(
    const FN(lines) *, const T *, int64_t, const FN(tile) *) = {TILE_EACH_ROWS(LINES_ROW)};

static void FN(copy_tile)(int rows, int cols, const T *buffer, const FN(tile) *out) {
  for (int i = 0; i < rows; i++) {
    const T *x = buffer + i * FN(COLS), row_bias = out->row_bias ? out->row_bias[i] : 0;
    T *c = out->c + i * out->c_step;
    const T *add = out->add ? out->add + i * out->c_step : NULL;
    if (add) for (int j = 0; j < cols; j++) c[j] = add[j] + (x[j] + row_bias);
    else for (int j = 0; j < cols; j++) c[j] = x[j] + row_bias;
    if (out->col_bias) for (int j = 0; j < cols; j++) c[j] += out->col_bias[j];
  }
  if (out->finish) FN(finish_stored)(rows, cols, out);
}

/* A tile whose width is no whole number of vectors is made in a buffer and copied from there.  For
 * others `out` itself is passed on: a copy of what the caller has just written would wait for its
 * stores, and for those to C before them. */
#define RUN(kernels, ...) \
  if (cols % FN(LANES) == 0) { \
    kernels[rows - 1][cols > FN(LANES)](__VA_ARGS__, out); \
  } else { \
    T buffer[TILE_AREA(T)]; \
    const FN(tile) made = {.c = buffer, .c_step = FN(COLS)}; \
    kernels[rows - 1][cols > FN(LANES)](__VA_ARGS__, &made); \
    FN(copy_tile)(rows, cols, buffer, out); \
  }

void FN(micro_panel)(int rows, int cols, int64_t K, const T *a, int64_t a_step, const T *b,
                     int64_t b_step, const FN(tile) *out) {
  RUN(FN(panel_kernels), K, a, a_step, b, b_step)
}

void FN(micro_taps)(int rows, int cols, int64_t K, const T *a, int64_t a_step, const T *b,
                    const int64_t *offset, const FN(tile) *out) {
  RUN(FN(taps_kernels), K, a, a_step, b, offset)
}

void FN(micro_lines)(int rows, int cols, const FN(lines) *a, const T *b, int64_t b_step,
                     const FN(tile) *out) {
  RUN(FN(lines_kernels), a, b, b_step)
}

void FN(micro_dots)(int rows, int cols, int64_t K, const T *a, int64_t a_step, const T *b,
                    int64_t b_step, const FN(tile) *out) {
#define DOTS(rows, cols) FN(sum_dots)(rows, cols, K, a, a_step, b, b_step, out)
  if (cols == DOT_COLS) {
    if (rows == 3) DOTS(3, DOT_COLS);
    else if (rows == 2) DOTS(2, DOT_COLS);
    else DOTS(1, DOT_COLS);
    return;
  }
  for (int j = 0; j < cols; j++) {
    const FN(tile) at = {.c = out->c + j, .c_step = out->c_step, .row_bias = out->row_bias,
                         .col_bias = out->col_bias ? out->col_bias + j : NULL};
    FN(sum_dots)(rows, 1, K, a, a_step, b + j * b_step, b_step, &at);
  }
#undef DOTS
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
