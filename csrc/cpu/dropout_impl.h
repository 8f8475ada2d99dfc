/* Dropout of one dtype: mask is 0 or 1 / keep, y = x * mask. */
static void FN(dropout_task)(void *context, int64_t i) {
  const dropout_job *job = context;
  const int64_t end = (i + 1) * DROPOUT_CHUNK < job->n ? (i + 1) * DROPOUT_CHUNK : job->n;
  const wide scale = (wide)job->scale;
  uint32_t words[MX_WORDS];
  const real *x = job->x;
  real *y = job->y, *mask = job->mask;
  for (int64_t at = i * DROPOUT_CHUNK; at < end; at += MX_WORDS) {
    mx_philox(job->seed, job->stream, (uint64_t)(at / 4), words);
    const int64_t n = end - at < MX_WORDS ? end - at : MX_WORDS;
    for (int64_t k = 0; k < n; k++) {
      const wide factor = words[k] <= job->threshold ? scale : 0;
      mask[at + k] = STORE(factor);
      if (y) y[at + k] = STORE(LOAD(x[at + k]) * factor);
    }
  }
}

/* y = x * mask, mask repeated along the axes where its stride is 0. */
static void FN(dropout_spread)(const dropout_dims *d, const real *x, const real *mask, real *y) {
  int64_t index[MX_MAX_NDIM] = {0}, at = 0;
  for (int64_t i = 0; i < d->n; i++) {
    y[i] = STORE(LOAD(x[i]) * LOAD(mask[at]));
    for (int64_t axis = d->ndim - 1; axis >= 0; axis--) {
      at += d->stride[axis];
      if (++index[axis] < d->size[axis]) break;
      at -= index[axis] * d->stride[axis];
      index[axis] = 0;
    }
  }
}

/* data -> out, mask; `mask_n` numbers are drawn. */
static int FN(dropout)(const void *desc, void *const *ptr, const mx_scalar *scalars) {
  const dropout_dims *d = desc;
  const double limit = d->keep * 4294967296.0 - 1;
  dropout_job job = {d->mask_n, ptr[0], d->ndim ? NULL : ptr[1], ptr[2], scalars[0].u,
                     scalars[1].u, limit > 0 ? (uint32_t)limit : 0, d->keep > 0 ? 1 / d->keep : 0};
  const int64_t count = mx_ceil_div(d->mask_n, DROPOUT_CHUNK);
  if (count > 1) mx_rt->parallel_for(count, FN(dropout_task), &job);
  else if (count) FN(dropout_task)(&job, 0);
  if (d->ndim) FN(dropout_spread)(d, ptr[0], ptr[2], ptr[1]);
  return MX_OK;
}
