/* The kernel of regression_output.c for one dtype. */
static void FN(sigmoid_range)(const void *job, int64_t begin, int64_t end) {
  const pointwise_call *call = job;
  const real *data = call->ptr[0];
  real *out = call->ptr[2];
  for (int64_t i = begin; i < end; i++) out[i] = STORE(1 / (1 + EXP(-LOAD(data[i]))));
}

static void FN(copy_range)(const void *job, int64_t begin, int64_t end) {
  const pointwise_call *call = job;
  memmove((real *)call->ptr[2] + begin, (const real *)call->ptr[0] + begin,
          (size_t)(end - begin) * sizeof(real));
}

/* data, label -> out: data itself, or its sigmoid. */
static int FN(regression_output)(const void *desc, void *const *ptr, const mx_scalar *scalars) {
  const regression_dims *d = desc;
  const pointwise_call call = {ptr, scalars};
  return pointwise_run(d->n, d->is_logistic ? FN(sigmoid_range) : FN(copy_range), &call);
}
