/* Optimizer updates: the rules of csrc/cpu/optimizer_rules.h.  weight, grad, states... -> out;
 * scalars: lr, `own` parameters of the rule, wd, rescale_grad, clip_gradient, `more` of the rule. */
#include "prelude.cuh"

struct update_dims { int64_t n, own, more, source, at; };

#define CLIP(x) (clip >= 0 ? ((x) > clip ? clip : (x) < -clip ? -clip : (x)) : (x))
#define BOUND(x, b) ((b) >= 0 ? ((x) > (b) ? (b) : (x) < -(b) ? -(b) : (x)) : (x))
#define SIGN(x) ((wide)(((x) > 0) - ((x) < 0)))
#define LEFT(beta, t) ((wide)(1 - pow((double)(beta), (double)(t))))
#define ROOT(x) F_(sqrt)(x)

#define RULE(name, states, ...) RULE_AFTER(name, states, , __VA_ARGS__)
#define RULE_AFTER(name, states, before, ...)                                                    \
  KERNEL(name, update_dims) {                                                                    \
    const mx_scalar *scalar = args.scalar;                                                       \
    const wide lr = (wide)(scalar++)->f;                                                         \
    wide p[4] = {0, 0, 0, 0};                                                                    \
    for (int64_t i = 0; i < d.own; i++) p[i] = (wide)(scalar++)->f;                              \
    const wide wd = (wide)(scalar++)->f, rescale = (wide)(scalar++)->f, clip = (wide)(scalar++)->f; \
    for (int64_t i = 0; i < d.more; i++) p[d.own + i] = (wide)(scalar++)->f;                     \
    const bool is_in_place = args.ptr[0] == args.ptr[2 + states];                                \
    (void)is_in_place, (void)clip, (void)wd, (void)lr;                                           \
    before                                                                                       \
    EACH(k, d.n) {                                                                               \
      wide w = LOAD(IN(0)[k]), g = rescale * LOAD(IN(1)[k]);                                     \
      wide s0 = states > 0 ? LOAD(IN(2)[k]) : 0, s1 = states > 1 ? LOAD(IN(3)[k]) : 0;           \
      wide s2 = states > 2 ? LOAD(IN(4)[k]) : 0;                                                 \
      __VA_ARGS__                                                                                \
      if (states > 0) OUT(2)[k] = STORE(s0);                                                     \
      if (states > 1) OUT(3)[k] = STORE(s1);                                                     \
      if (states > 2) OUT(4)[k] = STORE(s2);                                                     \
      OUT(2 + states)[k] = STORE(w);                                                             \
    }                                                                                            \
  }
#include "optimizer_rules.h"
