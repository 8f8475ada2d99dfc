/* Optimizer updates: the rules of csrc/cpu/optimizer_rules.h.  weight, grad, states and what `source` adds -> out;
 * scalars: lr, `own` parameters of the rule, wd, rescale_grad, clip_gradient, `more` of the rule.  source says
 * which of them are read from arrays of float32: see csrc/cpu/optimizer.c. */
#include "prelude.cuh"
#include "optimizer_master.h"

struct update_dims { int64_t n, own, more, source, at; };
enum { SCALARS, LISTS, SCALE };

struct update_values {
  double lr, wd, rescale, clip, p[4];
  int64_t added;      /* arrays between the states and out */
  bool is_idle;       /* nothing changes */
};

/* rest: the arrays behind the states. */
static update_values values_of(const update_dims &d, const mx_args &args, void *const *rest) {
  const mx_scalar *scalar = args.scalar;
  update_values v = {};
  v.added = d.source == LISTS ? 2 : d.source == SCALE ? 1 : 0;
  v.lr = d.source == LISTS ? (double)((const float *)rest[0])[d.at] : (scalar++)->f;
  for (int64_t i = 0; i < d.own; i++) v.p[i] = (scalar++)->f;
  v.wd = d.source == LISTS ? (double)((const float *)rest[1])[d.at] : (scalar++)->f;
  v.rescale = d.source == SCALE ? (double)*(const float *)rest[0] : scalar->f;
  if (d.source == SCALE) v.p[d.own] = scalar->f;
  scalar++;
  v.clip = (scalar++)->f;
  for (int64_t i = 0; i < d.more; i++) v.p[d.own + i] = (scalar++)->f;
  v.is_idle = d.source == SCALE && (!(fabs(v.rescale) < INFINITY) || v.rescale == 0);
  return v;
}

#define CLIP(x) (clip >= 0 ? ((x) > clip ? clip : (x) < -clip ? -clip : (x)) : (x))
#define BOUND(x, b) ((b) >= 0 ? ((x) > (b) ? (b) : (x) < -(b) ? -(b) : (x)) : (x))
#define SIGN(x) ((wide)(((x) > 0) - ((x) < 0)))
#define LEFT(beta, t) ((wide)(1 - pow((double)(beta), (double)(t))))
#define ROOT(x) F_(sqrt)(x)

#define RULE(name, states, ...) RULE_AFTER(name, states, , __VA_ARGS__)
#define RULE_AFTER(name, states, before, ...)                                                    \
  KERNEL(name, update_dims) {                                                                    \
    const update_values v = values_of(d, args, args.ptr + 2 + states);                           \
    const wide lr = (wide)v.lr, wd = (wide)v.wd, rescale = (wide)v.rescale, clip = (wide)v.clip; \
    const wide p[4] = {(wide)v.p[0], (wide)v.p[1], (wide)v.p[2], (wide)v.p[3]};                  \
    real *out = OUT(2 + states + v.added);                                                       \
    const bool is_in_place = args.ptr[0] == out;                                                 \
    (void)is_in_place, (void)p, (void)clip, (void)wd, (void)lr;                                  \
    if (v.is_idle) {                                                                             \
      EACH(k, d.n) if (!is_in_place) out[k] = IN(0)[k];                                          \
      return;                                                                                    \
    }                                                                                            \
    before                                                                                       \
    EACH(k, d.n) {                                                                               \
      wide w = LOAD(IN(0)[k]), g = rescale * LOAD(IN(1)[k]);                                     \
      wide s0 = states > 0 ? LOAD(IN(2)[k]) : 0, s1 = states > 1 ? LOAD(IN(3)[k]) : 0;           \
      wide s2 = states > 2 ? LOAD(IN(4)[k]) : 0;                                                 \
      __VA_ARGS__                                                                                \
      if (states > 0) OUT(2)[k] = STORE(s0);                                                     \
      if (states > 1) OUT(3)[k] = STORE(s1);                                                     \
      if (states > 2) OUT(4)[k] = STORE(s2);                                                     \
      out[k] = STORE(w);                                                                         \
    }                                                                                            \
  }
#include "optimizer_rules.h"

#if defined(DTYPE_f16) || defined(DTYPE_bf16)
/* weight, grad, [mom,] weight32 and what `source` adds -> out; scalars: lr, momentum if has_mom, wd, rescale_grad,
 * clip_gradient. */
struct mp_dims { int64_t n, has_mom, is_nag, source, at; };

KERNEL(mp_update, mp_dims) {
  const update_dims same = {d.n, d.has_mom, 0, d.source, d.at};
  const update_values v = values_of(same, args, args.ptr + 3 + d.has_mom);
  const float lr = (float)v.lr, wd = (float)v.wd, clip = (float)v.clip, rescale = (float)v.rescale;
  const float momentum = (float)v.p[0];
  const real *grad = IN(1);
  float *mom = (float *)args.ptr[2], *weight = (float *)args.ptr[2 + d.has_mom];
  real *out = OUT(3 + d.has_mom + v.added);
  EACH(k, d.n) MASTER_STEP(LOAD, STORE, d.has_mom, d.is_nag)
}
#endif
