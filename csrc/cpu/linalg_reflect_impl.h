/* Reflections of rows of one dtype: see linalg_reflect.c. */
#include "linalg_rows.h"
#include "linalg_reflect_block.h"

/* x becomes v; returns tau; *first: what the row's first item becomes, all others being 0.  tau is 0
 * where they are 0 already. */
static wide FN(reflection)(wide *x, int64_t n, wide *first) {
  double most = 0, sum = 0;
  for (int64_t i = 1; i < n; i++) most = fabs((double)x[i]) > most ? fabs((double)x[i]) : most;
  *first = x[0];
  x[0] = 1;
  if (most == 0) return 0;
  most = fabs((double)*first) > most ? fabs((double)*first) : most;   /* items may be subnormal */
  for (int64_t i = 1; i < n; i++) sum += ((double)x[i] / most) * ((double)x[i] / most);
  const double alpha = (double)*first / most, size = sqrt(alpha * alpha + sum);
  const double beta = alpha < 0 ? size : -size, scale = alpha - beta;
  for (int64_t i = 1; i < n; i++) x[i] = (wide)((double)x[i] / most / scale);
  *first = (wide)(beta * most);
  return (wide)((beta - alpha) / beta);
}

/* Rows of x, `step` apart, that are multiplied by a reflection. */
typedef struct {
  wide *x;
  const wide *v;
  wide tau;
  int64_t count, step, n, group;
} FN(reflect_job);

static void FN(reflect_rows)(void *context, int64_t task) {
  const FN(reflect_job) *job = context;
  const int64_t first = task * job->group, rest = job->count - first;
  for (int64_t r = first; r < first + (rest < job->group ? rest : job->group); r++) {
    wide *row = job->x + r * job->step;
    FN(row_less)(row, job->v, job->tau * FN(row_dot)(row, job->v, job->n), job->n);
  }
}

/* The rows of x (count, n; `step` apart) times the reflection. */
static void FN(reflect)(wide *x, int64_t count, int64_t step, const wide *v, wide tau, int64_t n) {
  if (tau == 0 || !count) return;
  FN(reflect_job) job = {x, v, tau, count, step, n, 1 + REFLECT_WORK / n};
  const int64_t tasks = mx_ceil_div(count, job.group);
  if (tasks > 1) mx_rt->parallel_for(tasks, FN(reflect_rows), &job);
  else FN(reflect_rows)(&job, 0);
}

/* How many reflections are taken together; 1: they are applied one by one. */
static int64_t FN(reflections_at_once)(int64_t count) {
  return count < LINALG_LARGE ? 1 : LINALG_BLOCK;
}

typedef struct {
  wide *tau;
  FN(reflections) block;
} FN(lq_slice);

static FN(lq_slice) FN(take_lq)(const lq_dims *d, mx_scratch *scratch) {
  FN(lq_slice) slice = {.tau = mx_take(scratch, d->m, sizeof(wide))};
  if (FN(reflections_at_once)(d->m) > 1)
    slice.block = FN(take_reflections)(d->m, d->n, scratch);
  return slice;
}

static int64_t FN(lq_slice_bytes)(const lq_dims *d) {
  mx_scratch scratch = {0};
  FN(take_lq)(d, &scratch);
  return mx_lines(scratch.size);
}

static int64_t FN(lq_tasks)(const lq_dims *d) {
  return linalg_tasks(d->batch, d->n, mx_product(mx_product(d->m, d->m), d->n));
}

static int64_t FN(lq_scratch)(const void *desc) {
  return mx_product(FN(lq_tasks)(desc), FN(lq_slice_bytes)(desc));
}

/* The rows [from, to) of q become reflections, by which those below them, up to `to`, are
 * multiplied; l gets its rows. */
static void FN(lq_rows)(const lq_dims *d, wide *q, wide *l, wide *tau, int64_t from, int64_t to) {
  const int64_t m = d->m, n = d->n;
  for (int64_t i = from; i < to; i++) {
    wide *row = q + i * n;
    memcpy(l + i * m, row, (size_t)i * sizeof(wide));
    tau[i] = FN(reflection)(row + i, n - i, &l[i * m + i]);
    FN(reflect)(row + n + i, to - 1 - i, n, row + i, tau[i], n - i);
  }
}

/* lq_matrix, a block of reflections at a time. */
static void FN(lq_blocks)(const lq_dims *d, wide *q, wide *l, const FN(lq_slice) *slice) {
  const int64_t m = d->m, n = d->n, last = (m - 1) / LINALG_BLOCK * LINALG_BLOCK;
  for (int64_t from = 0; from < m; from += LINALG_BLOCK) {
    const int64_t to = from + LINALG_BLOCK < m ? from + LINALG_BLOCK : m;
    FN(lq_rows)(d, q, l, slice->tau, from, to);
    FN(gather_reflections)(&slice->block, q + from * n + from, n, to - from, n - from,
                           slice->tau + from);
    FN(reflect_block)(&slice->block, q + to * n + from, m - to, n, to - from, n - from, 0);
  }
  for (int64_t from = last; from >= 0; from -= LINALG_BLOCK) {
    const int64_t to = from + LINALG_BLOCK < m ? from + LINALG_BLOCK : m;
    FN(gather_reflections)(&slice->block, q + from * n + from, n, to - from, n - from,
                           slice->tau + from);
    memset(q + from * n, 0, (size_t)((to - from) * n) * sizeof(wide));
    for (int64_t i = from; i < to; i++) q[i * n + i] = 1;
    FN(reflect_block)(&slice->block, q + from * n + from, m - from, n, to - from, n - from, 1);
  }
}

/* q (m, n), m <= n: the matrix, which becomes Q; l (m, m). */
static void FN(lq_matrix)(const lq_dims *d, wide *q, wide *l, const FN(lq_slice) *slice) {
  const int64_t m = d->m, n = d->n;
  wide *tau = slice->tau;
  memset(l, 0, (size_t)(m * m) * sizeof(wide));
  if (FN(reflections_at_once)(m) > 1) {
    FN(lq_blocks)(d, q, l, slice);
    return;
  }
  FN(lq_rows)(d, q, l, tau, 0, m);
  for (int64_t i = m; i-- > 0;) {
    wide *row = q + i * n;
    FN(reflect)(row + n + i, m - 1 - i, n, row + i, tau[i], n - i);
    memset(row, 0, (size_t)i * sizeof(wide));
    for (int64_t j = i + 1; j < n; j++) row[j] *= -tau[i];
    row[i] = 1 - tau[i];
  }
}

static void FN(lq_task)(void *context, int64_t task) {
  const linalg_job *job = context;
  const lq_dims *d = job->d;
  mx_scratch scratch = {.base = job->scratch + task * job->slice_bytes};
  const FN(lq_slice) slice = FN(take_lq)(d, &scratch);
  const int64_t size = d->m * d->n;
  for (int64_t i = task; size && i < job->count; i += job->tasks) {
    wide *q = (wide *)job->ptr[1] + i * size;
    memmove(q, (const wide *)job->ptr[0] + i * size, (size_t)size * sizeof(wide));
    FN(lq_matrix)(d, q, (wide *)job->ptr[2] + i * d->m * d->m, &slice);
  }
}

/* A (m, n) -> Q (m, n) of orthonormal rows, L (m, m) lower triangular, with L Q = A. */
static int FN(lq)(const void *desc, void *const *ptr, const mx_scalar *scalars) {
  (void)scalars;
  const lq_dims *d = desc;
  linalg_job job = {d, ptr, ptr[3], d->batch, FN(lq_tasks)(d), FN(lq_slice_bytes)(d), MX_OK};
  return linalg_run(&job, FN(lq_task));
}

#include "linalg_eigen_impl.h"
