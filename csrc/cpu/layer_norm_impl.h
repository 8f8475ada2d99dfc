/* Rows of one dtype.  A row's mean is middle + rest: middle is near x, so x - middle is exact where
 * it matters, and a mean far from zero costs no digits. */
typedef struct { wide middle, rest, inv_std; } FN(moments);

#if IS_HALF
#define ROWS_SUMS SUMS_OF_NUMBERS
#else
typedef wide FN(vec) __attribute__((vector_size(32), aligned(sizeof(wide)), may_alias));
#define ROWS_SUMS(...) \
  if (step == 1) { SUMS_OF_VECTORS(__VA_ARGS__) } else { SUMS_OF_NUMBERS(__VA_ARGS__) }
#endif
#define NORMAL(E) ((E(x) - m.middle - m.rest) * m.inv_std)
#define NOTHING(E, W) 0
#define ELEMENT(E, W) E(x)
#define SQUARE(E, W) (E(x) * E(x))
#define CENTRED(E, W) (E(x) - middle)
#define CENTRED_SQUARE(E, W) ((E(x) - middle) * (E(x) - middle))
#define GIVEN(E, W) E(dy)
#define GIVEN_NORMAL(E, W) (E(dy) * NORMAL(E))
#define SCALED(E, W) (E(dy) * W(gamma))
#define SCALED_NORMAL(E, W) (E(dy) * W(gamma) * NORMAL(E))

MX_INLINE FN(moments) FN(moments_of)(const real *x, int64_t n, int64_t step, double eps) {
  double sum = 0, squares = 0, none = 0;
  ROWS_SUMS(n, ELEMENT, NOTHING, sum, none)
  const wide middle = (wide)(sum / (double)n);
  sum = 0;
  ROWS_SUMS(n, CENTRED, CENTRED_SQUARE, sum, squares)
  const double rest = sum / (double)n, variance = squares / (double)n - rest * rest;
  const FN(moments) m = {
      middle, (wide)rest, (wide)(1 / sqrt((variance < 0 ? 0 : variance) + eps))};
  return m;
}

/* The two sums are the most of the work of compiling this file: they stand here alone. */
static __attribute__((noinline)) FN(moments) FN(line_moments)(const real *x, int64_t n,
                                                              double eps) {
  return FN(moments_of)(x, n, 1, eps);
}
static __attribute__((noinline)) FN(moments) FN(column_moments)(const real *x, int64_t n,
                                                                int64_t step, double eps) {
  return FN(moments_of)(x, n, step, eps);
}
static inline FN(moments) FN(row_moments)(const real *x, int64_t n, int64_t step, double eps) {
  return step == 1 ? FN(line_moments)(x, n, eps) : FN(column_moments)(x, n, step, eps);
}

/* gamma and beta: along the row if they are `many`, else one of each. */
MX_INLINE FN(moments) FN(row_norm)(const real *x, const real *gamma, const real *beta,
                                   real *restrict y, int64_t n, int64_t step, int many,
                                   double eps) {
  const FN(moments) m = FN(row_moments)(x, n, step, eps);
  if (many) {
    for (int64_t i = 0; i < n; i++)
      y[i * step] = STORE(NORMAL(AT) * LOAD(gamma[i]) + LOAD(beta[i]));
  } else {
    const wide scale = LOAD(*gamma), shift = LOAD(*beta);
    for (int64_t i = 0; i < n; i++) y[i * step] = STORE(NORMAL(AT) * scale + shift);
  }
  return m;
}

static void FN(norm_task)(void *context, int64_t task) {
  const rows_job *job = context;
  const rows_dims *d = job->d;
  const real *data = job->ptr[0], *gamma = job->ptr[1], *beta = job->ptr[2];
  real *out = job->ptr[3];
  for (int64_t r = task * job->group, end = rows_end(job, task); r < end; r++) {
    const real *x = data + rows_start(job, r);
    real *y = out + rows_start(job, r);
    const int64_t n = job->length, channel = d->over == 1 ? 0 : r % d->B;
    const real *scale = gamma + channel, *shift = beta + channel;
    const FN(moments) m =
        d->over == 2     ? FN(row_norm)(x, scale, shift, y, n, 1, 0, d->eps)
        : job->step == 1 ? FN(row_norm)(x, scale, shift, y, n, 1, 1, d->eps)
                         : FN(row_norm)(x, scale, shift, y, n, job->step, 1, d->eps);
    if (d->stats) {
      ((real *)job->ptr[4])[r] = STORE(m.middle + m.rest);
      ((real *)job->ptr[5])[r] = STORE(1 / m.inv_std);
    }
  }
}

/* data gamma beta -> out [mean std] */
static int FN(layer_norm)(const void *desc, void *const *ptr, const mx_scalar *scalars) {
  (void)scalars;
  rows_job job = rows_plan(desc, ptr, 1);
  rows_run(&job, FN(norm_task));
  return MX_OK;
}

/* With x normalised and h = dy gamma: dx = inv_std (h - mean(h) - x mean(h x)).  d_gamma, d_beta:
 * along the row if they are `many`, and added to; else the sums of dy x and dy. */
MX_INLINE void FN(row_grad)(const real *dy, const real *x, const real *gamma, real *restrict dx,
                            wide *restrict d_gamma, wide *restrict d_beta, int64_t n,
                            int64_t step, int many, double eps) {
  const FN(moments) m = FN(row_moments)(x, n, step, eps);
  double sum = 0, product = 0;
  if (many) {
    ROWS_SUMS(n, SCALED, SCALED_NORMAL, sum, product)
    const wide mean = (wide)(sum / (double)n), slope = (wide)(product / (double)n);
    for (int64_t i = 0; i < n; i++) {
      const wide given = AT(dy), normal = NORMAL(AT);
      d_gamma[i] += given * normal;
      d_beta[i] += given;
      dx[i * step] = STORE((given * LOAD(gamma[i]) - mean - normal * slope) * m.inv_std);
    }
  } else {
    ROWS_SUMS(n, GIVEN, GIVEN_NORMAL, sum, product)
    const wide mean = (wide)(sum / (double)n), slope = (wide)(product / (double)n);
    const wide scale = LOAD(*gamma) * m.inv_std;
    for (int64_t i = 0; i < n; i++)
      dx[i * step] = STORE((AT(dy) - mean - NORMAL(AT) * slope) * scale);
    *d_gamma = (wide)product;
    *d_beta = (wide)sum;
  }
}

/* The scratch block is rows_parts times d_gamma and d_beta (B). */
static int64_t FN(layer_norm_grad_scratch)(const void *desc) {
  const rows_job job = rows_plan(desc, NULL, ROWS_GROUP);
  return mx_product(rows_parts(&job), mx_product(2 * job.d->B, sizeof(wide)));
}

static void FN(norm_grad_task)(void *context, int64_t task) {
  const rows_job *job = context;
  const rows_dims *d = job->d;
  const real *grads = job->ptr[0], *data = job->ptr[1], *gamma = job->ptr[2];
  real *out = job->ptr[3];
  wide *parts = job->ptr[6], *part = parts + task * 2 * d->B;
  if (d->over == 1)
    for (int64_t i = 0; i < 2 * d->B; i++) part[i] = 0;
  for (int64_t r = task * job->group, end = rows_end(job, task); r < end; r++) {
    const int64_t start = rows_start(job, r), n = job->length;
    const real *dy = grads + start, *x = data + start;
    real *dx = out + start;
    if (d->over == 2) {
      wide *sums = parts + r / d->B * 2 * d->B + r % d->B;
      FN(row_grad)(dy, x, gamma + r % d->B, dx, sums, sums + d->B, n, 1, 0, d->eps);
    } else if (job->step == 1) {
      FN(row_grad)(dy, x, gamma, dx, part, part + d->B, n, 1, 1, d->eps);
    } else {
      FN(row_grad)(dy, x, gamma, dx, part, part + d->B, n, job->step, 1, d->eps);
    }
  }
}

/* dy data gamma -> d_data d_gamma d_beta; scratch: the parts */
static int FN(layer_norm_grad)(const void *desc, void *const *ptr, const mx_scalar *scalars) {
  (void)scalars;
  const rows_dims *d = desc;
  rows_job job = rows_plan(d, ptr, ROWS_GROUP);
  rows_run(&job, FN(norm_grad_task));
  const int64_t count = rows_parts(&job);
  const wide *parts = ptr[6];
  real *d_gamma = ptr[4], *d_beta = ptr[5];
  for (int64_t b = 0; b < d->B; b++) {
    double scale = 0, shift = 0;
    for (int64_t p = 0; p < count; p++) {
      scale += (double)parts[p * 2 * d->B + b];
      shift += (double)parts[p * 2 * d->B + d->B + b];
    }
    d_gamma[b] = STORE((wide)scale);
    d_beta[b] = STORE((wide)shift);
  }
  return MX_OK;
}

MX_INLINE void FN(row_l2)(const real *x, real *y, int64_t n, int64_t step, double eps) {
  double squares = 0, none = 0;
  ROWS_SUMS(n, SQUARE, NOTHING, squares, none)
  const wide scale = (wide)(1 / sqrt(squares + eps));
  for (int64_t i = 0; i < n; i++) y[i * step] = STORE(AT(x) * scale);
}

static void FN(l2_task)(void *context, int64_t task) {
  const rows_job *job = context;
  for (int64_t r = task * job->group, end = rows_end(job, task); r < end; r++) {
    const real *x = (const real *)job->ptr[0] + rows_start(job, r);
    real *y = (real *)job->ptr[1] + rows_start(job, r);
    if (job->step == 1) FN(row_l2)(x, y, job->length, 1, job->d->eps);
    else FN(row_l2)(x, y, job->length, job->step, job->d->eps);
  }
}

/* data -> data / sqrt(sum(data^2) + eps), row by row */
static int FN(l2_norm)(const void *desc, void *const *ptr, const mx_scalar *scalars) {
  (void)scalars;
  rows_job job = rows_plan(desc, ptr, 1);
  rows_run(&job, FN(l2_task));
  return MX_OK;
}

#undef NORMAL
#undef ROWS_SUMS
