/* The update rules: RULE(name, number of states, body); RULE_AFTER has
 * statements before the loop, too.  The body reads w, g (rescaled, not yet
 * clipped), lr, wd, clip and p[] (the rule's own parameters, named above it), updates the states
 * s0, s1, s2 and sets w. */
RULE(sgd_update, 0, {
  w = (1 - lr * wd) * w - lr * CLIP(g);
})

/* momentum */
RULE(sgd_mom_update, 1, {
  s0 = p[0] * s0 - lr * wd * w - lr * CLIP(g);
  w += s0;
})

/* momentum.  The state sees the new weight where out is the weight, as in MXNet. */
RULE(nag_mom_update, 1, {
  const wide slope = CLIP(g), old = w;
  const wide moved = p[0] * s0;
  w = old - moved + (p[0] + 1) * (moved - lr * (slope + wd * old));
  s0 = moved - lr * (slope + wd * (is_in_place ? w : old));
})

/* beta1, beta2, epsilon */
RULE(adam_update, 2, {
  const wide slope = CLIP(g + wd * w);
  s0 = p[0] * s0 + (1 - p[0]) * slope;
  s1 = p[1] * s1 + (1 - p[1]) * slope * slope;
  w -= lr * s0 / (ROOT(s1) + p[2]);
})

/* epsilon */
RULE(adagrad_update, 1, {
  const wide slope = CLIP(g) + wd * w;
  s0 += slope * slope;
  w -= lr * slope / ROOT(s0 + p[0]);
})

/* gamma1, epsilon, clip_weights */
RULE(rmsprop_update, 1, {
  const wide slope = CLIP(g + wd * w);
  s0 = (1 - p[0]) * slope * slope + p[0] * s0;
  w = BOUND(w - lr * (slope / ROOT(s0 + p[1])), p[2]);
})

/* gamma1, gamma2, epsilon, clip_weights; states n, g, delta */
RULE(rmspropalex_update, 3, {
  const wide slope = CLIP(g + wd * w);
  s0 = (1 - p[0]) * slope * slope + p[0] * s0;
  s1 = (1 - p[0]) * slope + p[0] * s1;
  s2 = p[1] * s2 - lr * (slope / ROOT(s0 - s1 * s1 + p[2]));
  w = BOUND(w + s2, p[3]);
})

RULE(signsgd_update, 0, {
  w = (1 - lr * wd) * w - lr * SIGN(g);
})

/* momentum, wd_lh */
RULE(signum_update, 1, {
  s0 = p[0] * s0 - (1 - p[0]) * wd * w - (1 - p[0]) * CLIP(g);
  w = (1 - lr * p[1]) * w + lr * SIGN(s0);
})

/* lamda1, beta; states z, n */
RULE(ftrl_update, 2, {
  const wide slope = CLIP(g);
  s0 += slope - (ROOT(s1 + slope * slope) - ROOT(s1)) * w / lr;
  s1 += slope * slope;
  const wide size = s0 < 0 ? -s0 : s0;
  w = size <= p[0] ? 0 : (SIGN(s0) * p[0] - s0) / ((p[1] + ROOT(s1)) / lr + wd);    /* NaN stays */
})

/* beta1, beta2, epsilon, t; states d, v, z */
RULE_AFTER(ftml_update, 3,
           const wide left1 = LEFT(p[0], p[3]); const wide left2 = LEFT(p[1], p[3]);, {
  const wide slope = CLIP(g + wd * w);
  s1 = p[1] * s1 + (1 - p[1]) * slope * slope;
  const wide next = left1 / lr * (ROOT(s1 / left2) + p[2]);
  s2 = p[0] * s2 + (1 - p[0]) * slope - (next - p[0] * s0) * w;
  s0 = next;
  w = -s2 / next;
})

/* beta1, beta2, epsilon, eta */
RULE(adamw_update, 2, {
  const wide slope = CLIP(g);
  s0 = p[0] * s0 + (1 - p[0]) * slope;
  s1 = p[1] * s1 + (1 - p[1]) * slope * slope;
  w -= p[3] * (lr * s0 / (ROOT(s1) + p[2]) + wd * w);
})

/* beta1 where others have lr, then beta2, epsilon, t.  The step before it is scaled. */
RULE(lamb_step, 2, {
  const wide slope = CLIP(g);
  s0 = lr * s0 + (1 - lr) * slope;
  s1 = p[0] * s1 + (1 - p[0]) * slope * slope;
  w = s0 / (ROOT(s1) + p[1]) + wd * w;
})

RULE_AFTER(lamb_step_corrected, 2,
           const wide left1 = LEFT(lr, p[2]); const wide left2 = LEFT(p[0], p[2]);, {
  const wide slope = CLIP(g);
  s0 = lr * s0 + (1 - lr) * slope;
  s1 = p[0] * s1 + (1 - p[0]) * slope * slope;
  w = s0 / left1 / (ROOT(s1 / left2) + p[1]) + wd * w;
})
