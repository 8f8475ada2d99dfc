/* The steps of recurrent layers: descriptors, how a step is cut into tasks, and the kernels. */
#include "rnn.h"

#include <string.h>

#include "gemm_micro.h"
#include "mx_kernel.h"
#include "mx_math.h"
#include "mx_scratch.h"
#include "mx_size.h"

enum {
  RNN_TASK_WORK = 1 << 17,     /* multiply-adds that are worth a task */
  RNN_TASKS_A_THREAD = 2,
  RNN_PANELS = 8,              /* in a part, at most */
  RNN_PACK_WORK = 1 << 15,     /* elements of a weight that a task packs */
  RNN_BLOCK_K = 384,
};

#define SIGMOID(x) (1 / (1 + _Generic((x), float: mx_exp_normalf, default: mx_exp_normal)(-(x))))
#define TANH(x) (_Generic((x), float: mx_tanhf, default: mx_tanh)(x))

/* How a step is cut: into num_rows x num_cols parts of about as many rows and panels of columns. */
typedef struct {
  int64_t num_rows, num_cols, panels;
  int is_shared;             /* whether the parts are tasks */
} rnn_cut;

/* work: multiply-adds.  A part has all rows, unless there are too few panels for the threads: rows
 * share what is read of the weights, and many columns at a time take less of the time of gates. */
static rnn_cut rnn_cut_step(int64_t N, int64_t panels, int64_t tile_rows, int64_t work) {
  const int64_t tasks = mx_lesser(RNN_TASKS_A_THREAD * mx_rt->num_threads(), work / RNN_TASK_WORK);
  rnn_cut cut = {N > 0, mx_lesser(panels, mx_greater(tasks, mx_ceil_div(panels, RNN_PANELS))), panels,
                 tasks > 1};
  if (cut.num_cols < tasks)
    cut.num_rows = mx_lesser(mx_ceil_div(tasks, cut.num_cols), mx_ceil_div(N, tile_rows));
  return cut;
}

static void rnn_run_tasks(int64_t count, int is_shared, void (*task)(void *, int64_t), void *job) {
  if (is_shared && count > 1) mx_rt->parallel_for(count, task, job);
  else for (int64_t i = 0; i < count; i++) task(job, i);
}

static void rnn_run_cut(const rnn_cut *cut, void (*task)(void *, int64_t), void *job) {
  rnn_run_tasks(cut->num_rows * cut->num_cols, cut->is_shared, task, job);
}

#define MX_BODY "rnn_impl.h"
#include "mx_each_wide.h"

#define ENTRIES(dtype)                                                                        \
  MX_ENTRY_SCRATCH(rnn_steps, dtype, rnn_steps_scratch_##dtype, rnn_dims, RNN_FIELDS),        \
      MX_ENTRY_SCRATCH(rnn_steps_grad, dtype, rnn_steps_grad_scratch_##dtype, rnn_dims, RNN_FIELDS)

const mx_kernel_entry mx_table_rnn[] = {ENTRIES(f32), ENTRIES(f64), {0}};
