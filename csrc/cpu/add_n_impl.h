/* The kernel of add_n.c for one dtype. */
static void FN(add_n_range)(const void *context, int64_t begin, int64_t end) {
  const add_n_job *job = context;
  real *out = job->ptr[job->count];
  wide sum[BLOCK];                 /* of a block in the wider type; the loops over it vectorise */
  for (int64_t at = begin; at < end; at += BLOCK) {
    const int64_t n = end - at < BLOCK ? end - at : BLOCK;
    const real *first = (const real *)job->ptr[0] + at;
    for (int64_t i = 0; i < n; i++) sum[i] = LOAD(first[i]);
    for (int64_t k = 1; k < job->count; k++) {
      const real *next = (const real *)job->ptr[k] + at;
      for (int64_t i = 0; i < n; i++) sum[i] = (wide)(sum[i] + LOAD(next[i]));
    }
    for (int64_t i = 0; i < n; i++) out[at + i] = STORE(sum[i]);
  }
}

static int FN(add_n)(const void *desc, void *const *ptr, const mx_scalar *scalars) {
  (void)scalars;
  const add_n_dims *d = desc;
  const add_n_job job = {ptr, d->count};
  return pointwise_run(d->size, FN(add_n_range), &job);
}
