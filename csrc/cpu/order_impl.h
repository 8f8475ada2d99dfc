/* The body of order.c for one dtype. */

typedef struct {
  const order_dims *d;
  const real *x;
  real *values;
  int64_t *indices, *places, tasks;
  char *scratch;
} FN(order_job);

/* Keys of 64 bits, or places that take more than 32, need pairs. */
static int FN(order_needs_pairs)(const order_dims *d) {
  return sizeof(wide) == 8 || d->axis > UINT32_MAX;
}

static int64_t FN(order_item_bytes)(const order_dims *d) {
  return FN(order_needs_pairs)(d) ? (int64_t)sizeof(order_pair) : (int64_t)sizeof(uint64_t);
}

/* A task's items: those of a line, and room to sort them. */
static void *FN(order_take)(const order_dims *d, mx_scratch *scratch) {
  return mx_take(scratch, mx_product(2, d->axis), FN(order_item_bytes)(d));
}

static int64_t FN(order_scratch)(const void *desc) {
  const order_dims *d = desc;
  mx_scratch mine = {0};
  FN(order_take)(d, &mine);
  return mx_product(order_tasks(d), mx_lines(mine.size));
}

static void FN(order_write)(const FN(order_job) *job, int64_t line, int64_t rank, int64_t at) {
  const order_dims *d = job->d;
  const int64_t out = line / d->inner * d->k * d->inner + line % d->inner;
  const int64_t place = (line / d->inner * d->axis + at) * d->inner + line % d->inner;
  job->values[out + rank * d->inner] = job->x[place];
  job->indices[out + rank * d->inner] = at;
  job->places[out + rank * d->inner] = place;
}

#define WORDS
#include "order_item.h"
#include "order_line_impl.h"
#undef WORDS
#include "order_item.h"
#include "order_line_impl.h"

static void FN(order_task)(void *context, int64_t task) {
  const FN(order_job) *job = context;
  const int64_t lines = order_lines(job->d), part = FN(order_scratch)(job->d) / job->tasks;
  mx_scratch mine = {.base = job->scratch + task * part};
  void *items = FN(order_take)(job->d, &mine);
  for (int64_t line = lines * task / job->tasks; line < lines * (task + 1) / job->tasks; line++) {
    if (FN(order_needs_pairs)(job->d)) ITEM_JOIN_(FN(order_line), pair)(job, line, items);
    else ITEM_JOIN_(FN(order_line), word)(job, line, items);
  }
}

/* data -> values (outer, k, inner), where they come from along the axis, and in all the data. */
static int FN(order)(const void *desc, void *const *ptr, const mx_scalar *scalars) {
  const order_dims *d = desc;
  FN(order_job) job = {d, ptr[0], ptr[1], ptr[2], ptr[3], order_tasks(d), ptr[4]};
  (void)scalars;
  if (!order_lines(d) || !d->k) return MX_OK;
  if (job.tasks > 1) mx_rt->parallel_for(job.tasks, FN(order_task), &job);
  else FN(order_task)(&job, 0);
  return MX_OK;
}
