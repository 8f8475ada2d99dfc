/* Hawkes processes of one dtype: see hawkes.c. */

/* ptr: mu (N, K), alpha (K), beta (K), state (N, K), lags (N, T), marks int32 (N, T), lengths (N),
 * ends (N), then outputs and scratch. */
enum { FN(MU), FN(ALPHA), FN(BETA), FN(STATE), FN(LAGS), FN(MARKS), FN(LENGTHS), FN(ENDS) };

typedef struct {
  const wide *mu, *alpha, *beta, *lags;
  const int32_t *marks;
  int64_t length;
  double end, *last, *state, *slope;   /* a task's hawkes_slice */
} FN(hawkes_sequence);

/* Sequence n; a status. */
static int FN(hawkes_start)(const hawkes_job *job, int64_t n, const hawkes_slice *slice,
                            FN(hawkes_sequence) *x) {
  const hawkes_dims *d = job->d;
  void *const *ptr = job->ptr;
  const wide *length = (const wide *)ptr[FN(LENGTHS)] + n;
  const wide *state = (const wide *)ptr[FN(STATE)] + n * d->K;
  x->mu = (const wide *)ptr[FN(MU)] + n * d->K;
  x->alpha = ptr[FN(ALPHA)];
  x->beta = ptr[FN(BETA)];
  x->lags = (const wide *)ptr[FN(LAGS)] + n * d->T;
  x->marks = (const int32_t *)ptr[FN(MARKS)] + n * d->T;
  x->end = (double)((const wide *)ptr[FN(ENDS)])[n];
  x->last = slice->last;
  x->state = slice->state;
  x->slope = slice->slope;
  for (int64_t k = 0; k < d->K; k++) {
    x->last[k] = x->slope[k] = 0;
    x->state[k] = (double)state[k];
  }
  if (!(*length >= 0 && *length <= (wide)d->T)) return MX_BAD_VALUE;
  x->length = (int64_t)ceil((double)*length);
  for (int64_t j = 0; j < x->length; j++)
    if (x->marks[j] < 0 || x->marks[j] >= d->K) return MX_BAD_INDEX;
  return MX_OK;
}

static void FN(hawkes_task)(void *context, int64_t task) {
  hawkes_job *job = context;
  const hawkes_dims *d = job->d;
  mx_scratch scratch = {.base = job->scratch + task * job->slice_bytes};
  const hawkes_slice slice = hawkes_take(d, &scratch);
  for (int64_t n = task; n < d->N; n += job->tasks) {
    FN(hawkes_sequence) x;
    const int status = FN(hawkes_start)(job, n, &slice, &x);
    report(&job->status, status);
    if (status != MX_OK) return;
    wide *state = (wide *)job->ptr[9] + n * d->K;
    double likelihood = 0, t = 0;
    for (int64_t j = 0; j < x.length; j++) {
      const int32_t k = x.marks[j];
      t += (double)x.lags[j];
      const double past = t - x.last[k], left = x.state[k] * exp(-(double)x.beta[k] * past);
      const double alpha = (double)x.alpha[k], mu = (double)x.mu[k];
      likelihood += log(mu + alpha * (double)x.beta[k] * left) - mu * past -
                    alpha * (x.state[k] - left);
      x.state[k] = 1 + left;
      x.last[k] = t;
    }
    for (int64_t k = 0; k < d->K; k++) {
      const double past = x.end - x.last[k], left = x.state[k] * exp(-(double)x.beta[k] * past);
      likelihood -= (double)x.mu[k] * past + (double)x.alpha[k] * (x.state[k] - left);
      state[k] = (wide)left;
    }
    ((wide *)job->ptr[8])[n] = (wide)likelihood;
  }
}

/* What a stretch of `past` without a point of mark k takes off the gradients of mu, alpha, beta. */
static void FN(hawkes_quiet)(const FN(hawkes_sequence) *x, int64_t k, double past, double *grads) {
  const double decay = exp(-(double)x->beta[k] * past);
  grads[0] -= past;
  grads[1] -= x->state[k] * (1 - decay);
  grads[2] -= (double)x->alpha[k] * (x->slope[k] * (1 - decay) + x->state[k] * past * decay);
}

static void FN(hawkes_grad_task)(void *context, int64_t task) {
  hawkes_job *job = context;
  const hawkes_dims *d = job->d;
  mx_scratch scratch = {.base = job->scratch + task * job->slice_bytes};
  const hawkes_slice slice = hawkes_take(d, &scratch);
  for (int64_t n = task; n < d->N; n += job->tasks) {
    FN(hawkes_sequence) x;
    const int status = FN(hawkes_start)(job, n, &slice, &x);
    report(&job->status, status);
    if (status != MX_OK) return;
    const double dy = (double)((const wide *)job->ptr[8])[n];
    wide *out[3];
    for (int i = 0; i < 3; i++) out[i] = (wide *)job->ptr[9 + i] + n * d->K;
    for (int64_t k = 0; k < d->K; k++) {      /* mark by mark, whose points do not meet others */
      double grads[3] = {0, 0, 0}, t = 0;
      const double alpha = (double)x.alpha[k], beta = (double)x.beta[k];
      for (int64_t j = 0; j < x.length; j++) {
        t += (double)x.lags[j];
        if (x.marks[j] != k) continue;
        const double past = t - x.last[k], decay = exp(-beta * past);
        const double left = x.state[k] * decay;
        const double slope = decay * (x.slope[k] - past * x.state[k]);
        const double intensity = (double)x.mu[k] + alpha * beta * left;
        grads[0] += 1 / intensity;
        grads[1] += beta * left / intensity;
        grads[2] += alpha * (left + beta * slope) / intensity;
        FN(hawkes_quiet)(&x, k, past, grads);
        x.slope[k] = slope;
        x.state[k] = 1 + left;
        x.last[k] = t;
      }
      FN(hawkes_quiet)(&x, k, x.end - x.last[k], grads);
      for (int i = 0; i < 3; i++) out[i][k] = (wide)(grads[i] * dy);
    }
  }
}

static int FN(hawkes_run)(const hawkes_dims *d, void *const *ptr, char *scratch,
                          void (*task)(void *, int64_t)) {
  hawkes_job job = {d, ptr, scratch, hawkes_slice_bytes(d), hawkes_tasks(d), MX_OK};
  if (job.tasks > 1) mx_rt->parallel_for(job.tasks, task, &job);
  else task(&job, 0);
  return job.status;
}

/* -> log likelihood (N), states at the ends (N, K). */
static int FN(hawkes)(const void *desc, void *const *ptr, const mx_scalar *scalars) {
  (void)scalars;
  return FN(hawkes_run)(desc, ptr, ptr[10], FN(hawkes_task));
}

/* And dy (N) -> gradients of mu, alpha and beta, of each sequence (N, K). */
static int FN(hawkes_grad)(const void *desc, void *const *ptr, const mx_scalar *scalars) {
  (void)scalars;
  return FN(hawkes_run)(desc, ptr, ptr[12], FN(hawkes_grad_task));
}
