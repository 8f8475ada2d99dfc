/* The body of gemm.c for one dtype: stored as `real`, computed in `wide`. */

#define WIDE(name) MX_JOIN_(name, wide)

enum { FN(COLS) = TILE_COLS(wide), FN(IS_WIDE) = sizeof(real) == sizeof(wide) };

#include "gemm_pack_impl.h"

static int64_t FN(whole_cols)(int64_t cols) { return mx_ceil_div(cols, FN(COLS)) * FN(COLS); }

/* A cut of C: `rows` x `cols`, all of K.  a, b, c: its corners.  Of the side that is kept, all
 * panels are packed at a time; of the other, the one that is multiplied with them.  shared_a and
 * shared_b: panels that are packed already, of all M rows and N columns, the first ones of each block
 * of k; or NULL. */
typedef struct {
  const real *a, *b, *bias;
  wide *shared_a, *shared_b;
  int64_t M, N, first_col;
  int64_t rows, cols, a_row, a_col, b_row, b_col, K;
  wide *c, *packed_a, *packed_b;
  int64_t c_step;
  const row_finish *finish;   /* of rows of C from first_row on; whole: all of C */
  const wide *whole;
  int64_t first_row;
  int is_dots, keep_a, pack_a, pack_b, bias_of_rows;
} FN(block);

/* Panels of K rows from k0 on, of the block's row i and column j. */
static wide *FN(panel_of_a)(const FN(block) *x, int64_t i, int64_t k0, int64_t K) {
  if (x->shared_a) return x->shared_a + k0 * x->M + (x->first_row + i) * K;
  return x->packed_a + (x->keep_a ? i * K : 0);
}
static wide *FN(panel_of_b)(const FN(block) *x, int64_t j, int64_t k0, int64_t K) {
  if (x->shared_b) return x->shared_b + k0 * FN(whole_cols)(x->N) + (x->first_col + j) * K;
  return x->packed_b + (x->keep_a ? 0 : j * K);
}

/* Columns that fill no vector are always packed, to be read as if they did. */
static inline int FN(packs_columns)(const FN(block) *x, int64_t cols) {
  return x->pack_b || cols * 2 % FN(COLS);
}

static void FN(pack_rows_of_a)(const FN(block) *x, int64_t i, int64_t k0, int64_t K) {
  const int64_t rows = mx_lesser(x->rows - i, TILE_ROWS);
  if (x->pack_a)
    FN(pack_panel)(x->a + i * x->a_row + k0 * x->a_col, x->a_row, x->a_col, rows, K, rows,
                   FN(panel_of_a)(x, i, k0, K));
}

static void FN(pack_columns_of_b)(const FN(block) *x, int64_t j, int64_t k0, int64_t K) {
  const int64_t cols = mx_lesser(x->cols - j, FN(COLS));
  if (FN(packs_columns)(x, cols))
    FN(pack_panel)(x->b + j * x->b_col + k0 * x->b_row, x->b_col, x->b_row, cols, K, FN(COLS),
                   FN(panel_of_b)(x, j, k0, K));
}

/* A register tile, k from k0 on.  What is not packed is read where it lies, A's rows at `lines`. */
static inline void FN(multiply_tile)(const FN(block) *x, WIDE(lines) *lines, int64_t i, int64_t j,
                                     int64_t k0, int64_t K) {
  const int rows = (int)mx_lesser(x->rows - i, TILE_ROWS);
  const int cols = (int)mx_lesser(x->cols - j, FN(COLS)), is_packed = FN(packs_columns)(x, cols);
  const wide *a = x->pack_a ? FN(panel_of_a)(x, i, k0, K)
                            : (const wide *)(const void *)(x->a + i * x->a_row + k0 * x->a_col);
  const wide *b = is_packed ? FN(panel_of_b)(x, j, k0, K)
                            : (const wide *)(const void *)(x->b + j + k0 * x->b_row);
  const int64_t b_step = is_packed ? FN(COLS) : x->b_row;
  const wide *bias = FN(IS_WIDE) && !k0 ? (const wide *)(const void *)x->bias : NULL;
  wide *c = x->c + i * x->c_step + j;
  const WIDE(tile) out = {c, x->c_step, k0 ? c : NULL, bias && x->bias_of_rows ? bias + i : NULL,
                          bias && !x->bias_of_rows ? bias + j : NULL,
                          k0 + K == x->K ? x->finish : NULL, x->first_row + i, c - x->whole};
  if (x->pack_a || x->a_row == 1) {
    WIDE(micro_panel)(rows, cols, K, a, x->pack_a ? rows : x->a_col, b, b_step, &out);
    return;
  }
  lines->a = a;
  lines->length = K;
  WIDE(micro_lines)(rows, cols, lines, b, b_step, &out);
}

/* Few rows of C and B turned: rows of A times rows of B, all of K, as they lie. */
static void FN(multiply_rows)(const FN(block) *x) {
  const wide *bias = (const wide *)(const void *)x->bias;
  for (int64_t j = 0; j < x->cols; j += DOT_COLS)
    for (int64_t i = 0; i < x->rows; i += DOT_ROWS) {
      const WIDE(tile) out = {.c = x->c + i * x->c_step + j, .c_step = x->c_step,
                              .row_bias = bias && x->bias_of_rows ? bias + i : NULL,
                              .col_bias = bias && !x->bias_of_rows ? bias + j : NULL};
      WIDE(micro_dots)((int)mx_lesser(x->rows - i, DOT_ROWS), (int)mx_lesser(x->cols - j, DOT_COLS),
                       x->K, (const wide *)(const void *)(x->a + i * x->a_row), x->a_row,
                       (const wide *)(const void *)(x->b + j * x->b_col), x->b_col, &out);
    }
  const WIDE(tile) made = {.c = x->c, .c_step = x->c_step, .finish = x->finish,
                           .row = x->first_row, .at = x->c - x->whole};
  if (x->finish) WIDE(micro_finish)(x->rows, x->cols, &made);
}

static void FN(multiply_block)(const FN(block) *x) {
  int64_t k0 = 0, row[TILE_ROWS], line = 0;
  WIDE(lines) lines = {.row = row, .line = &line, .num_lines = 1};
  for (int r = 0; r < TILE_ROWS; r++) row[r] = r * x->a_row;
  do {
    const int64_t K = mx_lesser(x->K - k0, BLOCK_K);
    if (x->keep_a) {
      for (int64_t i = 0; i < x->rows; i += TILE_ROWS) FN(pack_rows_of_a)(x, i, k0, K);
      for (int64_t j = 0; j < x->cols; j += FN(COLS)) {
        FN(pack_columns_of_b)(x, j, k0, K);
        for (int64_t i = 0; i < x->rows; i += TILE_ROWS) FN(multiply_tile)(x, &lines, i, j, k0, K);
      }
    } else {
      for (int64_t j = 0; j < x->cols && !x->shared_b; j += FN(COLS))
        FN(pack_columns_of_b)(x, j, k0, K);
      for (int64_t i = 0; i < x->rows; i += TILE_ROWS) {
        if (!x->shared_a) FN(pack_rows_of_a)(x, i, k0, K);
        for (int64_t j = 0; j < x->cols; j += FN(COLS)) FN(multiply_tile)(x, &lines, i, j, k0, K);
      }
    }
    k0 += K;
  } while (k0 < x->K);
}

/* A task's slice of the scratch block: panels for the largest tile; sums, if C is of 16 bits. */
typedef struct {
  wide *packed_b, *packed_a, *sum;
} FN(slice);

static FN(slice) FN(take_slice)(const gemm_product *p, mx_scratch *scratch) {
  const int64_t K = mx_lesser(p->K, BLOCK_K), rows = mx_lesser(p->M, TILES_HIGH * TILE_ROWS);
  const int64_t cols = mx_lesser(mx_ceil_div(p->N, FN(COLS)), TILES_WIDE) * FN(COLS);
  const int keep_a = keeps_a(p);
  const int64_t wide_b = shares_b(p) ? 0 : keep_a ? FN(COLS) : cols;
  const int64_t high_a = shares_a(p, FN(COLS)) ? 0 : keep_a ? rows : TILE_ROWS;
  FN(slice) slice = {.packed_b = mx_take(scratch, wide_b * K, sizeof(wide))};
  slice.packed_a = mx_take(scratch, high_a * K, sizeof(wide));
  if (!FN(IS_WIDE)) slice.sum = mx_take(scratch, rows * cols, sizeof(wide));
  return slice;
}

static int64_t FN(slice_bytes)(const gemm_product *p) {
  mx_scratch slice = {0};
  FN(take_slice)(p, &slice);
  return mx_lines(slice.size);
}

/* Tile `index` of the job's tiles; 16-bit results are summed in the scratch and rounded once. */
static void FN(gemm_tile)(const gemm_job *job, int64_t index, const FN(slice) *slice) {
  const gemm_product *p = job->p;
  const int64_t per_matrix = job->cut.num_rows * job->cut.num_cols, batch = index / per_matrix;
  const int64_t m = index % per_matrix / job->cut.num_cols * job->cut.rows;
  const int64_t n = index % job->cut.num_cols * job->cut.cols;
  real *c = (real *)p->c + batch * p->M * p->N + m * p->N + n;
  FN(block) x = {.rows = mx_lesser(p->M - m, job->cut.rows),
                 .cols = mx_lesser(p->N - n, job->cut.cols),
                 .a_row = p->trans_a ? 1 : p->K, .a_col = p->trans_a ? p->M : 1,
                 .b_row = p->trans_b ? 1 : p->N, .b_col = p->trans_b ? p->K : 1, .K = p->K,
                 .c = (wide *)(void *)c, .c_step = p->N, .packed_a = slice->packed_a,
                 .packed_b = slice->packed_b, .is_dots = FN(IS_WIDE) && is_dots(p),
                 .keep_a = keeps_a(p), .pack_a = packs_a(p) || !FN(IS_WIDE),
                 .pack_b = packs_b(p) || !FN(IS_WIDE), .bias_of_rows = (int)p->bias_of_rows,
                 .finish = p->finish, .whole = (const wide *)p->c, .first_row = m, .first_col = n,
                 .shared_a = job->shared_a, .shared_b = job->shared_b, .M = p->M, .N = p->N};
  x.a = (const real *)p->a + (p->shares_a ? 0 : batch * p->M * p->K) + m * x.a_row;
  x.b = (const real *)p->b + batch * p->K * p->N + n * x.b_col;
  x.bias = p->bias ? (const real *)p->bias + (x.bias_of_rows ? m : n) : NULL;
  if (!FN(IS_WIDE)) {
    x.c = slice->sum;
    x.c_step = x.cols;
  }
  if (x.is_dots) FN(multiply_rows)(&x);
  else FN(multiply_block)(&x);
  if (FN(IS_WIDE)) return;
  for (int64_t i = 0; i < x.rows; i++)
    for (int64_t j = 0; j < x.cols; j++)
      c[i * p->N + j] = STORE(x.c[i * x.c_step + j] +
                             (x.bias ? LOAD(x.bias[x.bias_of_rows ? i : j]) : 0));
}

static void FN(gemm_task)(void *context, int64_t task) {
  const gemm_job *job = context;
  const int64_t tiles = job->p->batch * job->cut.num_rows * job->cut.num_cols;
  mx_scratch mine = {.base = (char *)job->scratch + task * job->slice_bytes};
  const FN(slice) slice = FN(take_slice)(job->p, &mine);
  for (int64_t i = task; i < tiles; i += job->tasks) FN(gemm_tile)(job, i, &slice);
}

/* Task: a panel of A that is shared, or of B, block by block of k. */
static void FN(shared_task)(void *context, int64_t panel) {
  const gemm_job *job = context;
  const gemm_product *p = job->p;
  const int64_t count = job->shared_a ? mx_ceil_div(p->M, TILE_ROWS) : 0;
  const int64_t m = panel * TILE_ROWS, n = (panel - count) * FN(COLS);
  FN(block) x = {.a = p->a, .b = p->b, .a_row = p->trans_a ? 1 : p->K,
                 .a_col = p->trans_a ? p->M : 1, .b_row = p->trans_b ? 1 : p->N,
                 .b_col = p->trans_b ? p->K : 1, .M = p->M, .N = p->N, .rows = p->M, .cols = p->N,
                 .shared_a = job->shared_a, .shared_b = job->shared_b, .pack_a = 1, .pack_b = 1};
  for (int64_t k0 = 0; k0 < p->K; k0 += BLOCK_K) {
    const int64_t K = mx_lesser(p->K - k0, BLOCK_K);
    if (panel < count) FN(pack_rows_of_a)(&x, m, k0, K);
    else FN(pack_columns_of_b)(&x, n, k0, K);
  }
}

/* Memory for the shared panels, and the number of those there are. */
static int64_t FN(take_shared)(gemm_job *job, mx_scratch *scratch) {
  const gemm_product *p = job->p;
  const int64_t size = sizeof(wide);
  int64_t panels = 0;
  if (shares_a(p, FN(COLS))) {
    job->shared_a = mx_take(scratch, mx_product(p->M, p->K), size);
    panels += mx_ceil_div(p->M, TILE_ROWS);
  }
  if (shares_b(p)) {
    job->shared_b = mx_take(scratch, mx_product(FN(whole_cols)(p->N), p->K), size);
    panels += mx_ceil_div(p->N, FN(COLS));
  }
  return panels;
}

int64_t FN(gemm_scratch_size)(const gemm_product *p) {
  gemm_job job = {.p = p};
  mx_scratch shared = {0};
  FN(take_shared)(&job, &shared);
  const int64_t size = mx_sum(mx_lines(shared.size), mx_product(count_tasks(p), FN(slice_bytes)(p)));
#if IS_HALF
  const int64_t narrow = narrow_gemm_pays(NARROW_DTYPE, p) ? narrow_gemm_scratch(NARROW_DTYPE, p) : 0;
  if (narrow > size) return narrow;
#endif
  return size;
}

void FN(gemm_run)(const gemm_product *p, void *scratch) {
  if (p->batch * p->M * p->N == 0) return;
#if IS_HALF
  if (narrow_gemm_pays(NARROW_DTYPE, p) && narrow_gemm_run(NARROW_DTYPE, p, scratch)) return;
#endif
  const int64_t most = count_tasks(p);
  gemm_job job = {.p = p, .slice_bytes = FN(slice_bytes)(p),
                  .cut = cut_matrix(p, most, FN(COLS))};
  mx_scratch shared = {.base = scratch};
  const int64_t panels = FN(take_shared)(&job, &shared);
  if (panels) mx_rt->parallel_for(panels, FN(shared_task), &job);
  job.scratch = (char *)scratch + mx_lines(shared.size);
  job.tasks = mx_lesser(most, p->batch * job.cut.num_rows * job.cut.num_cols);
  if (job.tasks == 1) FN(gemm_task)(&job, 0);
  else mx_rt->parallel_for(job.tasks, FN(gemm_task), &job);
}

static int64_t FN(gemm_scratch)(const void *desc) {
  const gemm_product p = product_of(desc);
  return FN(gemm_scratch_size)(&p);
}

static int FN(gemm)(const void *desc, void *const *ptr, const mx_scalar *scalars) {
  const gemm_dims *d = desc;
  gemm_product p = product_of(d);
  (void)scalars;
  p.a = ptr[0];
  p.b = ptr[1];
  p.bias = d->has_bias ? ptr[2] : NULL;
  p.c = ptr[d->has_bias ? 3 : 2];
  FN(gemm_run)(&p, ptr[d->has_bias ? 4 : 3]);
  return MX_OK;
}

#undef WIDE
