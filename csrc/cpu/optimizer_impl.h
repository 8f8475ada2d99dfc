/* Kernels name_<DT>: weight, grad, states... -> out; states are written in place, and out may be
 * the weight.  `before` are statements in front of the loop. */
#define CLIP(x) (clip >= 0 ? ((x) > clip ? clip : (x) < -clip ? -clip : (x)) : (x))
#define BOUND(x, b) ((b) >= 0 ? ((x) > (b) ? (b) : (x) < -(b) ? -(b) : (x)) : (x))
#define SIGN(x) ((wide)(((x) > 0) - ((x) < 0)))
#define LEFT(beta, t) ((wide)(1 - pow((double)(beta), (double)(t))))    /* 1 - beta^t */
#define ROOT(x) (sizeof(wide) == 8 ? (wide)sqrt((double)(x)) : (wide)sqrtf((float)(x)))

#define RULE(name, states, ...) RULE_AFTER(name, states, , __VA_ARGS__)
#define RULE_AFTER(name, states, before, ...)                                               \
  static void FN(name##_task)(void *context, int64_t i) {                                   \
    const update_job *job = context;                                                        \
    const int64_t end = (i + 1) * UPDATE_CHUNK < job->n ? (i + 1) * UPDATE_CHUNK : job->n;  \
    const wide lr = (wide)job->lr, wd = (wide)job->wd, clip = (wide)job->clip;              \
    const wide rescale = (wide)job->rescale;                                                \
    const wide p[4] = {(wide)job->p[0], (wide)job->p[1], (wide)job->p[2], (wide)job->p[3]}; \
    const real *weight = job->ptr[0], *grad = job->ptr[1];                                  \
    real *state0 = states > 0 ? job->ptr[2] : NULL, *state1 = states > 1 ? job->ptr[3] : NULL; \
    real *state2 = states > 2 ? job->ptr[4] : NULL, *out = job->out;                        \
    const int is_in_place = (const void *)weight == (const void *)out;                      \
    (void)is_in_place, (void)p, (void)clip, (void)wd, (void)lr;                             \
    before                                                                                  \
    for (int64_t k = i * UPDATE_CHUNK; k < end; k++) {                                      \
      wide w = LOAD(weight[k]), g = rescale * LOAD(grad[k]);                                \
      wide s0 = states > 0 ? LOAD(state0[k]) : 0, s1 = states > 1 ? LOAD(state1[k]) : 0;    \
      wide s2 = states > 2 ? LOAD(state2[k]) : 0;                                           \
      __VA_ARGS__                                                                           \
      if (states > 0) state0[k] = STORE(s0);                                                \
      if (states > 1) state1[k] = STORE(s1);                                                \
      if (states > 2) state2[k] = STORE(s2);                                                \
      out[k] = STORE(w);                                                                    \
    }                                                                                       \
  }                                                                                         \
  static int FN(name)(const void *desc, void *const *ptr, const mx_scalar *scalars) {       \
    return update_run(desc, states, ptr, scalars, sizeof(real), FN(name##_task));           \
  }

#include "optimizer_rules.h"
#undef RULE
#undef RULE_AFTER
#undef LEFT
#undef CLIP
#undef BOUND
#undef SIGN
#undef ROOT
