/* Convolution of planes, each channel with filters of its own, by windows of 3 x 3 or 5 x 5 that move by
 * 1 or 2; with windows turned round also the gradient of the data, where they move by 1.
 *
 * Some rows of a channel are copied, padded, to a strip in the first cache; with a step of 2 the even
 * and the odd columns apart, so that all outputs read whole vectors.  ROWS rows of outputs are
 * computed at a time: what is loaded goes to all of them, and their sums stay in registers. */
#include <string.h>

#include "conv.h"
#include "gemm_isa.h"
#include "mx_kernel.h"
#include "mx_scratch.h"
#include "mx_size.h"

enum {
  ROWS = 4,
  STRIP_BYTES = 12 << 10,
  MOST_WINDOW = 5,
  MOST_TASKS = 16,
  TASK_WORK = 1 << 16,       /* multiply-adds that are worth a task */
};

typedef struct {
  const conv_dims *d;
  const conv_arrays *arrays;
  int is_grad, window, step;
  const int64_t *size, *out;   /* of the planes read and of the result's */
  int64_t pad[2];              /* zeros before the first row and column */
  int64_t filters;             /* results of a channel */
  int64_t width;               /* elements of a row of the strip, of one phase */
  int64_t strip_rows;          /* of outputs */
  int64_t strip_bytes, tasks;
  char *strips;
} rows_job;

int conv_rows_take(const conv_dims *d, conv_pass pass) {
  const int64_t window = d->kernel[1], step = d->stride[1];
  const int is_grad = pass == CONV_GRAD_DATA;
  return pass != CONV_GRAD_WEIGHT && d->C == 1 && d->groups > 1 && d->size[0] == 1 &&
         d->kernel[0] == 1 && d->pad[0] == 0 && (window == 3 || window == MOST_WINDOW) &&
         d->kernel[2] == window && d->stride[2] == step && (step == 1 || (step == 2 && !is_grad)) &&
         d->dilate[1] == 1 && d->dilate[2] == 1 && d->pad[1] < window && d->pad[2] < window &&
         (!is_grad || d->F == 1) && d->size[2] < 1 << 20;
}

/* lanes: of a vector of elements of `item` bytes. */
static rows_job plan_rows(const conv_dims *d, conv_pass pass, int64_t lanes, int64_t item,
                          mx_scratch *scratch) {
  rows_job job = {.d = d, .is_grad = pass == CONV_GRAD_DATA, .window = (int)d->kernel[1],
                  .step = (int)d->stride[1], .size = d->size, .out = d->out, .filters = d->F};
  for (int i = 0; i < 2; i++)
    job.pad[i] = job.is_grad ? job.window - 1 - d->pad[i + 1] : d->pad[i + 1];
  if (job.is_grad) job.size = d->out, job.out = d->size;
  const int64_t whole = mx_ceil_div(job.out[2], lanes) * lanes;
  job.width = whole + job.window - 1;
  const int64_t fit = STRIP_BYTES / (job.width * job.step * job.step * item * ROWS);
  job.strip_rows = ROWS * mx_lesser(fit < 1 ? 1 : fit, mx_ceil_div(job.out[1], ROWS));
  const int64_t rows = (job.strip_rows - 1) * job.step + job.window;
  job.strip_bytes = mx_lines((rows * job.step * job.width + lanes) * item);
  job.tasks = mx_task_count(d->N * d->groups * volume(job.out) * job.filters * job.window *
                            job.window, TASK_WORK, MOST_TASKS);
  job.strips = mx_take(scratch, job.tasks, job.strip_bytes);
  return job;
}

#define MX_BODY "conv_depthwise_rows_impl.h"
#include "mx_each_wide.h"
