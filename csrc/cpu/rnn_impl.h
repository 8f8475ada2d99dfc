/* The body of rnn.c for one dtype: matrix products of tiles, then the steps and their gradient. */

#define WIDE(name) MX_JOIN_(name, wide)

enum { FN(COLS) = TILE_COLS(wide) };

#include "gemm_pack_impl.h"

/* A matrix (K, columns), packed into panels [k][COLS], one for every COLS columns. */
typedef struct {
  const real *from;
  int64_t K, columns, k_step, column_step;
  wide *panels;
} FN(rnn_matrix);

static int64_t FN(rnn_panels)(int64_t columns) { return mx_ceil_div(columns, FN(COLS)); }

static wide *FN(rnn_take)(mx_scratch *scratch, int64_t K, int64_t columns) {
  return mx_take(scratch, mx_product(FN(rnn_panels)(columns) * FN(COLS), K), sizeof(wide));
}

static wide *FN(rnn_panel)(const FN(rnn_matrix) *m, int64_t panel) {
  return m->panels + panel * m->K * FN(COLS);
}

static void FN(rnn_pack_task)(void *context, int64_t panel) {
  const FN(rnn_matrix) *m = context;
  const int64_t column = panel * FN(COLS);
  FN(pack_panel)(m->from + column * m->column_step, m->column_step, m->k_step,
                 mx_lesser(m->columns - column, FN(COLS)), m->K, FN(COLS),
                 FN(rnn_panel)(m, panel));
}

static void FN(rnn_pack)(FN(rnn_matrix) *m) {
  const int64_t count = FN(rnn_panels)(m->columns);
  rnn_run_tasks(count, m->K * m->columns > RNN_PACK_WORK, FN(rnn_pack_task), m);
}

/* Rows [row, end) of a step, and its columns [column, column + cols), panels [panel, last). */
typedef struct {
  int64_t row, end, panel, last, column, cols;
} FN(rnn_part);

static FN(rnn_part) FN(rnn_part_at)(const rnn_cut *cut, int64_t N, int64_t columns, int64_t i) {
  const int64_t row = i / cut->num_cols, group = i % cut->num_cols;
  FN(rnn_part) p = {.row = row * N / cut->num_rows, .end = (row + 1) * N / cut->num_rows,
                    .panel = group * cut->panels / cut->num_cols,
                    .last = (group + 1) * cut->panels / cut->num_cols};
  p.column = p.panel * FN(COLS);
  p.cols = mx_lesser(columns, p.last * FN(COLS)) - p.column;
  return p;
}

/* C = A @ the part's panels of m, plus `add` and `bias`, a row of C, unless they are NULL.  a, c, add:
 * row 0 of A (rows, K), of C and of an array like C, which may be C. */
static void FN(rnn_multiply)(const FN(rnn_part) *p, const FN(rnn_matrix) *m, const wide *a, wide *c,
                             int64_t c_step, const wide *add, const wide *bias) {
  const int64_t K = m->K, rows = p->end - p->row, tiles = mx_ceil_div(rows, TILE_ROWS), line = 0;
  int64_t row[TILE_ROWS];
  for (int64_t r = 0; r < TILE_ROWS; r++) row[r] = r * K;
  for (int64_t panel = p->panel; panel < p->last; panel++) {
    const int64_t column = panel * FN(COLS);
    const int cols = (int)mx_lesser(p->column + p->cols - column, FN(COLS));
    for (int64_t k = 0; k < K; k += RNN_BLOCK_K) {
      const int64_t length = mx_lesser(K - k, RNN_BLOCK_K);
      const wide *b = FN(rnn_panel)(m, panel) + k * FN(COLS);
      for (int64_t tile = 0; tile < tiles; tile++) {
        const int64_t n = p->row + tile * rows / tiles, end = p->row + (tile + 1) * rows / tiles;
        const WIDE(lines) lines = {a + n * K + k, row, &line, 1, length};
        const int64_t at = n * c_step + column;
        const WIDE(tile) out = {.c = c + at, .c_step = c_step,
                                .add = k ? c + at : add ? add + at : NULL,
                                .col_bias = bias && !k ? bias + column : NULL};
        WIDE(micro_lines)((int)(end - n), cols, &lines, b, FN(COLS), &out);
      }
    }
  }
}

#include "rnn_rows_impl.h"
#include "rnn_steps_impl.h"
#include "rnn_steps_grad_impl.h"

#undef WIDE
