/* The steps of recurrent layers: descriptors, how a step is cut into tasks, and the kernels. */
#include "rnn.h"

#include <string.h>

#include "gemm_micro.h"
#include "mx_kernel.h"
#include "mx_math.h"
#include "mx_scratch.h"

enum {
  RNN_TASK_WORK = 1 << 16,     /* multiply-adds that are worth a task */
  RNN_MOST_TASKS = 64,
  RNN_PACK_WORK = 1 << 15,     /* elements of a weight that a task packs */
  RNN_BLOCK_K = 384,
};

#define SIGMOID(x) (1 / (1 + _Generic((x), float: mx_expf, default: mx_exp)(-(x))))
#define TANH(x) (_Generic((x), float: mx_tanhf, default: mx_tanh)(x))

static inline int64_t rnn_least(int64_t x, int64_t y) { return x < y ? x : y; }
static inline int64_t rnn_parts(int64_t size, int64_t part) { return (size + part - 1) / part; }

static int64_t rnn_gates(const rnn_dims *d) {
  return d->mode == RNN_LSTM ? 4 : d->mode == RNN_GRU ? 3 : 1;
}

/* The place of the states before step t, and after it. */
static inline int64_t rnn_before(const rnn_dims *d, int64_t t) { return d->reverse ? t + 1 : t; }
static inline int64_t rnn_after(const rnn_dims *d, int64_t t) { return d->reverse ? t : t + 1; }

/* The time of the step that comes `step`-th. */
static inline int64_t rnn_time(const rnn_dims *d, int64_t step) {
  return d->reverse ? d->T - 1 - step : step;
}

/* How a step's rows and columns are cut: into parts of `rows` rows by one panel of columns. */
typedef struct {
  int64_t rows, num_rows, num_cols, tasks;
} rnn_cut;

/* A part has all rows, unless there are too few parts for the threads.  work: multiply-adds. */
static rnn_cut rnn_cut_step(int64_t N, int64_t num_cols, int64_t tile_rows, int64_t work) {
  rnn_cut cut = {N, N > 0, num_cols, 1};
  const int64_t wanted = rnn_least(4 * mx_rt->num_threads(), work / RNN_TASK_WORK);
  while (cut.num_rows * num_cols < wanted && cut.rows > tile_rows) {
    cut.rows = rnn_parts(rnn_parts(N, cut.num_rows + 1), tile_rows) * tile_rows;
    const int64_t count = rnn_parts(N, cut.rows);
    if (count == cut.num_rows) break;
    cut.num_rows = count;
  }
  const int64_t tasks = mx_task_count(work, RNN_TASK_WORK, RNN_MOST_TASKS);
  cut.tasks = rnn_least(tasks, cut.num_rows * num_cols);
  return cut;
}

static void rnn_run_tasks(int64_t count, void (*task)(void *, int64_t), void *job) {
  if (count > 1) mx_rt->parallel_for(count, task, job);
  else if (count) task(job, 0);
}

#define MX_BODY "rnn_impl.h"
#include "mx_each_wide.h"

#define ENTRIES(dtype)                                                                        \
  MX_ENTRY_SCRATCH(rnn_steps, dtype, rnn_steps_scratch_##dtype, rnn_dims, RNN_FIELDS),        \
      MX_ENTRY_SCRATCH(rnn_steps_grad, dtype, rnn_steps_grad_scratch_##dtype, rnn_dims, RNN_FIELDS)

const mx_kernel_entry mx_table_rnn[] = {ENTRIES(f32), ENTRIES(f64), {0}};
