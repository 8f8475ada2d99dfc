/* Correlation and its gradients, one dtype. */

/* Copies a channel of both maps, with zeros around. */
static void FN(pad_task)(void *context, int64_t task) {
  const correlation_job *job = context;
  const correlation_dims *d = job->d;
  const int64_t width = d->W + 2 * d->pad, size = padded_size(d);
  for (int64_t unit = task_begin(job, task); unit < task_begin(job, task + 1); unit++)
    for (int map = 0; map < 2; map++) {
      const real *x = (const real *)job->ptr[map] + unit * d->H * d->W;
      wide *to = (wide *)(map ? job->padded2 : job->padded1) + unit * size;
      memset(to, 0, (size_t)size * sizeof *to);
      for (int64_t h = 0; h < d->H; h++)
        for (int64_t w = 0; w < d->W; w++)
          to[(h + d->pad) * width + w + d->pad] = LOAD(x[h * d->W + w]);
    }
}

/* sum[j] += one pair of pixels each; inlined, so that step 1 is known to be 1. */
static inline __attribute__((always_inline)) void FN(add_pairs)(const wide *a, const wide *b,
                                                                int64_t step, int64_t n,
                                                                int64_t is_product, wide *sum) {
  if (is_product)
    for (int64_t j = 0; j < n; j++) sum[j] += a[j * step] * b[j * step];
  else
    for (int64_t j = 0; j < n; j++) {
      const wide apart = a[j * step] - b[j * step];
      sum[j] += apart < 0 ? -apart : apart;
    }
}

/* Where the windows of row i begin in both padded planes, for move m. */
static inline void FN(window_starts)(const correlation_dims *d, int64_t m, int64_t i,
                                     int64_t *first, int64_t *second) {
  const int64_t width = d->W + 2 * d->pad;
  const int64_t x = (m % moves(d) - d->radius) * d->stride2;
  const int64_t y = (m / moves(d) - d->radius) * d->stride2;
  *first = (i * d->stride1 + d->most) * width + d->most;
  *second = *first + y * width + x;
}

/* A unit is a move, of an image. */
static void FN(correlation_task)(void *context, int64_t task) {
  const correlation_job *job = context;
  const correlation_dims *d = job->d;
  const int64_t width = d->W + 2 * d->pad, size = padded_size(d), count = moves(d) * moves(d);
  const wide elements = (wide)(d->kernel * d->kernel * d->C);
  for (int64_t unit = task_begin(job, task); unit < task_begin(job, task + 1); unit++)
    for (int64_t i = 0; i < d->OH; i++)
      for (int64_t j = 0; j < d->OW; j += CORRELATION_LANES) {
        const int64_t n = j + CORRELATION_LANES < d->OW ? CORRELATION_LANES : d->OW - j;
        wide sum[CORRELATION_LANES] = {0};
        int64_t first, second;
        FN(window_starts)(d, unit % count, i, &first, &second);
        for (int64_t c = unit / count * d->C; c < (unit / count + 1) * d->C; c++)
          for (int64_t k = 0; k < d->kernel * d->kernel; k++) {
            const int64_t at = k / d->kernel * width + k % d->kernel + j * d->stride1;
            const wide *a = (const wide *)job->padded1 + c * size + first + at;
            const wide *b = (const wide *)job->padded2 + c * size + second + at;
            if (d->stride1 == 1) FN(add_pairs)(a, b, 1, n, d->is_product, sum);
            else FN(add_pairs)(a, b, d->stride1, n, d->is_product, sum);
          }
        real *y = (real *)job->ptr[2] + (unit * d->OH + i) * d->OW + j;
        for (int64_t l = 0; l < n; l++) y[l] = STORE(sum[l] / elements);
      }
}

/* dx[j] += dy[j] * d(pair)/d(its pixel); `other` is the other map's pixel, sign that of `own`. */
static inline __attribute__((always_inline)) void FN(add_slopes)(
    const real *dy, const wide *own, const wide *other, int64_t step, int64_t n,
    const correlation_dims *d, wide *restrict dx) {
  if (d->is_product)
    for (int64_t j = 0; j < n; j++) dx[j * step] += LOAD(dy[j]) * other[j * step];
  else
    for (int64_t j = 0; j < n; j++) {
      const wide apart = own[j * step] - other[j * step];
      const int is_up = d->which ? apart > 0 : apart >= 0;
      dx[j * step] += is_up ? LOAD(dy[j]) : -LOAD(dy[j]);
    }
}

/* A unit is a channel of an image. */
static void FN(correlation_grad_task)(void *context, int64_t task) {
  const correlation_job *job = context;
  const correlation_dims *d = job->d;
  const int64_t width = d->W + 2 * d->pad, size = padded_size(d), count = moves(d) * moves(d);
  const wide elements = (wide)(d->kernel * d->kernel * d->C);
  wide *sums = (wide *)(job->sums + task * job->part);
  for (int64_t unit = task_begin(job, task); unit < task_begin(job, task + 1); unit++) {
    const wide *own = (const wide *)(d->which ? job->padded2 : job->padded1) + unit * size;
    const wide *other = (const wide *)(d->which ? job->padded1 : job->padded2) + unit * size;
    memset(sums, 0, (size_t)size * sizeof *sums);
    for (int64_t row = 0; row < count * d->OH; row++) {
      const real *dy = (const real *)job->ptr[0] + (unit / d->C * count * d->OH + row) * d->OW;
      int64_t first, second;
      FN(window_starts)(d, row / d->OH, row % d->OH, &first, &second);
      const int64_t mine = d->which ? second : first, theirs = d->which ? first : second;
      for (int64_t k = 0; k < d->kernel * d->kernel; k++) {
        const int64_t at = k / d->kernel * width + k % d->kernel, n = d->OW;
        const wide *a = own + mine + at, *b = other + theirs + at;
        if (d->stride1 == 1) FN(add_slopes)(dy, a, b, 1, n, d, sums + mine + at);
        else FN(add_slopes)(dy, a, b, d->stride1, n, d, sums + mine + at);
      }
    }
    real *dx = (real *)job->ptr[3] + unit * d->H * d->W;
    for (int64_t h = 0; h < d->H; h++)
      for (int64_t w = 0; w < d->W; w++)
        dx[h * d->W + w] = STORE(sums[(h + d->pad) * width + w + d->pad] / elements);
  }
}
