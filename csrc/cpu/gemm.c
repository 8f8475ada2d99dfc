/* C[b] = op(A[b]) @ op(B[b]) (+ bias on the columns), row-major; op transposes where asked.
 *
 * C is cut into tiles of at most TILES_HIGH x TILES_WIDE register tiles.  Tile by tile, and for
 * BLOCK_K of the summed axis at a time, op(B) is packed into panels [k][TILE_COLS], which fit L2,
 * and op(A) into panels [k][TILE_ROWS], one of which fits L1; if A is small and wide, its panels
 * stay in L2 and one of B's in L1.  16-bit types become float there.  What is read as well where
 * it lies is not packed.  What several tiles need is packed once, by all threads, before them.
 * Tasks share the tiles out; each has its own slice of the scratch block. */
#include <string.h>

#include "gemm.h"
#include "gemm_micro.h"
#include "mx_kernel.h"
#include "mx_scratch.h"
#include "mx_size.h"
#include "narrow.h"

enum {
  /* Multiply-adds that are worth a task; more where a side is short, which the memory bounds. */
  TASK_WORK = 1 << 18, SHORT_TASK_WORK = 1 << 20, SHORT_SIDE = 32,
  MOST_TASKS = 16,
  TILES_HIGH = 504 / TILE_ROWS, TILES_WIDE = 16,
  BLOCK_K = 384,
  TILES_A_THREAD = 2,
  READ_A = 1, PACK_A = 2, READ_B = 1, PACK_B = 4,    /* what panels cost a tile, in register tiles */
  /* A is read where it lies for few columns of C, or if it is small; B, if it is not turned, for
   * few rows of C, or not too many and long sums.  Not if rows would fall on each other in L1, or
   * loads between its lines. */
  FEW_COLS = 128, SMALL_A = 1 << 17, ALIASING_K = 512,
  FEW_ROWS = 2 * TILE_ROWS, MORE_ROWS = 512, LONG_K = 128, ALIASING_N = 256, ONE_SET_N = 1024,
  LINE_N = 8,
  DOT_K = 24,            /* sums that pay for dots of rows of A and B, for each row of A */
  SHARED_WORK = 1 << 23, /* multiply-adds that pay for packing together what tiles share, */
  SHARED_BYTES = 16 << 20, /* of which there is no more */
  WIDE_A = 4,            /* a small A that is wider by so much stays in L2 as a whole */
};

/* How C is cut: num_rows x num_cols tiles of `rows` x `cols`. */
typedef struct {
  int64_t num_rows, num_cols, rows, cols;
} gemm_cut;

static int is_dots(const gemm_product *p) {
  return p->trans_b && !p->trans_a && p->M <= FEW_ROWS && p->K >= DOT_K * p->M;
}
static int keeps_a(const gemm_product *p) {
  return mx_product(p->M, p->K) <= SMALL_A && p->K >= WIDE_A * p->M;
}
static int packs_a(const gemm_product *p) {
  return p->N > FEW_COLS && (mx_product(p->M, p->K) > SMALL_A || p->K % ALIASING_K == 0);
}
static int packs_b(const gemm_product *p) {
  if (p->trans_b || p->N % ONE_SET_N == 0) return 1;
  if (p->M <= FEW_ROWS) return 0;
  return p->M > MORE_ROWS || p->K < LONG_K || p->N % ALIASING_N == 0 || p->N % LINE_N != 0;
}
static int64_t count_tasks(const gemm_product *p) {
  const int64_t work = mx_product(mx_product(p->batch, p->M), mx_product(p->N, p->K));
  const int64_t shortest = mx_lesser(p->M, mx_lesser(p->N, p->K));
  return mx_task_count(work, shortest < SHORT_SIDE ? SHORT_TASK_WORK : TASK_WORK,
                       MOST_TASKS);
}
/* Whether an operand is packed anew for each of several tiles, or products of a batch. */
static int is_shared(const gemm_product *p, int64_t rows, int64_t tiles) {
  const int64_t work = mx_product(mx_product(p->batch, p->M), mx_product(p->N, p->K));
  return tiles > 1 && work >= SHARED_WORK && !keeps_a(p) && !is_dots(p) &&
         mx_product(rows, p->K) <= SHARED_BYTES / (int64_t)sizeof(float);
}
static int shares_a(const gemm_product *p, int64_t tile_cols) {
  return packs_a(p) && (p->shares_a || p->batch == 1) &&
         is_shared(p, p->M, p->batch * mx_ceil_div(p->N, TILES_WIDE * tile_cols));
}
static int shares_b(const gemm_product *p) {
  return packs_b(p) && p->batch == 1 &&
         is_shared(p, p->N, mx_ceil_div(p->M, TILES_HIGH * TILE_ROWS));
}

/* What a thread does, in register tiles: as many rounds of tiles of C, rows x cols of them, as come out
 * if small tiles at the edges fill a round together; and what is packed for each tile. */
static int64_t cut_cost(const gemm_product *p, int64_t rows, int64_t cols, int64_t tile_cols,
                        int64_t threads) {
  const int64_t area = mx_product(rows * TILE_ROWS, cols * tile_cols);
  const int64_t rounds = mx_ceil_div(mx_product(p->batch, mx_product(p->M, p->N)), area * threads);
  const int64_t per_row = !packs_a(p) ? 0 : shares_a(p, tile_cols) ? READ_A : PACK_A;
  const int64_t per_col = packs_b(p) && !shares_b(p) ? PACK_B : READ_B;
  return rounds * (rows * cols + per_row * rows + per_col * cols);
}

/* Tiles for all tasks, or a few a thread, where the sizes allow: the cut that costs a thread least.
 * However C is cut, each of its elements is summed in the same order. */
static gemm_cut cut_matrix(const gemm_product *p, int64_t tasks, int64_t tile_cols) {
  const int64_t most_high = mx_ceil_div(p->M, TILE_ROWS), most_wide = mx_ceil_div(p->N, tile_cols);
  const int64_t high = mx_ceil_div(most_high, TILES_HIGH);
  const int64_t wide = mx_ceil_div(most_wide, TILES_WIDE);
  const int64_t threads = mx_rt->num_threads(), most = TILES_A_THREAD * threads;
  const int64_t wanted = mx_ceil_div(tasks < most ? mx_lesser(tasks, threads) : most, p->batch);
  int64_t best_rows = mx_ceil_div(most_high, high), best_cols = mx_ceil_div(most_wide, wide);
  int64_t best = INT64_MAX;
  for (int64_t w = wide; wanted > 1 && w <= most_wide && w < wide + wanted; w++) {
    const int64_t cols = mx_ceil_div(most_wide, w);
    const int64_t fit = mx_ceil_div(wanted, mx_ceil_div(most_wide, cols));
    const int64_t h = mx_lesser(fit > high ? fit : high, most_high);
    for (int64_t more = 0; more < 2; more++) {
      const int64_t rows = mx_ceil_div(most_high, mx_lesser(h + more, most_high));
      const int64_t cost = cut_cost(p, rows, cols, tile_cols, threads);
      if (cost < best) best = cost, best_rows = rows, best_cols = cols;
    }
  }
  gemm_cut cut = {.rows = best_rows * TILE_ROWS, .cols = best_cols * tile_cols};
  cut.num_rows = mx_ceil_div(p->M, cut.rows);
  cut.num_cols = mx_ceil_div(p->N, cut.cols);
  return cut;
}

/* shared_a, shared_b: their panels, k by k of the blocks, or NULL. */
typedef struct {
  const gemm_product *p;
  void *scratch, *shared_a, *shared_b;
  int64_t slice_bytes;   /* of scratch that a task has */
  gemm_cut cut;
  int64_t tasks;
} gemm_job;

/* A column lies in memory as a row does: a few rows times a column are dots. */
static gemm_product product_of(const gemm_dims *d) {
  gemm_product p = {.batch = d->batch, .M = d->M, .N = d->N, .K = d->K,
                    .trans_a = d->trans_a && d->M > 1, .trans_b = 1};
  p.trans_b = d->trans_b || (d->N == 1 && is_dots(&p));
  return p;
}

/* Numbers of 16 bits, for narrow.h. */
#define NARROW_f16 NARROW_F16
#define NARROW_bf16 NARROW_BF16
#define NARROW_DTYPE MX_JOIN_(NARROW, DT)

#define MX_BODY "gemm_impl.h"
#include "mx_each_float.h"
#undef MX_BODY

/* gemm, and what is done with its result: BatchNorm of its columns, unless there are several matrices. */
typedef struct {
  gemm_dims gemm;
  finish_dims finish;
} joined_dims;

#define JOINED_FIELDS GEMM_FIELDS " " FINISH_FIELDS

#define MX_BODY "gemm_joined_impl.h"
#include "mx_each_wide.h"

#define GEMM(dtype) MX_ENTRY_SCRATCH(gemm, dtype, gemm_scratch_##dtype, gemm_dims, GEMM_FIELDS)
#define JOINED(dtype) \
  MX_ENTRY_SCRATCH(gemm_joined, dtype, joined_scratch_##dtype, joined_dims, JOINED_FIELDS)
const mx_kernel_entry mx_table_gemm[] = {GEMM(f32), GEMM(f64), GEMM(f16), GEMM(bf16),
                                         JOINED(f32), JOINED(f64), {0}};
