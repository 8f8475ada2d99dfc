/* The update rules: RULE(name, number of states, body).  The body reads w, g (rescaled, not yet
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
