/* The kernel of hard_sigmoid.c for one dtype.  Scalars: the slope, the value at 0. */
static void FN(hard_sigmoid_range)(const void *job, int64_t begin, int64_t end) {
  const pointwise_call *call = job;
  const real *x = call->ptr[0];
  real *y = call->ptr[1];
  const wide slope = (wide)call->scalars[0].f, offset = (wide)call->scalars[1].f;
  for (int64_t i = begin; i < end; i++) {
    const wide value = slope * LOAD(x[i]) + offset;
    y[i] = STORE(value < 0 ? 0 : value > 1 ? 1 : value);
  }
}

static int FN(hard_sigmoid)(const void *desc, void *const *ptr, const mx_scalar *scalars) {
  const pointwise_call call = {ptr, scalars};
  return pointwise_run(((const hard_sigmoid_dims *)desc)->size, FN(hard_sigmoid_range), &call);
}
