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

static int64_t FN(rnn_panels)(int64_t columns) { return rnn_parts(columns, FN(COLS)); }

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
                 rnn_least(m->columns - column, FN(COLS)), m->K, FN(COLS),
                 FN(rnn_panel)(m, panel));
}

static void FN(rnn_pack)(FN(rnn_matrix) *m) {
  const int64_t count = FN(rnn_panels)(m->columns);
  if (m->K * m->columns > RNN_PACK_WORK) rnn_run_tasks(count, FN(rnn_pack_task), m);
  else for (int64_t i = 0; i < count; i++) FN(rnn_pack_task)(m, i);
}

/* Rows [row, end) and columns [column, column + cols) of a step. */
typedef struct {
  int64_t row, end, panel, column, cols;
} FN(rnn_part);

static FN(rnn_part) FN(rnn_part_at)(const rnn_cut *cut, int64_t N, int64_t columns, int64_t i) {
  const int64_t panel = i / cut->num_rows, row = i % cut->num_rows * cut->rows;
  const int64_t column = panel * FN(COLS);
  return (FN(rnn_part)){row, rnn_least(N, row + cut->rows), panel, column,
                        rnn_least(columns - column, FN(COLS))};
}

/* C += A @ the part's panel of m, or C = it; a and c: row 0 of A (rows, K) and of C. */
static void FN(rnn_multiply)(const FN(rnn_part) *p, const FN(rnn_matrix) *m, const wide *a, wide *c,
                             int64_t c_step, int add) {
  const int64_t K = m->K, rows = p->end - p->row, tiles = rnn_parts(rows, TILE_ROWS), line = 0;
  int64_t row[TILE_ROWS];
  for (int64_t r = 0; r < TILE_ROWS; r++) row[r] = r * K;
  for (int64_t k = 0; k < K; k += RNN_BLOCK_K) {
    const int64_t length = rnn_least(K - k, RNN_BLOCK_K);
    for (int64_t tile = 0; tile < tiles; tile++) {
      const int64_t n = p->row + tile * rows / tiles, end = p->row + (tile + 1) * rows / tiles;
      const WIDE(lines) lines = {a + n * K + k, row, &line, 1, length};
      const WIDE(tile) out = {c + n * c_step + p->column, c_step, add || k > 0, NULL, NULL};
      WIDE(micro_lines)((int)(end - n), (int)p->cols, &lines,
                        FN(rnn_panel)(m, p->panel) + k * FN(COLS), &out);
    }
  }
}

#include "rnn_steps_impl.h"
#include "rnn_steps_grad_impl.h"

#undef WIDE
