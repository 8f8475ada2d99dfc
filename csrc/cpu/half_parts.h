/* Kernels of 16-bit arrays by way of the one for float, a part of the arrays at a time. */
#ifndef MX_HALF_PARTS_H
#define MX_HALF_PARTS_H
#include "half.h"
#include "mx_kernel.h"
#include "mx_scratch.h"
#include "pointwise.h"

enum {
  HALF_ARRAYS = 3,
  HALF_FIELDS = 32,          /* of a descriptor, at most */
  HALF_PART = 1 << 14,       /* elements that a task converts at a time, about */
  HALF_COLUMNS = 16,         /* a part is a multiple of so many, if it has not all of them */
  HALF_WHOLE = 1 << 17,      /* a part of so many elements is worth all threads */
  HALF_TASKS = 16,
  HALF_SMALL = 4096,         /* bytes of a slice that need no scratch */
};

/* The problem is `outer` units, each an array of `inner` columns, all independent of each other.
 * Array k, ptr[at[k]], is (outer, rows[k], inner).  The last one is the output; scratch comes after
 * it.  The descriptor has `fields` fields; its first is outer, its field inner_at is inner. */
typedef struct {
  int64_t outer, inner, inner_at, fields, arrays, at[HALF_ARRAYS], rows[HALF_ARRAYS];
} half_plan;

typedef struct {
  const half_plan *plan;
  const void *desc;
  void *const *ptr;
  mx_kernel kernel;
  void (*load)(const uint16_t *x, int64_t stride, float *y, int64_t n);
  void (*store)(const float *x, uint16_t *y, int64_t n);
  int64_t units, columns;    /* of a part: some units, or some columns of one */
  int64_t strips, parts;     /* parts that a unit is cut into; all of them */
  int64_t tasks;             /* they share the parts out; each has its own slice of the scratch */
} half_job;

/* How the work is cut, by the sizes alone. */
static inline half_job half_cut(const half_plan *plan) {
  half_job job = {.plan = plan, .units = 1, .columns = plan->inner};
  int64_t rows = 0;
  for (int64_t k = 0; k < plan->arrays; k++) rows = mx_sum(rows, plan->rows[k]);
  const int64_t unit = mx_product(rows, plan->inner);
  if (!unit || !plan->outer) return job;
  if (unit < HALF_PART) job.units = HALF_PART / unit;
  else job.columns = (HALF_PART / rows / HALF_COLUMNS + 1) * HALF_COLUMNS;
  if (job.units > plan->outer) job.units = plan->outer;
  if (job.columns > plan->inner) job.columns = plan->inner;
  job.strips = mx_ceil_div(plan->inner, job.columns);
  job.parts = mx_product(mx_ceil_div(plan->outer, job.units), job.strips);
  job.tasks = job.parts < HALF_TASKS ? job.parts : HALF_TASKS;
  if (mx_product(rows, job.columns) >= HALF_WHOLE) job.tasks = 1;
  return job;
}

/* A task's slice: a part of each array. */
static inline void half_slice(const half_job *job, mx_scratch *scratch, void **slice) {
  const half_plan *plan = job->plan;
  for (int64_t k = 0; k < plan->arrays; k++) {
    const int64_t count = mx_product(mx_product(job->units, plan->rows[k]), job->columns);
    slice[plan->at[k]] = mx_take(scratch, count, sizeof(float));
  }
}

static inline int64_t half_slice_bytes(const half_job *job) {
  void *slice[HALF_FIELDS];
  mx_scratch scratch = {0};
  half_slice(job, &scratch, slice);
  return mx_lines(scratch.size);
}

static inline int half_is_small(const half_job *job) {
  return job->tasks <= 1 && half_slice_bytes(job) <= HALF_SMALL;
}

typedef struct {
  const half_job *job;
  uint16_t *half;
  float *whole;
} half_line;

static void half_load(const void *context, int64_t begin, int64_t end) {
  const half_line *x = context;
  x->job->load(x->half + begin, 1, x->whole + begin, end - begin);
}

static void half_store(const void *context, int64_t begin, int64_t end) {
  const half_line *x = context;
  x->job->store(x->whole + begin, x->half + begin, end - begin);
}

/* Array k of a part: `units` units from `unit` on, `columns` columns from `column` on. */
static void half_move(const half_job *job, int64_t k, int64_t unit, int64_t units, int64_t column,
                      int64_t columns, float *whole) {
  const half_plan *plan = job->plan;
  const int64_t rows = plan->rows[k], inner = plan->inner, is_strip = columns < inner;
  half_line line = {job, (uint16_t *)job->ptr[plan->at[k]] + unit * rows * inner + column, whole};
  for (int64_t row = 0; row < (is_strip ? rows : 1); row++) {
    pointwise_run(is_strip ? columns : units * rows * inner,
                  k < plan->arrays - 1 ? half_load : half_store, &line);
    line.half += inner;
    line.whole += columns;
  }
}

static void half_task(void *context, int64_t task) {
  const half_job *job = context;
  const half_plan *plan = job->plan;
  const int64_t last = plan->arrays - 1;
  _Alignas(MX_PIECE_ALIGN) char small[HALF_SMALL];
  int64_t desc[HALF_FIELDS];
  void *slice[HALF_FIELDS] = {0};
  mx_scratch mine = {.base = small};
  if (!half_is_small(job))
    mine.base = (char *)job->ptr[plan->at[last] + 1] + task * half_slice_bytes(job);
  half_slice(job, &mine, slice);
  memcpy(desc, job->desc, (size_t)plan->fields * sizeof(int64_t));
  for (int64_t part = task; part < job->parts; part += job->tasks) {
    const int64_t unit = part / job->strips * job->units, units = plan->outer - unit;
    const int64_t column = part % job->strips * job->columns, columns = plan->inner - column;
    desc[0] = units < job->units ? units : job->units;
    desc[plan->inner_at] = columns < job->columns ? columns : job->columns;
    for (int64_t k = 0; k <= last; k++) {
      if (k == last) job->kernel(desc, slice, NULL);
      half_move(job, k, unit, desc[0], column, desc[plan->inner_at], slice[plan->at[k]]);
    }
  }
}

static inline int half_run(half_job job) {
  if (job.tasks > 1) mx_rt->parallel_for(job.tasks, half_task, &job);
  else if (job.tasks) half_task(&job, 0);
  return MX_OK;
}

/* The kernel `name` of DT by way of name_f32, and its scratch; plan_of(desc): its half_plan.  It
 * has no runtime parameters and no scratch of its own. */
#define HALF_KERNEL_OF(DT, name, plan_of)                                                        \
  static int name##_##DT(const void *desc, void *const *ptr, const mx_scalar *scalars) {         \
    const half_plan plan = plan_of(desc);                                                        \
    half_job job = half_cut(&plan);                                                              \
    (void)scalars;                                                                               \
    job.desc = desc;                                                                             \
    job.ptr = ptr;                                                                               \
    job.kernel = name##_f32;                                                                     \
    job.load = load_block_##DT;                                                                  \
    job.store = store_block_##DT;                                                                \
    return half_run(job);                                                                        \
  }
#define HALF_KERNEL(name, plan_of)                                                               \
  static int64_t name##_half_scratch(const void *desc) {                                         \
    const half_plan plan = plan_of(desc);                                                        \
    const half_job job = half_cut(&plan);                                                        \
    return half_is_small(&job) ? 0 : mx_product(job.tasks, half_slice_bytes(&job));              \
  }                                                                                              \
  HALF_KERNEL_OF(f16, name, plan_of)                                                             \
  HALF_KERNEL_OF(bf16, name, plan_of)

#define HALF_ENTRIES(name, desc, fields)                                                         \
  MX_ENTRY_SCRATCH(name, f16, name##_half_scratch, desc, fields),                                \
      MX_ENTRY_SCRATCH(name, bf16, name##_half_scratch, desc, fields)
#endif
