/* C[b] = op(A[b]) @ op(B[b]) (+ bias on the columns), row-major; op transposes where asked.
 *
 * C is cut into tiles of at most TILES_HIGH x TILES_WIDE register tiles.  Tile by tile, and for
 * BLOCK_K of the summed axis at a time, op(B) is packed into panels [k][TILE_COLS], which fit L2,
 * and op(A) into panels [k][TILE_ROWS], one of which fits L1; 16-bit types become float there.
 * Tasks share the tiles out; each has its own slice of the scratch block. */
#include <string.h>

#include "gemm.h"
#include "gemm_micro.h"
#include "mx_kernel.h"
#include "mx_scratch.h"

enum {
  TASK_WORK = 1 << 20,   /* multiply-adds that are worth a task */
  MOST_TASKS = 16,
  TILES_HIGH = 504 / TILE_ROWS, TILES_WIDE = 16,
  BLOCK_K = 384,
  TILES_A_THREAD = 2,
  REUSE_TO_PACK = 128,   /* with at most so many columns of C, A is read where it lies; */
  SMALL_A = 1 << 16,     /* and if it has at most so many elements, */
  ALIASING_K = 512,      /* unless its rows would fall on each other in L1 */
};

/* How C is cut: num_rows x num_cols tiles of `rows` x `cols`. */
typedef struct {
  int64_t num_rows, num_cols, rows, cols;
} gemm_cut;

static int64_t at_most(int64_t x, int64_t most) { return x < most ? x : most; }
static int64_t parts(int64_t size, int64_t part) { return (size + part - 1) / part; }
static int packs_a(const gemm_product *p) {
  return p->N > REUSE_TO_PACK && (p->M * p->K > SMALL_A || p->K % ALIASING_K == 0);
}
static int64_t count_tasks(const gemm_product *p) {
  const int64_t work = mx_product(mx_product(p->batch, p->M), mx_product(p->N, p->K));
  return mx_task_count(work, TASK_WORK, MOST_TASKS);
}
static int64_t even_part(int64_t size, int64_t count, int64_t unit) {
  return parts(parts(size, count), unit) * unit;
}

/* Tiles for all tasks, or a few a thread, where the sizes allow: not more, as each row of tiles
 * packs B anew, and for the same reason rather more columns of them than rows.  However C is cut,
 * each of its elements is summed in the same order. */
static gemm_cut cut_matrix(const gemm_product *p, int64_t tasks, int64_t tile_cols) {
  const int64_t most_high = parts(p->M, TILE_ROWS), most_wide = parts(p->N, tile_cols);
  int64_t high = parts(p->M, TILES_HIGH * TILE_ROWS), wide = parts(p->N, TILES_WIDE * tile_cols);
  const int64_t wanted = at_most(tasks, TILES_A_THREAD * mx_rt->num_threads());
  while (p->batch * high * wide < wanted && (high < most_high || wide < most_wide)) {
    const int wants_wide = !packs_a(p) || 4 * p->N * high >= p->M * wide;
    const int split_wide = wide < most_wide && (high == most_high || wants_wide);
    if (split_wide) wide++;
    else high++;
  }
  gemm_cut cut = {0, 0, even_part(p->M, high, TILE_ROWS), even_part(p->N, wide, tile_cols)};
  cut.num_rows = parts(p->M, cut.rows);
  cut.num_cols = parts(p->N, cut.cols);
  return cut;
}

typedef struct {
  const gemm_product *p;
  void *scratch;
  int64_t slice_bytes;   /* of scratch that a task has */
  gemm_cut cut;
  int64_t tasks;
  int pack_a;
} gemm_job;

static gemm_product product_of(const gemm_dims *d) {
  return (gemm_product){.batch = d->batch, .M = d->M, .N = d->N, .K = d->K,
                        .trans_a = d->trans_a, .trans_b = d->trans_b};
}

#define MX_BODY "gemm_impl.h"
#include "mx_each_float.h"

#define GEMM(dtype) MX_ENTRY_SCRATCH(gemm, dtype, gemm_scratch_##dtype, gemm_dims, GEMM_FIELDS)
const mx_kernel_entry mx_table_gemm[] = {GEMM(f32), GEMM(f64), GEMM(f16), GEMM(bf16), {0}};
