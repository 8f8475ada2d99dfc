/* The log likelihood of marked, self-exciting point processes (Hawkes processes), and its gradient.
 *
 * Mark k has the intensity mu[k] + alpha[k] beta[k] s[k] e^(-beta[k] d), d the time since its last
 * point, s[k] its state just after that point: 1 + what the points before have left there. */
#include <math.h>
#include <string.h>

#include "index_common.h"
#include "mx_scratch.h"
#include "mx_size.h"

/* N sequences of up to T points of K marks. */
typedef struct { int64_t N, T, K; } hawkes_dims;
#define HAWKES_FIELDS "N T K"

typedef struct {
  const hawkes_dims *d;
  void *const *ptr;
  char *scratch;
  int64_t slice_bytes, tasks;
  int status;
} hawkes_job;

/* A task's memory: of each mark of a sequence the time of its last point, its state, and the slope of
 * that by beta. */
typedef struct { double *last, *state, *slope; } hawkes_slice;

static hawkes_slice hawkes_take(const hawkes_dims *d, mx_scratch *scratch) {
  hawkes_slice slice = {.last = mx_take(scratch, d->K, sizeof(double))};
  slice.state = mx_take(scratch, d->K, sizeof(double));
  slice.slope = mx_take(scratch, d->K, sizeof(double));
  return slice;
}

static int64_t hawkes_slice_bytes(const hawkes_dims *d) {
  mx_scratch scratch = {0};
  hawkes_take(d, &scratch);
  return mx_lines(scratch.size);
}

static int64_t hawkes_tasks(const hawkes_dims *d) {
  const int64_t steps = mx_sum(mx_product(20, d->T), mx_product(40, d->K));
  return mx_task_count(mx_product(d->N, steps), INDEX_GRAIN, mx_lesser(d->N, INDEX_TASKS));
}

static int64_t hawkes_scratch(const void *desc) {
  return mx_product(hawkes_tasks(desc), hawkes_slice_bytes(desc));
}

#define MX_BODY "hawkes_impl.h"
#include "mx_each_wide.h"

#define HAWKES(kernel, dtype) \
  MX_ENTRY_SCRATCH(kernel, dtype, hawkes_scratch, hawkes_dims, HAWKES_FIELDS)

const mx_kernel_entry mx_table_hawkes[] = {
    HAWKES(hawkes, f32), HAWKES(hawkes, f64), HAWKES(hawkes_grad, f32), HAWKES(hawkes_grad, f64),
    {0}};
