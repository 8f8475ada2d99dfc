/* Optimizer updates: one fused pass over weight, gradient and states. */
#include <math.h>

#include "mx_kernel.h"

/* scalars: lr, `own` parameters of the rule, wd, rescale_grad, clip_gradient, `more` of the rule */
typedef struct { int64_t n, own, more; } update_dims;

typedef struct {
  int64_t n;
  void *const *ptr;
  double lr, wd, rescale, clip, p[4];
} update_job;

enum { UPDATE_CHUNK = 1 << 14 };

/* Runs the tasks of UPDATE_CHUNK of n elements each. */
static int update_share(int64_t n, void (*task)(void *, int64_t), void *job) {
  const int64_t count = (n + UPDATE_CHUNK - 1) / UPDATE_CHUNK;
  if (count > 1) mx_rt->parallel_for(count, task, job);
  else if (count) task(job, 0);
  return MX_OK;
}

static int update_run(const update_dims *d, void *const *ptr, const mx_scalar *scalars,
                      void (*task)(void *, int64_t)) {
  update_job job = {.n = d->n, .ptr = ptr, .lr = scalars[0].f};
  for (int64_t i = 0; i < d->own; i++) job.p[i] = scalars[1 + i].f;
  job.wd = scalars[d->own + 1].f;
  job.rescale = scalars[d->own + 2].f;
  job.clip = scalars[d->own + 3].f;
  for (int64_t i = 0; i < d->more; i++) job.p[d->own + i] = scalars[d->own + 4 + i].f;
  return update_share(d->n, task, &job);
}

#define MX_BODY "optimizer_impl.h"
#include "mx_each_float.h"

/* Mixed precision: weight and gradient of 16 bits, a float32 copy of the weight and float32
 * momentum.  weight, grad, [mom,] weight32 -> out.
 * scalars: lr, momentum if has_mom, wd, rescale_grad, clip_gradient */
typedef struct { int64_t n, has_mom, is_nag; } mp_dims;

typedef struct {
  const mp_dims *d;
  void *const *ptr;
  float lr, momentum, wd, rescale, clip;
} mp_job;

static int mp_run(const mp_dims *d, void *const *ptr, const mx_scalar *scalars,
                  void (*task)(void *, int64_t)) {
  const mx_scalar *rest = scalars + d->has_mom;
  mp_job job = {d, ptr, (float)scalars[0].f, d->has_mom ? (float)scalars[1].f : 0,
                (float)rest[1].f, (float)rest[2].f, (float)rest[3].f};
  return update_share(d->n, task, &job);
}

/* The rules; has_mom and is_nag are constants in each loop. */
#define MASTER_LOOP(load, store, has_mom, is_nag)                                             \
  for (int64_t k = i * UPDATE_CHUNK; k < end; k++) {                                          \
    float g = rescale * load(grad[k]);                                                        \
    if (clip >= 0) g = g > clip ? clip : g < -clip ? -clip : g;                               \
    const float kept = has_mom ? momentum * mom[k] : 0, old = weight[k];                      \
    const float moved = kept - lr * (g + wd * old);                                           \
    weight[k] = old + (is_nag ? (momentum + 1) * moved - kept : moved);                       \
    if (has_mom) mom[k] = is_nag ? kept - lr * (g + wd * weight[k]) : moved;                  \
    out[k] = store(weight[k]);                                                                \
  }

#define MASTER(dtype, type, load, store)                                                      \
  static void mp_task_##dtype(void *context, int64_t i) {                                     \
    const mp_job *job = context;                                                              \
    const int64_t n = job->d->n, has_mom = job->d->has_mom;                                   \
    const int64_t end = (i + 1) * UPDATE_CHUNK < n ? (i + 1) * UPDATE_CHUNK : n;              \
    const float lr = job->lr, wd = job->wd, clip = job->clip, rescale = job->rescale;         \
    const float momentum = job->momentum;                                                     \
    const type *grad = job->ptr[1];                                                           \
    float *mom = has_mom ? job->ptr[2] : NULL, *weight = job->ptr[2 + has_mom];               \
    type *out = job->ptr[3 + has_mom];                                                        \
    if (!has_mom) MASTER_LOOP(load, store, 0, 0)                                              \
    else if (job->d->is_nag) MASTER_LOOP(load, store, 1, 1)                                   \
    else MASTER_LOOP(load, store, 1, 0)                                                       \
  }                                                                                           \
  static int mp_update_##dtype(const void *desc, void *const *ptr, const mx_scalar *scalars) { \
    return mp_run(desc, ptr, scalars, mp_task_##dtype);                                       \
  }
MASTER(f16, mx_f16, mx_f16_to_float, mx_float_to_f16)
MASTER(bf16, mx_bf16, mx_bf16_to_float, mx_float_to_bf16)

#define ENTRY(name, dtype) MX_ENTRY(name, dtype, update_dims, "n own more")
#define FLOATS(name) ENTRY(name, f16), ENTRY(name, bf16), ENTRY(name, f32), ENTRY(name, f64)
#define MP(dtype) MX_ENTRY(mp_update, dtype, mp_dims, "n has_mom is_nag")

const mx_kernel_entry mx_table_optimizer[] = {
    FLOATS(sgd_update), FLOATS(sgd_mom_update), FLOATS(nag_mom_update), FLOATS(adam_update),
    FLOATS(rmsprop_update), FLOATS(rmspropalex_update), FLOATS(signsgd_update),
    FLOATS(signum_update), FLOATS(ftrl_update), MP(f16), MP(bf16), {0}};
