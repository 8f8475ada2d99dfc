/* The kernels of clip.c for one dtype. */
static void FN(clip_range)(const void *job, int64_t begin, int64_t end) {
  const pointwise_call *call = job;
  const real *x = call->ptr[0];
  real *y = call->ptr[1];
  const LIMIT low = TO_LIMIT(call->scalars[0].f), high = TO_LIMIT(call->scalars[1].f);
  for (int64_t i = begin; i < end; i++) {
    const wide value = LOAD(x[i]);
    y[i] = STORE((wide)(value > high ? high : value < low ? low : value));
  }
}

/* dy, x -> dx: dy where x lies inside the bounds. */
static void FN(grad_clip_range)(const void *job, int64_t begin, int64_t end) {
  const pointwise_call *call = job;
  const real *dy = call->ptr[0], *x = call->ptr[1];
  real *dx = call->ptr[2];
  const LIMIT low = TO_LIMIT(call->scalars[0].f), high = TO_LIMIT(call->scalars[1].f);
  for (int64_t i = begin; i < end; i++) {
    const wide value = LOAD(x[i]);
    dx[i] = STORE((wide)(value >= low && value <= high ? LOAD(dy[i]) : 0));
  }
}

POINTWISE(clip)
POINTWISE(grad_clip)
