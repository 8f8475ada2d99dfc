/* Each result is summed in float over pairs of steps, by TDPBF16PS ("Intel 64 and IA-32 Architectures
 * Software Developer's Manual", volume 2), which takes subnormal numbers for 0.
 *
 * The results are cut into units.  For STEPS_AT_A_TIME of k at a time a unit's lines of both factors
 * are packed; then 32 columns, which stay in L1, meet all rows of the unit, whose panels and sums
 * stay in L2: four tiles of sums, two of each factor at a time.  A factor of a single product that
 * several units need is packed as a whole before them, by all threads. */
#include "amx_product.h"

#include <immintrin.h>
#include <string.h>

#include "amx_pack.h"
#include "mx_kernel.h"
#include "mx_scratch.h"

enum {
  STEPS_AT_A_TIME = 512,
  MOST_ROWS = 512, MOST_COLS = 256,       /* of a unit: with the steps, 1.3 MB */
  SUM_SLACK = 16,                         /* so that rows of sums do not fall on each other in L1 */
  MOST_TASKS = 16, TASK_WORK = 1 << 20,   /* multiply-adds that are worth a task */
  SHARED_LINES = 128,                     /* of the other factor: then several units need a panel */
  SHARED_ITEMS = 8 << 20,                 /* of a factor that is packed as a whole, at most */
  /* What 32 steps cost: a line of a factor that is read, packed, or turned, too; so many results. */
  READ = 1, COPIED_LEFT = 2, PAIRED_RIGHT = 5, TURNED = 7, RESULTS_A_CYCLE = 16,
};

typedef struct {
  int64_t rows, cols, num_rows, num_cols;
} amx_cut;

typedef struct {
  const amx_product *p;
  char *scratch;
  int64_t slice_bytes, tasks, units;
  mx_bf16 *left, *right;        /* factors that are packed as a whole, or NULL */
  amx_cut cut;
} amx_job;

/* A task's memory. */
typedef struct {
  mx_bf16 *left, *right;
  float *sum;
} amx_slice;

static int64_t whole_panels(int64_t lines) {
  return amx_parts(lines, PANEL_LINES) * PANEL_LINES;
}
static int64_t whole_tiles(int64_t steps) { return amx_parts(steps, TILE_STEPS) * TILE_STEPS; }

/* Whether a factor of so many lines is packed as a whole, where the other has `others`. */
static int is_shared(const amx_product *p, int64_t lines, int64_t others) {
  return p->batch == 1 && others > SHARED_LINES && p->K > 0 &&
         mx_product(whole_panels(lines), whole_tiles(p->K)) <= SHARED_ITEMS;
}
static int shares_left(const amx_product *p) { return is_shared(p, p->M, p->N); }
static int shares_right(const amx_product *p) {
  return !p->keeps_right_apart && is_shared(p, p->N, p->M);
}

static amx_slice take_slice(const amx_product *p, mx_scratch *scratch) {
  const int64_t rows = amx_least(whole_panels(p->M), MOST_ROWS);
  const int64_t cols = amx_least(whole_panels(p->N), MOST_COLS);
  const int64_t steps = whole_tiles(amx_least(p->K, STEPS_AT_A_TIME));
  amx_slice slice = {NULL};
  if (!shares_left(p)) slice.left = mx_take(scratch, rows * steps, sizeof(mx_bf16));
  if (!shares_right(p)) slice.right = mx_take(scratch, cols * steps, sizeof(mx_bf16));
  slice.sum = mx_take(scratch, rows * (cols + SUM_SLACK), sizeof(float));
  return slice;
}

static void take_shared(amx_job *job, mx_scratch *scratch) {
  const amx_product *p = job->p;
  const int64_t steps = whole_tiles(p->K), size = sizeof(mx_bf16);
  if (shares_left(p)) job->left = mx_take(scratch, whole_panels(p->M) * steps, size);
  if (shares_right(p)) job->right = mx_take(scratch, whole_panels(p->N) * steps, size);
}

static int64_t slice_bytes(const amx_product *p) {
  mx_scratch slice = {0};
  take_slice(p, &slice);
  return mx_lines(slice.size);
}

static int64_t count_tasks(const amx_product *p) {
  const int64_t work = mx_product(mx_product(p->batch, p->M), mx_product(p->N, p->K));
  return mx_task_count(work, TASK_WORK, MOST_TASKS);
}

int64_t amx_scratch(const amx_product *p) {
  amx_job job = {.p = p};
  mx_scratch shared = {0};
  take_shared(&job, &shared);
  return mx_sum(mx_lines(shared.size), mx_product(count_tasks(p), slice_bytes(p)));
}

/* The units for which the threads need the least time.  However the results are cut, each is summed
 * in the same order. */
static amx_cut cut_product(const amx_product *p, int64_t threads) {
  const int64_t left = shares_left(p) ? READ : p->turns_left ? TURNED : COPIED_LEFT;
  const int64_t right = shares_right(p) ? READ : p->turns_right ? TURNED : PAIRED_RIGHT;
  amx_cut best = {0};
  int64_t least = INT64_MAX;
  for (int64_t rows = MOST_ROWS; rows >= PANEL_LINES; rows /= 2)
    for (int64_t cols = MOST_COLS; cols >= PANEL_LINES; cols /= 2) {
      const int64_t high = amx_least(rows, whole_panels(p->M));
      const int64_t wide = amx_least(cols, whole_panels(p->N));
      const amx_cut cut = {high, wide, amx_parts(p->M, high), amx_parts(p->N, wide)};
      const int64_t rounds = amx_parts(mx_product(p->batch, cut.num_rows * cut.num_cols), threads);
      const int64_t cost = mx_product(rounds, high * wide / RESULTS_A_CYCLE + left * high +
                                                  right * wide);
      if (cost < least) least = cost, best = cut;
    }
  return best;
}

/* Eight tiles of 16 rows of 64 bytes; a thread has none until it says so. */
static void configure_tiles(void) {
  struct {
    uint8_t palette, start, reserved[14];
    uint16_t row_bytes[16];
    uint8_t rows[16];
  } tiles = {.palette = 1};
  for (int i = 0; i < 8; i++) tiles.row_bytes[i] = 64, tiles.rows[i] = TILE_LINES;
  _tile_loadconfig(&tiles);
}

/* Compilers do not know that tiles are loaded from memory and stored there. */
#define BARRIER() __asm__ volatile("" ::: "memory")

/* The sums of a panel of rows and one of columns, or of the first tile of each, for `tiles` times 32
 * steps; added to c or written there. */
static inline __attribute__((always_inline)) void multiply_panels(
    int tall, int wide, int64_t tiles, const mx_bf16 *a, const mx_bf16 *b, float *c, int64_t c_step,
    int add) {
  const int64_t bytes = c_step * (int64_t)sizeof(float);
  float *below = c + TILE_LINES * c_step;
  BARRIER();
  if (add) {
    _tile_loadd(0, c, bytes);
    if (wide) _tile_loadd(1, c + TILE_LINES, bytes);
    if (tall) _tile_loadd(2, below, bytes);
    if (tall && wide) _tile_loadd(3, below + TILE_LINES, bytes);
  } else {
    _tile_zero(0);
    if (wide) _tile_zero(1);
    if (tall) _tile_zero(2);
    if (tall && wide) _tile_zero(3);
  }
  for (int64_t i = 0; i < tiles; i++, a += PANEL_ITEMS, b += PANEL_ITEMS) {
    _tile_loadd(4, a, 64);
    _tile_loadd(6, b, 64);
    _tile_dpbf16ps(0, 4, 6);
    if (wide) {
      _tile_loadd(7, b + TILE_ITEMS, 64);
      _tile_dpbf16ps(1, 4, 7);
    }
    if (tall) {
      _tile_loadd(5, a + TILE_ITEMS, 64);
      _tile_dpbf16ps(2, 5, 6);
      if (wide) _tile_dpbf16ps(3, 5, 7);
    }
  }
  _tile_stored(0, c, bytes);
  if (wide) _tile_stored(1, c + TILE_LINES, bytes);
  if (tall) _tile_stored(2, below, bytes);
  if (tall && wide) _tile_stored(3, below + TILE_LINES, bytes);
  BARRIER();
}

static void multiply(int64_t rows, int64_t cols, int64_t tiles, const mx_bf16 *a, const mx_bf16 *b,
                     float *c, int64_t c_step, int add) {
#define PANELS(tall, wide) multiply_panels(tall, wide, tiles, a, b, c, c_step, add)
  if (rows > TILE_LINES && cols > TILE_LINES) PANELS(1, 1);
  else if (rows > TILE_LINES) PANELS(1, 0);
  else if (cols > TILE_LINES) PANELS(0, 1);
  else PANELS(0, 0);
#undef PANELS
}

static void run_unit(const amx_job *job, int64_t unit, const amx_slice *slice) {
  const amx_product *p = job->p;
  const amx_cut *cut = &job->cut;
  const int64_t each = cut->num_rows * cut->num_cols, entry = unit / each;
  const int64_t row = unit % each / cut->num_cols * cut->rows;
  const int64_t col = unit % cut->num_cols * cut->cols;
  const int64_t rows = amx_least(p->M - row, cut->rows), cols = amx_least(p->N - col, cut->cols);
  const int64_t step = cut->cols + SUM_SLACK;
  if (p->K == 0) memset(slice->sum, 0, (size_t)(rows * step) * sizeof(float));
  for (int64_t k0 = 0; k0 < p->K; k0 += STEPS_AT_A_TIME) {
    const int64_t steps = amx_least(p->K - k0, STEPS_AT_A_TIME);
    const int64_t part = whole_tiles(steps), whole = whole_tiles(p->K);
    const int64_t left_step = job->left ? whole : part, right_step = job->right ? whole : part;
    const mx_bf16 *left = slice->left, *right = slice->right;
    if (job->left) left = job->left + row * whole + k0 * PANEL_LINES;
    else p->pack_left(p->context, &(amx_part){entry, row, rows, k0, steps}, slice->left);
    if (job->right) right = job->right + col * whole + k0 * PANEL_LINES;
    else p->pack_right(p->context, &(amx_part){entry, col, cols, k0, steps}, slice->right);
    for (int64_t j = 0; j < cols; j += PANEL_LINES)
      for (int64_t i = 0; i < rows; i += PANEL_LINES)
        multiply(rows - i, cols - j, part / TILE_STEPS, left + i * left_step,
                 right + j * right_step, slice->sum + i * step + j, step, k0 > 0);
  }
  p->put(p->context, &(amx_block){entry, row, col, rows, cols, slice->sum, step});
}

static void run_task(void *context, int64_t task) {
  const amx_job *job = context;
  mx_scratch mine = {.base = job->scratch + task * job->slice_bytes};
  const amx_slice slice = take_slice(job->p, &mine);
  configure_tiles();
  for (int64_t unit = task; unit < job->units; unit += job->tasks) run_unit(job, unit, &slice);
  _tile_release();
}

/* Task: a panel of a factor that is packed as a whole. */
static void pack_task(void *context, int64_t panel) {
  const amx_job *job = context;
  const amx_product *p = job->p;
  const int64_t of_left = job->left ? amx_parts(p->M, PANEL_LINES) : 0, steps = whole_tiles(p->K);
  const int64_t first = (panel < of_left ? panel : panel - of_left) * PANEL_LINES;
  const int64_t lines = panel < of_left ? p->M : p->N;
  const amx_part part = {0, first, amx_least(PANEL_LINES, lines - first), 0, p->K};
  if (panel < of_left) p->pack_left(p->context, &part, job->left + first * steps);
  else p->pack_right(p->context, &part, job->right + first * steps);
}

void amx_multiply(const amx_product *p, void *scratch) {
  if (p->batch * p->M * p->N == 0) return;
  const int64_t most = count_tasks(p);
  amx_job job = {.p = p, .slice_bytes = slice_bytes(p)};
  mx_scratch shared = {.base = scratch};
  take_shared(&job, &shared);
  job.scratch = (char *)scratch + mx_lines(shared.size);
  const int64_t panels = (job.left ? amx_parts(p->M, PANEL_LINES) : 0) +
                         (job.right ? amx_parts(p->N, PANEL_LINES) : 0);
  if (panels) mx_rt->parallel_for(panels, pack_task, &job);
  job.cut = cut_product(p, amx_least(most, mx_rt->num_threads()));
  job.units = p->batch * job.cut.num_rows * job.cut.num_cols;
  job.tasks = amx_least(most, job.units);
  if (job.tasks == 1) run_task(&job, 0);
  else mx_rt->parallel_for(job.tasks, run_task, &job);
}
