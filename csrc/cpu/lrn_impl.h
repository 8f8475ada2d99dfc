/* LRN, one dtype. */
#define ROOT _Generic((wide)0, float: sqrtf, double: sqrt)
#define POWER _Generic((wide)0, float: powf, double: pow)

/* norm[i] of channel c, whose first element of a block of n is x[c * S]. */
static void FN(lrn_norm)(const lrn_dims *d, const real *x, int64_t c, int64_t n,
                         wide *restrict norm) {
  for (int64_t i = 0; i < n; i++) norm[i] = 0;
  for (int64_t k = lrn_first(d, c); k <= lrn_last(d, c); k++)
    for (int64_t i = 0; i < n; i++) {
      const wide value = LOAD(x[k * d->S + i]);
      norm[i] += value * value;
    }
  const wide scale = (wide)d->scale, knorm = (wide)d->knorm;
  for (int64_t i = 0; i < n; i++) norm[i] = knorm + scale * norm[i];
}

/* factor[i] = norm[i]^-beta; of the usual beta by roots. */
static void FN(lrn_factor)(const lrn_dims *d, const wide *restrict norm, int64_t n,
                           wide *restrict factor) {
  if (d->beta == 0.75) {
    for (int64_t i = 0; i < n; i++) {
      const wide inverse = 1 / ROOT(norm[i]);
      factor[i] = inverse * ROOT(inverse);
    }
    return;
  }
  for (int64_t i = 0; i < n; i++) factor[i] = POWER(norm[i], (wide)-d->beta);
}

static void FN(lrn_blocks)(void *context, int64_t task) {
  const lrn_job *job = context;
  const lrn_dims *d = job->d;
  wide norm[LRN_BLOCK], factor[LRN_BLOCK];
  for (int64_t u = task * job->group, n; u < lrn_end(job, task); u++) {
    const int64_t start = lrn_start(job, u, &n);
    const real *x = (const real *)job->ptr[0] + start;
    real *y = (real *)job->ptr[1] + start;
    for (int64_t c = 0; c < d->C; c++) {
      FN(lrn_norm)(d, x, c, n, norm);
      FN(lrn_factor)(d, norm, n, factor);
      for (int64_t i = 0; i < n; i++) y[c * d->S + i] = STORE(LOAD(x[c * d->S + i]) * factor[i]);
    }
  }
}

/* dx = dy factor - x (2 beta scale) (the sum of parts around), parts = dy x factor / norm. */
static void FN(lrn_grad_blocks)(void *context, int64_t task) {
  const lrn_job *job = context;
  const lrn_dims *d = job->d;
  wide norm[LRN_BLOCK];
  wide *factors = (wide *)((char *)job->parts + task * job->part_bytes);
  wide *parts = factors + d->C * LRN_BLOCK;
  const wide share = (wide)(2 * d->beta * d->scale);
  for (int64_t u = task * job->group, n; u < lrn_end(job, task); u++) {
    const int64_t start = lrn_start(job, u, &n);
    const real *dy = (const real *)job->ptr[0] + start, *x = (const real *)job->ptr[1] + start;
    real *dx = (real *)job->ptr[2] + start;
    for (int64_t c = 0; c < d->C; c++) {
      const real *dy_row = dy + c * d->S, *x_row = x + c * d->S;
      wide *restrict factor = factors + c * LRN_BLOCK, *restrict part = parts + c * LRN_BLOCK;
      FN(lrn_norm)(d, x, c, n, norm);
      FN(lrn_factor)(d, norm, n, factor);
      for (int64_t i = 0; i < n; i++)
        part[i] = LOAD(dy_row[i]) * LOAD(x_row[i]) * factor[i] / norm[i];
    }
    for (int64_t c = 0; c < d->C; c++) {
      const real *dy_row = dy + c * d->S, *x_row = x + c * d->S;
      const wide *restrict factor = factors + c * LRN_BLOCK;
      wide *restrict sum = norm;
      for (int64_t i = 0; i < n; i++) sum[i] = 0;
      for (int64_t k = lrn_first(d, c); k <= lrn_last(d, c); k++)
        for (int64_t i = 0; i < n; i++) sum[i] += parts[k * LRN_BLOCK + i];
      for (int64_t i = 0; i < n; i++)
        dx[c * d->S + i] = STORE(LOAD(dy_row[i]) * factor[i] - LOAD(x_row[i]) * share * sum[i]);
    }
  }
}

/* ptr: x, y. */
static int FN(lrn)(const void *desc, void *const *ptr, const mx_scalar *scalars) {
  (void)scalars;
  lrn_job job = lrn_plan(desc, ptr);
  return lrn_run(&job, FN(lrn_blocks));
}

static int64_t FN(lrn_grad_scratch)(const void *desc) {
  mx_scratch scratch = {NULL, 0};
  lrn_job job = lrn_plan(desc, NULL);
  lrn_cut(&job, &scratch, sizeof(wide));
  return scratch.size;
}

/* ptr: dy, x, dx, scratch. */
static int FN(lrn_grad)(const void *desc, void *const *ptr, const mx_scalar *scalars) {
  (void)scalars;
  lrn_job job = lrn_plan(desc, ptr);
  mx_scratch scratch = {ptr[3], 0};
  lrn_cut(&job, &scratch, sizeof(wide));
  return lrn_run(&job, FN(lrn_grad_blocks));
}

#undef ROOT
#undef POWER
