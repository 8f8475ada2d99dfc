/* BatchNorm of one dtype.  Statistics are sums in double of data less a pivot (the channel's
 * first element), so that a mean far from zero costs no digits of the variance. */

static double FN(shifted_sum)(const real *x, int64_t n, wide pivot, double *squares) {
  double sum[NORM_LANES] = {0}, square[NORM_LANES] = {0}, total = 0;
  int64_t i = 0;
  for (; i + NORM_LANES <= n; i += NORM_LANES)
    MX_ROLLED for (int l = 0; l < NORM_LANES; l++) {
      const double value = (double)(LOAD(x[i + l]) - pivot);
      sum[l] += value;
      square[l] += value * value;
    }
  for (; i < n; i++) {
    const double value = (double)(LOAD(x[i]) - pivot);
    sum[0] += value;
    square[0] += value * value;
  }
  for (int l = 0; l < NORM_LANES; l++) {
    total += sum[l];
    *squares += square[l];
  }
  return total;
}

/* One channel of (N, C, S), S long: statistics if `train`, then y = x * factor + shift. */
static void FN(norm_channel)(const norm_job *job, int64_t c) {
  const norm_dims *d = job->d;
  const real *x = job->ptr[0];
  const wide *gamma = job->ptr[1], *beta = job->ptr[2];
  real *y = job->ptr[5];
  wide *mean = job->ptr[6], *inv_std = job->ptr[7];
  if (d->train) {
    const wide pivot = LOAD(x[c * d->S]);
    const double count = (double)(d->N * d->S);
    double sum = 0, squares = 0;
    for (int64_t n = 0; n < d->N; n++)
      sum += FN(shifted_sum)(x + (n * d->C + c) * d->S, d->S, pivot, &squares);
    norm_finish(d, count, sum, squares, &sum, &squares);
    mean[c] = (wide)((double)pivot + sum);
    inv_std[c] = (wide)squares;
  }
  const wide factor = (d->fix_gamma ? 1 : gamma[c]) * inv_std[c];
  const wide shift = beta[c], middle = mean[c];
  for (int64_t n = 0; n < d->N; n++) {
    const int64_t base = (n * d->C + c) * d->S;
    for (int64_t k = base; k < base + d->S; k++)
      y[k] = STORE((LOAD(x[k]) - middle) * factor + shift);
  }
}

/* `width` channels from c on of (N, C, 1): side by side. */
static void FN(norm_columns)(const norm_job *job, int64_t c, int64_t width) {
  const norm_dims *d = job->d;
  const real *x = (const real *)job->ptr[0] + c;
  const wide *gamma = (const wide *)job->ptr[1] + c, *beta = (const wide *)job->ptr[2] + c;
  real *y = (real *)job->ptr[5] + c;
  wide *mean = (wide *)job->ptr[6] + c, *inv_std = (wide *)job->ptr[7] + c;
  wide factor[NORM_TILE];
  if (d->train) {
    double sum[NORM_TILE] = {0}, squares[NORM_TILE] = {0};
    for (int64_t n = 0; n < d->N; n++)
      for (int64_t i = 0; i < width; i++) {
        const double value = (double)(LOAD(x[n * d->C + i]) - LOAD(x[i]));
        sum[i] += value;
        squares[i] += value * value;
      }
    for (int64_t i = 0; i < width; i++) {
      norm_finish(d, (double)d->N, sum[i], squares[i], &sum[i], &squares[i]);
      mean[i] = (wide)((double)LOAD(x[i]) + sum[i]);
      inv_std[i] = (wide)squares[i];
    }
  }
  for (int64_t i = 0; i < width; i++) factor[i] = (d->fix_gamma ? 1 : gamma[i]) * inv_std[i];
  for (int64_t n = 0; n < d->N; n++)
    for (int64_t i = 0; i < width; i++)
      y[n * d->C + i] = STORE((LOAD(x[n * d->C + i]) - mean[i]) * factor[i] + beta[i]);
}

static void FN(norm_task)(void *context, int64_t i) {
  const norm_job *job = context;
  const norm_dims *d = job->d;
  const int64_t begin = i * job->group, end = begin + job->group < d->C ? begin + job->group : d->C;
  if (d->S == 1) FN(norm_columns)(job, begin, end - begin);
  else for (int64_t c = begin; c < end; c++) FN(norm_channel)(job, c);
}

/* data gamma beta moving_mean moving_var -> out mean inv_std */
static int FN(batch_norm)(const void *desc, void *const *ptr, const mx_scalar *scalars) {
  (void)scalars;
  const norm_dims *d = desc;
  const wide *moving_mean = ptr[3], *moving_var = ptr[4];
  wide *mean = ptr[6], *inv_std = ptr[7];
  for (int64_t c = 0; c < d->C && !d->train; c++) {
    mean[c] = moving_mean[c];
    inv_std[c] = (wide)(1 / sqrt((double)moving_var[c] + d->eps));
  }
  return norm_run(d, ptr, FN(norm_task));
}

/* dbeta = sum(dy) and dgamma = sum(dy * (x - mean)) * inv_std of one run of elements. */
static void FN(grad_sums)(const real *dy, const real *x, int64_t n, wide mean, double *sum,
                          double *product) {
  double lane[NORM_LANES] = {0}, cross[NORM_LANES] = {0};
  int64_t i = 0;
  for (; i + NORM_LANES <= n; i += NORM_LANES)
    MX_ROLLED for (int l = 0; l < NORM_LANES; l++) {
      const double grad = (double)LOAD(dy[i + l]);
      lane[l] += grad;
      cross[l] += grad * (double)(LOAD(x[i + l]) - mean);
    }
  for (; i < n; i++) {
    lane[0] += (double)LOAD(dy[i]);
    cross[0] += (double)LOAD(dy[i]) * (double)(LOAD(x[i]) - mean);
  }
  for (int l = 0; l < NORM_LANES; l++) {
    *sum += lane[l];
    *product += cross[l];
  }
}

/* dx = gamma inv_std (dy - mean(dy) - (x - mean) inv_std^2 mean(dy (x - mean))) */
static void FN(grad_channel)(const norm_job *job, int64_t c) {
  const norm_dims *d = job->d;
  const real *dy = job->ptr[0], *x = job->ptr[1];
  const wide mean = ((const wide *)job->ptr[3])[c], inv_std = ((const wide *)job->ptr[4])[c];
  const wide gamma = d->fix_gamma ? 1 : ((const wide *)job->ptr[2])[c];
  real *dx = job->ptr[7];
  double sum = 0, product = 0;
  for (int64_t n = 0; n < d->N; n++) {
    const int64_t base = (n * d->C + c) * d->S;
    FN(grad_sums)(dy + base, x + base, d->S, mean, &sum, &product);
  }
  ((wide *)job->ptr[8])[c] = d->fix_gamma ? 0 : (wide)(product * (double)inv_std);
  ((wide *)job->ptr[9])[c] = (wide)sum;
  const double count = (double)(d->N * d->S);
  const wide factor = gamma * inv_std, middle = d->train ? (wide)(sum / count) : 0;
  const wide slope = d->train ? (wide)(product * (double)inv_std * (double)inv_std / count) : 0;
  for (int64_t n = 0; n < d->N; n++) {
    const int64_t base = (n * d->C + c) * d->S;
    for (int64_t k = base; k < base + d->S; k++)
      dx[k] = STORE(factor * (LOAD(dy[k]) - middle - (LOAD(x[k]) - mean) * slope));
  }
}

static void FN(grad_columns)(const norm_job *job, int64_t c, int64_t width) {
  const norm_dims *d = job->d;
  const real *dy = (const real *)job->ptr[0] + c, *x = (const real *)job->ptr[1] + c;
  const wide *gamma = (const wide *)job->ptr[2] + c, *mean = (const wide *)job->ptr[3] + c;
  const wide *inv_std = (const wide *)job->ptr[4] + c;
  real *dx = (real *)job->ptr[7] + c;
  double sum[NORM_TILE] = {0}, product[NORM_TILE] = {0};
  wide factor[NORM_TILE], middle[NORM_TILE], slope[NORM_TILE];
  for (int64_t n = 0; n < d->N; n++)
    for (int64_t i = 0; i < width; i++) {
      const double grad = (double)LOAD(dy[n * d->C + i]);
      sum[i] += grad;
      product[i] += grad * (double)(LOAD(x[n * d->C + i]) - mean[i]);
    }
  for (int64_t i = 0; i < width; i++) {
    const double scale = (double)inv_std[i], count = (double)d->N;
    ((wide *)job->ptr[8])[c + i] = d->fix_gamma ? 0 : (wide)(product[i] * scale);
    ((wide *)job->ptr[9])[c + i] = (wide)sum[i];
    factor[i] = (d->fix_gamma ? 1 : gamma[i]) * inv_std[i];
    middle[i] = d->train ? (wide)(sum[i] / count) : 0;
    slope[i] = d->train ? (wide)(product[i] * scale * scale / count) : 0;
  }
  for (int64_t n = 0; n < d->N; n++)
    for (int64_t i = 0; i < width; i++) {
      const int64_t k = n * d->C + i;
      dx[k] = STORE(factor[i] * (LOAD(dy[k]) - middle[i] - (LOAD(x[k]) - mean[i]) * slope[i]));
    }
}

static void FN(grad_task)(void *context, int64_t i) {
  const norm_job *job = context;
  const norm_dims *d = job->d;
  const int64_t begin = i * job->group, end = begin + job->group < d->C ? begin + job->group : d->C;
  if (d->S == 1) FN(grad_columns)(job, begin, end - begin);
  else for (int64_t c = begin; c < end; c++) FN(grad_channel)(job, c);
}

/* dy data gamma mean inv_std moving_mean! moving_var! -> dx dgamma dbeta.  As in MXNet it is the
 * backward pass that moves the moving statistics. */
static int FN(batch_norm_grad)(const void *desc, void *const *ptr, const mx_scalar *scalars) {
  (void)scalars;
  const norm_dims *d = desc;
  const wide *mean = ptr[3], *inv_std = ptr[4];
  wide *moving_mean = ptr[5], *moving_var = ptr[6];
  const double keep = d->momentum;
  for (int64_t c = 0; c < d->C && d->train; c++) {
    const double scale = (double)inv_std[c], variance = 1 / (scale * scale) - d->eps;
    moving_mean[c] = (wide)(keep * (double)moving_mean[c] + (1 - keep) * (double)mean[c]);
    moving_var[c] = (wide)(keep * (double)moving_var[c] + (1 - keep) * variance);
  }
  return norm_run(d, ptr, FN(grad_task));
}
