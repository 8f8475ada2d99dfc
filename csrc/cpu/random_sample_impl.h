/* sample_<distribution>_<DT>: element i draws from its own sequence, with parameters that are
 * scalars (per == 0) or element i / per of arrays. */
#define SAMPLE(name)                                                                        \
  static void FN(name##_task)(void *context, int64_t i) {                                   \
    const sample_job *job = context;                                                        \
    const sample_dims *d = job->d;                                                          \
    const int64_t end = (i + 1) * SAMPLE_CHUNK < d->n ? (i + 1) * SAMPLE_CHUNK : d->n;      \
    for (int64_t k = i * SAMPLE_CHUNK; k < end; k++) {                                      \
      mx_sequence sequence = mx_sequence_at(job->scalars[0].u, job->scalars[1].u, k);       \
      const double a = sample_parameter(job, 0, k), b = sample_parameter(job, 1, k);        \
      ((real *)job->y)[k] = STORE((wide)draw_##name(&sequence, a, b));                      \
    }                                                                                       \
  }                                                                                         \
  static int FN(sample_##name)(const void *desc, void *const *ptr,                          \
                               const mx_scalar *scalars) {                                  \
    return sample_run(desc, ptr, scalars, FN(name##_task));                                 \
  }

SAMPLE(uniform)
SAMPLE(normal)
SAMPLE(exponential)
SAMPLE(gamma)
SAMPLE(poisson)
SAMPLE(negative_binomial)
SAMPLE(generalized_negative_binomial)
#undef SAMPLE

/* The sums of a row's probabilities up to each class. */
static int64_t FN(sample_multinomial_scratch)(const void *desc) {
  return mx_product(((const multinomial_dims *)desc)->classes, sizeof(double));
}

/* data (rows, classes) of probabilities -> indices (rows, draws), and if has_log the logarithm of
 * the probability of each.  Draws beyond the sum, which rounding allows, are the last class. */
static int FN(sample_multinomial)(const void *desc, void *const *ptr, const mx_scalar *scalars) {
  const multinomial_dims *d = desc;
  const real *data = ptr[0];
  real *logs = d->has_log ? ptr[2] : NULL;
  double *sums = ptr[d->has_log ? 3 : 2];
  for (int64_t row = 0; row < d->rows; row++, data += d->classes) {
    double sum = 0;
    for (int64_t k = 0; k < d->classes; k++) {
      const double p = (double)LOAD(data[k]);
      if (!(p >= 0)) return MX_BAD_VALUE;
      sums[k] = sum += p;
    }
    if (!(sum > 0) && d->draws) return MX_BAD_VALUE;
    for (int64_t i = row * d->draws; i < (row + 1) * d->draws; i++) {
      mx_sequence sequence = mx_sequence_at(scalars[0].u, scalars[1].u, i);
      const double wanted = draw_uniform(&sequence, 0, sum);
      int64_t low = 0, high = d->classes - 1;
      while (low < high) {
        const int64_t middle = (low + high) / 2;
        if (sums[middle] > wanted) high = middle;
        else low = middle + 1;
      }
      store_index(ptr[1], d->out_kind, i, low);
      if (logs) logs[i] = STORE((wide)log((double)LOAD(data[low])));
    }
  }
  return MX_OK;
}
