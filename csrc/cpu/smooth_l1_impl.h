/* The kernel of smooth_l1.c for one dtype.  Scalar 0: where the parabola meets the lines. */
static void FN(smooth_l1_range)(const void *job, int64_t begin, int64_t end) {
  const pointwise_call *call = job;
  const real *x = call->ptr[0];
  real *y = call->ptr[1];
  const wide square = (wide)(call->scalars[0].f * call->scalars[0].f), bound = 1 / square;
  for (int64_t i = begin; i < end; i++) {
    const wide value = LOAD(x[i]), magnitude = value < 0 ? -value : value;
    y[i] = STORE(magnitude < bound ? value * value * square / 2 : magnitude - bound / 2);
  }
}

static int FN(smooth_l1)(const void *desc, void *const *ptr, const mx_scalar *scalars) {
  const pointwise_call call = {ptr, scalars};
  return pointwise_run(((const smooth_l1_dims *)desc)->size, FN(smooth_l1_range), &call);
}
