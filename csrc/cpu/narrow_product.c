/* Each result is summed in float over pairs of steps, or in int32 over four, by TDPBF16PS, VDPBUSD
 * and kin ("Intel 64 and IA-32 Architectures Software Developer's Manual", volume 2); those of
 * bfloat16 take subnormal numbers for 0.
 *
 * The results are cut into units.  For some steps of k at a time a unit's lines of both factors are
 * packed; then 32 columns meet all rows of the unit, whose panels and sums stay in L2: four tiles of
 * sums, two of each factor at a time.  A factor of a single product that several units need is
 * packed as a whole before them, by all threads.
 *
 * Numbers of two parts take the four products of them. */
#include "narrow_product.h"

#include <string.h>

#include "mx_kernel.h"
#include "mx_scratch.h"
#include "narrow_pack.h"
#include "narrow_tiles.h"
#include "narrow_vectors.h"

/* By what; set when the module is loaded. */
static int amx_is_on;

int narrow_use_amx(void) {
  amx_is_on = 1;
  return 1;
}

int narrow_is_by_amx(void) { return amx_is_on; }

int narrow_has(narrow_kind kind) {
  return amx_is_on || (kind > NARROW_SIGNED && __builtin_cpu_supports("avx512vnni"));
}

enum {
  SUM_SLACK = 16,                         /* so that rows of sums do not fall on each other in L1 */
  TILES_AT_A_TIME = 16, MOST_COLS = 256,  /* of a unit; tiles one behind the other */
  MOST_TASKS = 16, TASK_WORK = 1 << 20,   /* multiply-adds that are worth a task */
  TASKS_A_THREAD = 2,                     /* each with memory that the caches do not hold yet */
  VECTORS_FOR_TILES = 8,                  /* what products by vectors take, beside those by tiles */
  SHARED_LINES = 128,                     /* of the other factor: then several units need a panel */
  SHARED_ITEMS = 8 << 20,                 /* of a factor that is packed as a whole, at most */
};

/* By the number of parts: the rows of a unit, with which it stays in L2; the products of parts; and
 * what a tile's steps cost, in cycles: a line that is read, packed, or turned, too. */
typedef struct {
  int64_t rows, products, read, packed, turned;
} narrow_plan;
static const narrow_plan plans[MOST_PARTS] = {{512, 1, 1, 4, 7}, {256, 4, 2, 7, 12}};

typedef struct {
  int64_t rows, cols, num_rows, num_cols;
} narrow_cut;

typedef struct {
  const narrow_product *p;
  narrow_plan plan;
  int parts;
  int64_t tile_steps, steps;    /* of a tile, of a unit at a time */
  char *scratch;
  int64_t slice_bytes, tasks, units;
  mx_bf16 *left, *right;        /* factors that are packed as a whole, or NULL */
  int has_no_parts;             /* some number, so that the products are of no use */
  narrow_cut cut;
} narrow_job;

/* A task's memory. */
typedef struct {
  mx_bf16 *left, *right;
  float *sum;
} narrow_slice;

static narrow_job job_of(const narrow_product *p) {
  const int parts = p->kind == NARROW_TWO_PARTS ? 2 : 1;
  const int64_t steps = p->kind < NARROW_SIGNED ? TILE_STEPS : 2 * TILE_STEPS;
  return (narrow_job){.p = p, .plan = plans[parts - 1], .parts = parts, .tile_steps = steps,
                      .steps = TILES_AT_A_TIME * steps};
}

static int64_t whole_panels(int64_t lines) { return mx_ceil_div(lines, PANEL_LINES) * PANEL_LINES; }

/* The items of a line of so many steps, and of so many lines, in panels. */
static int64_t line_items(const narrow_job *job, int64_t steps) {
  return mx_product(mx_ceil_div(steps, job->tile_steps) * TILE_STEPS, job->parts);
}
static int64_t packed_items(const narrow_job *job, int64_t lines, int64_t steps) {
  return mx_product(whole_panels(lines), line_items(job, steps));
}

/* Whether a factor of so many lines is packed as a whole, where the other has `others`. */
static int is_shared(const narrow_job *job, const narrow_factor *factor, int64_t lines,
                     int64_t others) {
  const narrow_product *p = job->p;
  return p->batch == 1 && !factor->stays_apart && others > SHARED_LINES && p->K > 0 &&
         packed_items(job, lines, p->K) <= SHARED_ITEMS;
}
static int shares_left(const narrow_job *job) {
  return is_shared(job, &job->p->left, job->p->M, job->p->N);
}
static int shares_right(const narrow_job *job) {
  return is_shared(job, &job->p->right, job->p->N, job->p->M);
}

static narrow_slice take_slice(const narrow_job *job, mx_scratch *scratch) {
  const narrow_product *p = job->p;
  const int64_t rows = mx_lesser(whole_panels(p->M), job->plan.rows);
  const int64_t cols = mx_lesser(whole_panels(p->N), MOST_COLS);
  const int64_t steps = mx_lesser(p->K, job->steps), size = sizeof(mx_bf16);
  narrow_slice slice = {NULL};
  if (!shares_left(job)) slice.left = mx_take(scratch, packed_items(job, rows, steps), size);
  if (!shares_right(job)) slice.right = mx_take(scratch, packed_items(job, cols, steps), size);
  slice.sum = mx_take(scratch, rows * (cols + SUM_SLACK), sizeof(float));
  return slice;
}

static int64_t slice_bytes(const narrow_job *job) {
  mx_scratch slice = {0};
  take_slice(job, &slice);
  return mx_lines(slice.size);
}

static void take_shared(narrow_job *job, mx_scratch *scratch) {
  const narrow_product *p = job->p;
  const int64_t size = sizeof(mx_bf16);
  if (shares_left(job)) job->left = mx_take(scratch, packed_items(job, p->M, p->K), size);
  if (shares_right(job)) job->right = mx_take(scratch, packed_items(job, p->N, p->K), size);
}

static int64_t count_tasks(const narrow_job *job) {
  const narrow_product *p = job->p;
  const int64_t work = mx_product(mx_product(p->batch, p->M), mx_product(p->N, p->K));
  return mx_task_count(mx_product(work, job->plan.products), TASK_WORK, MOST_TASKS);
}

int64_t narrow_scratch(const narrow_product *p) {
  narrow_job job = job_of(p);
  mx_scratch shared = {0};
  take_shared(&job, &shared);
  return mx_sum(mx_lines(shared.size), mx_product(count_tasks(&job), slice_bytes(&job)));
}

/* The units for which the threads need the least time.  However the results are cut, each is summed
 * in the same order. */
static narrow_cut cut_product(const narrow_job *job, int64_t threads) {
  const narrow_product *p = job->p;
  const narrow_plan *plan = &job->plan;
  const int64_t products = plan->products * (amx_is_on ? 1 : VECTORS_FOR_TILES);
  const int64_t left = shares_left(job) ? plan->read : p->left.turns ? plan->turned : plan->packed;
  const int64_t right = shares_right(job) ? plan->read
                        : p->right.turns ? plan->turned : plan->packed;
  narrow_cut best = {0};
  int64_t least = INT64_MAX;
  for (int64_t rows = plan->rows; rows >= PANEL_LINES; rows /= 2)
    for (int64_t cols = MOST_COLS; cols >= PANEL_LINES; cols /= 2) {
      const int64_t high = mx_lesser(rows, whole_panels(p->M));
      const int64_t wide = mx_lesser(cols, whole_panels(p->N));
      const narrow_cut cut = {high, wide, mx_ceil_div(p->M, high), mx_ceil_div(p->N, wide)};
      const int64_t units = mx_product(p->batch, cut.num_rows * cut.num_cols);
      const int64_t rounds = mx_ceil_div(units, threads);
      const int64_t cost = mx_product(
          rounds, products * high * wide / TILE_LINES + left * high + right * wide);
      if (cost < least) least = cost, best = cut;
    }
  return best;
}

/* rows x cols sums from panels whose steps are `left_step` and `right_step` apart. */
ALWAYS void multiply_block(narrow_kind kind, const narrow_block *x, int64_t tiles,
                           const mx_bf16 *left, int64_t left_step, const mx_bf16 *right,
                           int64_t right_step, int add) {
#define PANELS(multiply) \
  for (int64_t j = 0; j < x->cols; j += PANEL_LINES) \
    for (int64_t i = 0; i < x->rows; i += PANEL_LINES) \
      multiply(kind, x->rows - i, x->cols - j, tiles, left + i * left_step, \
               right + j * right_step, x->sum + i * x->step + j, x->step, add);
  if (amx_is_on) { PANELS(multiply_by_tiles) }
  else if (kind > NARROW_SIGNED) { PANELS(multiply_by_vectors) }
#undef PANELS
}

static void note_parts(narrow_job *job, int has_no_parts) {
  if (has_no_parts) __atomic_store_n(&job->has_no_parts, 1, __ATOMIC_RELAXED);
}

/* Some steps of a unit. */
static void run_steps(narrow_job *job, const narrow_block *x, const narrow_slice *slice,
                      int64_t k0, int64_t steps) {
  const narrow_product *p = job->p;
  const narrow_part rows = {x->entry, x->row, x->rows, k0, steps};
  const narrow_part cols = {x->entry, x->col, x->cols, k0, steps};
  const int64_t whole = line_items(job, p->K), part = line_items(job, steps);
  const int64_t tiles = mx_ceil_div(steps, job->tile_steps);
  const int64_t before = line_items(job, k0) * PANEL_LINES;
  const mx_bf16 *left = slice->left, *right = slice->right;
  if (job->left) left = job->left + x->row * whole + before;
  else note_parts(job, p->left.pack(p->context, &rows, slice->left));
  if (job->right) right = job->right + x->col * whole + before;
  else note_parts(job, p->right.pack(p->context, &cols, slice->right));
#define BLOCK(kind) \
  case kind: \
    multiply_block(kind, x, tiles, left, job->left ? whole : part, right, \
                   job->right ? whole : part, k0 > 0); \
    return;
  switch (p->kind) {
    BLOCK(NARROW_ONE_PART)
    BLOCK(NARROW_TWO_PARTS)
    BLOCK(NARROW_SIGNED)
    BLOCK(NARROW_LEFT_UNSIGNED)
    BLOCK(NARROW_RIGHT_UNSIGNED)
  }
#undef BLOCK
}

static void run_unit(narrow_job *job, int64_t unit, const narrow_slice *slice) {
  const narrow_product *p = job->p;
  const narrow_cut *cut = &job->cut;
  const int64_t each = cut->num_rows * cut->num_cols, row = unit % each / cut->num_cols * cut->rows;
  const int64_t col = unit % cut->num_cols * cut->cols;
  const narrow_block x = {unit / each, row, col, mx_lesser(p->M - row, cut->rows),
                          mx_lesser(p->N - col, cut->cols), slice->sum,
                          cut->cols + SUM_SLACK};
  if (p->K == 0) memset(x.sum, 0, (size_t)(whole_panels(x.rows) * x.step) * sizeof(float));
  for (int64_t k0 = 0; k0 < p->K; k0 += job->steps)
    run_steps(job, &x, slice, k0, mx_lesser(p->K - k0, job->steps));
  p->put(p->context, &x);
}

static void run_task(void *context, int64_t task) {
  narrow_job *job = context;
  mx_scratch mine = {.base = job->scratch + task * job->slice_bytes};
  const narrow_slice slice = take_slice(job, &mine);
  if (amx_is_on) configure_tiles();
  for (int64_t unit = task; unit < job->units; unit += job->tasks)
    if (!__atomic_load_n(&job->has_no_parts, __ATOMIC_RELAXED)) run_unit(job, unit, &slice);
  if (amx_is_on) _tile_release();
}

/* Task: a panel of a factor that is packed as a whole. */
static void pack_task(void *context, int64_t panel) {
  narrow_job *job = context;
  const narrow_product *p = job->p;
  const int64_t of_left = job->left ? mx_ceil_div(p->M, PANEL_LINES) : 0;
  const int64_t items = line_items(job, p->K);
  const int64_t first = (panel < of_left ? panel : panel - of_left) * PANEL_LINES;
  const int64_t lines = panel < of_left ? p->M : p->N;
  const narrow_part part = {0, first, mx_lesser(PANEL_LINES, lines - first), 0, p->K};
  note_parts(job, panel < of_left ? p->left.pack(p->context, &part, job->left + first * items)
                                  : p->right.pack(p->context, &part, job->right + first * items));
}

int narrow_multiply(const narrow_product *p, void *scratch) {
  if (p->batch * p->M * p->N == 0) return 1;
  narrow_job job = job_of(p);
  const int64_t most = count_tasks(&job);
  mx_scratch shared = {.base = scratch};
  take_shared(&job, &shared);
  job.slice_bytes = slice_bytes(&job);
  job.scratch = (char *)scratch + mx_lines(shared.size);
  const int64_t panels = (job.left ? mx_ceil_div(p->M, PANEL_LINES) : 0) +
                         (job.right ? mx_ceil_div(p->N, PANEL_LINES) : 0);
  if (panels) mx_rt->parallel_for(panels, pack_task, &job);
  job.cut = cut_product(&job, mx_lesser(most, mx_rt->num_threads()));
  job.units = p->batch * job.cut.num_rows * job.cut.num_cols;
  job.tasks = mx_lesser(most, mx_lesser(job.units, TASKS_A_THREAD * mx_rt->num_threads()));
  if (job.tasks == 1) run_task(&job, 0);
  else mx_rt->parallel_for(job.tasks, run_task, &job);
  return !job.has_no_parts;
}
