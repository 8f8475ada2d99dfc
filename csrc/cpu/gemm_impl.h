/* The body of gemm.c for one dtype: stored as `real`, computed in `wide`. */

#define WIDE(name) MX_JOIN_(name, wide)

enum { FN(COLS) = TILE_COLS(wide), FN(IS_WIDE) = sizeof(real) == sizeof(wide) };

#include "gemm_pack_impl.h"

/* A cut of C: `rows` x `cols`, all of K.  a, b, c: its corners. */
typedef struct {
  const real *a, *b, *bias;
  int64_t rows, cols, a_row, a_col, b_row, b_col, K;
  wide *c, *packed_a, *packed_b;
  int64_t c_step;
  int pack_a, bias_of_rows;
} FN(block);

/* One row of register tiles, k from k0 on: A's panel stays in L1, B's pass by. */
static void FN(tile_row)(const FN(block) *x, int64_t i, int64_t k0, int64_t K) {
  const int rows = (int)at_most(x->rows - i, TILE_ROWS);
  const real *a = x->a + i * x->a_row + k0 * x->a_col;
  const wide *panel = x->packed_a;
  int64_t row[TILE_ROWS], a_step = rows, line = 0;
  if (x->pack_a) FN(pack_panel)(a, x->a_row, x->a_col, rows, K, rows, x->packed_a);
  else panel = (const wide *)(const void *)a, a_step = x->a_col;
  for (int r = 0; r < rows; r++) row[r] = r * x->a_row;
  const WIDE(lines) lines = {panel, row, &line, 1, K};
  for (int64_t j = 0; j < x->cols; j += FN(COLS)) {
    const int cols = (int)at_most(x->cols - j, FN(COLS));
    const wide *bias = FN(IS_WIDE) && !k0 ? (const wide *)(const void *)x->bias : NULL;
    const WIDE(tile) out = {x->c + i * x->c_step + j, x->c_step, k0 > 0,
                            bias && x->bias_of_rows ? bias + i : NULL,
                            bias && !x->bias_of_rows ? bias + j : NULL};
    const wide *b = x->packed_b + j * K;
    if (x->pack_a || x->a_row == 1) WIDE(micro_panel)(rows, cols, K, panel, a_step, b, &out);
    else WIDE(micro_lines)(rows, cols, &lines, b, &out);
  }
}

static void FN(multiply_block)(const FN(block) *x) {
  int64_t k0 = 0;
  do {
    const int64_t K = at_most(x->K - k0, BLOCK_K);
    for (int64_t j = 0; j < x->cols; j += FN(COLS))
      FN(pack_panel)(x->b + j * x->b_col + k0 * x->b_row, x->b_col, x->b_row,
                     at_most(x->cols - j, FN(COLS)), K, FN(COLS), x->packed_b + j * K);
    for (int64_t i = 0; i < x->rows; i += TILE_ROWS) FN(tile_row)(x, i, k0, K);
    k0 += K;
  } while (k0 < x->K);
}

/* Tile `index` of the job's tiles; 16-bit results are summed in the scratch and rounded once. */
static void FN(gemm_tile)(const gemm_job *job, int64_t index, wide *scratch) {
  const gemm_dims *d = job->d;
  const int64_t per_matrix = job->cut.num_rows * job->cut.num_cols, batch = index / per_matrix;
  const int64_t m = index % per_matrix / job->cut.num_cols * job->cut.rows;
  const int64_t n = index % job->cut.num_cols * job->cut.cols;
  real *c = (real *)job->ptr[d->has_bias ? 3 : 2] + batch * d->c_batch + m * d->N + n;
  FN(block) x = {.rows = at_most(d->M - m, job->cut.rows), .cols = at_most(d->N - n, job->cut.cols),
                 .a_row = d->trans_a ? 1 : d->K, .a_col = d->trans_a ? d->M : 1,
                 .b_row = d->trans_b ? 1 : d->N, .b_col = d->trans_b ? d->K : 1, .K = d->K,
                 .c = (wide *)(void *)c, .c_step = d->N, .pack_a = job->pack_a || !FN(IS_WIDE),
                 .bias_of_rows = d->has_bias == 2};
  x.a = (const real *)job->ptr[d->swapped] + batch * d->a_batch + m * x.a_row;
  x.b = (const real *)job->ptr[!d->swapped] + batch * d->b_batch + n * x.b_col;
  x.bias = d->has_bias ? (const real *)job->ptr[2] + (x.bias_of_rows ? m : n) : NULL;
  x.packed_b = scratch;
  x.packed_a = scratch + parts(x.cols, FN(COLS)) * FN(COLS) * at_most(d->K, BLOCK_K);
  if (!FN(IS_WIDE)) {
    x.c = x.packed_a + TILE_ROWS * at_most(d->K, BLOCK_K);
    x.c_step = x.cols;
  }
  FN(multiply_block)(&x);
  if (FN(IS_WIDE)) return;
  for (int64_t i = 0; i < x.rows; i++)
    for (int64_t j = 0; j < x.cols; j++)
      c[i * d->N + j] = STORE(x.c[i * x.c_step + j] +
                             (x.bias ? LOAD(x.bias[x.bias_of_rows ? i : j]) : 0));
}

static void FN(gemm_task)(void *context, int64_t task) {
  const gemm_job *job = context;
  const int64_t tiles = job->d->batch * job->cut.num_rows * job->cut.num_cols;
  wide *scratch = (wide *)job->ptr[job->d->has_bias ? 4 : 3] + task * job->slice;
  for (int64_t i = task; i < tiles; i += job->d->tasks) FN(gemm_tile)(job, i, scratch);
}

static int FN(gemm)(const void *desc, void *const *ptr, const mx_scalar *scalars) {
  const gemm_dims *d = desc;
  (void)scalars;
  if (d->batch * d->M * d->N == 0) return MX_OK;
  gemm_job job = {d, ptr, cut_matrix(d, FN(COLS)), 0, packs_a(d)};
  const int64_t K = at_most(d->K, BLOCK_K), N = parts(d->N, 32) * 32;
  job.slice = (at_most(N, MOST_SIDE) + TILE_ROWS + 2) * K + 64;
  if (!FN(IS_WIDE)) job.slice += at_most(N, MOST_SIDE) * at_most(d->M, MOST_SIDE);
  if (d->tasks == 1) FN(gemm_task)(&job, 0);
  else mx_rt->parallel_for(d->tasks, FN(gemm_task), &job);
  return MX_OK;
}

#undef WIDE
