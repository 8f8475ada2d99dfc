/* Normalisation of rows: LayerNorm, InstanceNorm, GroupNorm and L2Normalization.
 *
 * data is seen as (A, B, C), gamma and beta are (B).  over 1: a row runs along B, and gamma along
 * the row (LayerNorm).  over 2: a row runs along C, with one gamma (InstanceNorm, GroupNorm). */
#include <math.h>
#include <string.h>

#include "mx_kernel.h"
#include "mx_loops.h"
#include "mx_math.h"
#include "mx_scratch.h"
#include "mx_size.h"

typedef struct {
  int64_t A, B, C, over, stats;   /* stats: whether mean and std are outputs */
  double eps;
} rows_dims;
#define ROWS_FIELDS "A B C over stats eps:d"

typedef struct {
  const rows_dims *d;
  void *const *ptr;
  int64_t rows, length, step, group;   /* step: between elements of a row; group: rows to a task */
} rows_job;

/* ROWS_TASKS: at most so many; ROWS_GROUP: rows to a task of a gradient, at least. */
enum { ROWS_LANES = 32, ROWS_BLOCK = 4096, ROWS_WORK = 1 << 14, ROWS_TASKS = 64, ROWS_GROUP = 4 };

/* least: rows to a task, at least. */
static rows_job rows_plan(const rows_dims *d, void *const *ptr, int64_t least) {
  rows_job job = {d, ptr, d->A * d->B, d->C, 1, 1};
  if (d->over == 1) {
    job.rows = d->A * d->C;
    job.length = d->B;
    job.step = d->C;
  }
  const int64_t share = mx_ceil_div(job.rows, ROWS_TASKS);
  job.group = 1 + ROWS_WORK / (1 + job.length);
  if (job.group < share) job.group = share;
  if (job.group < least) job.group = least;
  return job;
}

static int64_t rows_tasks(const rows_job *job) {
  return mx_ceil_div(job->rows, job->group);
}

/* Partial sums of the gradients of gamma and beta: one a task, or one a sample. */
static int64_t rows_parts(const rows_job *job) {
  return job->d->over == 1 ? rows_tasks(job) : job->d->A;
}

static void rows_run(rows_job *job, void (*task)(void *, int64_t)) {
  const int64_t count = rows_tasks(job);
  if (count > 1) mx_rt->parallel_for(count, task, job);
  else if (count) task(job, 0);
}

static inline int64_t rows_end(const rows_job *job, int64_t i) {
  const int64_t end = (i + 1) * job->group;
  return end < job->rows ? end : job->rows;
}

/* Where row r begins. */
static inline int64_t rows_start(const rows_job *job, int64_t r) {
  return job->step == 1 ? r * job->length : r / job->step * job->length * job->step + r % job->step;
}

/* sum0, sum1 += the sums of first(E, W) and second(E, W) over 0 <= i < count: in lanes, by blocks in
 * double.  E(x): element i of a row, W(x): of what lies along it, gamma. */
#define ROWS_BLOCKS(count, sum0, sum1, lanes)                                 \
  for (int64_t begin = 0; begin < (count); begin += ROWS_BLOCK) {             \
    const int64_t rest = (count)-begin;                                       \
    const int64_t end = begin + (rest < ROWS_BLOCK ? rest : ROWS_BLOCK);      \
    int64_t at = begin;                                                       \
    lanes                                                                     \
    for (int half = ROWS_LANES / 2; half; half /= 2)                          \
      for (int l = 0; l < half; l++) {                                        \
        lane0[l] += lane0[l + half];                                          \
        lane1[l] += lane1[l + half];                                          \
      }                                                                       \
    sum0 += (double)lane0[0];                                                 \
    sum1 += (double)lane1[0];                                                 \
  }
#define AT(x) LOAD((x)[i * step])
#define ALONG(x) LOAD((x)[i])
#define SUMS_OF_NUMBERS(count, first, second, sum0, sum1)                     \
  ROWS_BLOCKS(count, sum0, sum1,                                              \
    wide lane0[ROWS_LANES] = {0}; wide lane1[ROWS_LANES] = {0};               \
    for (; at + ROWS_LANES <= end; at += ROWS_LANES)                          \
      MX_ROLLED for (int l = 0; l < ROWS_LANES; l++) {                        \
        const int64_t i = at + l;                                             \
        lane0[l] += first(AT, ALONG);                       \
        lane1[l] += second(AT, ALONG);                      \
      }                                                                       \
    ROWS_TAIL(first, second))
/* The same of rows that lie together: compilers keep no array of sums in registers, only vectors. */
#define VECTOR_OF_ROW(x) (*(const FN(vec) *)((x) + i))
#define SUMS_OF_VECTORS(count, first, second, sum0, sum1)                     \
  ROWS_BLOCKS(count, sum0, sum1,                                              \
    enum { EACH = sizeof(FN(vec)) / sizeof(wide) };                           \
    FN(vec) sums0[ROWS_LANES / EACH] = {{0}}; FN(vec) sums1[ROWS_LANES / EACH] = {{0}}; \
    wide lane0[ROWS_LANES]; wide lane1[ROWS_LANES];                           \
    for (; at + ROWS_LANES <= end; at += ROWS_LANES)                          \
      UNROLL for (int v = 0; v < ROWS_LANES / EACH; v++) {                    \
        const int64_t i = at + v * EACH;                                      \
        sums0[v] += first(VECTOR_OF_ROW, VECTOR_OF_ROW);                      \
        sums1[v] += second(VECTOR_OF_ROW, VECTOR_OF_ROW);                     \
      }                                                                       \
    memcpy(lane0, sums0, sizeof lane0);                                       \
    memcpy(lane1, sums1, sizeof lane1);                                       \
    ROWS_TAIL(first, second))
#define ROWS_TAIL(first, second)                                              \
  for (int64_t i = at; i < end; i++) {                                        \
    lane0[i - at] += first(AT, ALONG);                      \
    lane1[i - at] += second(AT, ALONG);                     \
  }
#define UNROLL _Pragma("GCC unroll 8")

#define MX_BODY "layer_norm_impl.h"
#include "mx_each_float.h"

#define ENTRY(name, dtype) MX_ENTRY(name, dtype, rows_dims, ROWS_FIELDS)
#define FLOATS(name) ENTRY(name, f16), ENTRY(name, bf16), ENTRY(name, f32), ENTRY(name, f64)
#define GRAD(dtype)                                                             \
  MX_ENTRY_SCRATCH(layer_norm_grad, dtype, layer_norm_grad_scratch_##dtype, rows_dims, \
                   ROWS_FIELDS)

const mx_kernel_entry mx_table_layer_norm[] = {
    FLOATS(layer_norm), GRAD(f16), GRAD(bf16), GRAD(f32), GRAD(f64), FLOATS(l2_norm), {0}};
