/* Optimizer updates: one fused pass over weight, gradient and states. */
#include <math.h>
#include <string.h>

#include "mx_kernel.h"
#include "mx_size.h"
#include "optimizer_master.h"

/* weight, grad, states and what `source` adds -> out.
 * scalars: lr, `own` parameters of the rule, wd, rescale_grad, clip_gradient, `more` of the rule.
 * source says which of them are read from arrays of float32 behind the states instead:
 *   LISTS   lr and wd, from items `at` of two arrays
 *   SCALE   rescale_grad, from an array of one; nothing changes where it is 0, infinite or NaN.
 *           In its place, scalars has one more parameter of the rule. */
typedef struct { int64_t n, own, more, source, at; } update_dims;

enum { SCALARS, LISTS, SCALE };

typedef struct {
  int64_t n;
  void *const *ptr;
  void *out;
  double lr, wd, rescale, clip, p[4];
} update_job;

enum { UPDATE_CHUNK = 1 << 14, FEW_CHUNKS = 16 };

/* Runs the tasks of UPDATE_CHUNK of n elements each.  A few are left to the caller: it has the
 * gradient in its caches, and will use the weight next. */
static int update_share(int64_t n, void (*task)(void *, int64_t), void *job) {
  const int64_t count = mx_ceil_div(n, UPDATE_CHUNK);
  if (count > FEW_CHUNKS) mx_rt->parallel_for(count, task, job);
  else for (int64_t i = 0; i < count; i++) task(job, i);
  return MX_OK;
}

static int update_run(const update_dims *d, int64_t states, void *const *ptr,
                      const mx_scalar *scalars, size_t item, void (*task)(void *, int64_t)) {
  const int lists = d->source == LISTS, scale = d->source == SCALE;
  void *const *rest = ptr + 2 + states;
  update_job job = {.n = d->n, .ptr = ptr, .out = rest[lists ? 2 : scale ? 1 : 0]};
  job.lr = lists ? (double)((const float *)rest[0])[d->at] : (scalars++)->f;
  for (int64_t i = 0; i < d->own; i++) job.p[i] = (scalars++)->f;
  job.wd = lists ? (double)((const float *)rest[1])[d->at] : (scalars++)->f;
  job.rescale = scale ? (double)*(const float *)rest[0] : scalars->f;
  if (scale) job.p[d->own] = scalars->f;
  scalars++;
  job.clip = (scalars++)->f;
  for (int64_t i = 0; i < d->more; i++) job.p[d->own + i] = (scalars++)->f;
  if (scale && (!isfinite(job.rescale) || job.rescale == 0)) {
    if (job.out != ptr[0] && d->n) memcpy(job.out, ptr[0], (size_t)d->n * item);
    return MX_OK;
  }
  return update_share(d->n, task, &job);
}

#define MX_BODY "optimizer_impl.h"
#include "mx_each_float.h"

/* Mixed precision: weight and gradient of 16 bits, a float32 copy of the weight and float32
 * momentum.  weight, grad, [mom,] weight32 and what `source` adds -> out.
 * scalars: lr, momentum if has_mom, wd, rescale_grad, clip_gradient; source is SCALARS or LISTS */
typedef struct { int64_t n, has_mom, is_nag, source, at; } mp_dims;

typedef struct {
  const mp_dims *d;
  void *const *ptr;
  void *out;
  float lr, momentum, wd, rescale, clip;
} mp_job;

static int mp_run(const mp_dims *d, void *const *ptr, const mx_scalar *scalars,
                  void (*task)(void *, int64_t)) {
  const int lists = d->source == LISTS;
  void *const *rest = ptr + 3 + d->has_mom;
  mp_job job = {.d = d, .ptr = ptr, .out = rest[lists ? 2 : 0]};
  job.lr = lists ? ((const float *)rest[0])[d->at] : (float)(scalars++)->f;
  job.momentum = d->has_mom ? (float)(scalars++)->f : 0;
  job.wd = lists ? ((const float *)rest[1])[d->at] : (float)(scalars++)->f;
  job.rescale = (float)(scalars++)->f;
  job.clip = (float)scalars->f;
  return update_share(d->n, task, &job);
}

/* has_mom and is_nag are constants in each loop. */
#define MASTER_LOOP(load, store, has_mom, is_nag) \
  for (int64_t k = i * UPDATE_CHUNK; k < end; k++) MASTER_STEP(load, store, has_mom, is_nag)

#define MASTER(dtype, type, load, store)                                                      \
  static void mp_task_##dtype(void *context, int64_t i) {                                     \
    const mp_job *job = context;                                                              \
    const int64_t n = job->d->n, has_mom = job->d->has_mom;                                   \
    const int64_t end = (i + 1) * UPDATE_CHUNK < n ? (i + 1) * UPDATE_CHUNK : n;              \
    const float lr = job->lr, wd = job->wd, clip = job->clip, rescale = job->rescale;         \
    const float momentum = job->momentum;                                                     \
    const type *grad = job->ptr[1];                                                           \
    float *mom = has_mom ? job->ptr[2] : NULL, *weight = job->ptr[2 + has_mom];               \
    type *out = job->out;                                                                     \
    if (!has_mom) MASTER_LOOP(load, store, 0, 0)                                              \
    else if (job->d->is_nag) MASTER_LOOP(load, store, 1, 1)                                   \
    else MASTER_LOOP(load, store, 1, 0)                                                       \
  }                                                                                           \
  static int mp_update_##dtype(const void *desc, void *const *ptr, const mx_scalar *scalars) { \
    return mp_run(desc, ptr, scalars, mp_task_##dtype);                                       \
  }
MASTER(f16, mx_f16, mx_f16_to_float, mx_float_to_f16)
MASTER(bf16, mx_bf16, mx_bf16_to_float, mx_float_to_bf16)

#define ENTRY(name, dtype) MX_ENTRY(name, dtype, update_dims, "n own more source at")
#define FLOATS(name) ENTRY(name, f16), ENTRY(name, bf16), ENTRY(name, f32), ENTRY(name, f64)
#define MP(dtype) MX_ENTRY(mp_update, dtype, mp_dims, "n has_mom is_nag source at")

const mx_kernel_entry mx_table_optimizer[] = {
    FLOATS(sgd_update), FLOATS(sgd_mom_update), FLOATS(nag_mom_update), FLOATS(adam_update),
    FLOATS(adagrad_update), FLOATS(rmsprop_update), FLOATS(rmspropalex_update),
    FLOATS(signsgd_update), FLOATS(signum_update), FLOATS(ftrl_update), FLOATS(ftml_update),
    FLOATS(adamw_update), FLOATS(lamb_step), FLOATS(lamb_step_corrected), MP(f16), MP(bf16), {0}};
