/* CTC of one dtype: see ctc.c. */

static const real *FN(ctc_step)(const ctc_dims *d, const real *data, int64_t t, int64_t n) {
  return data + (t * d->N + n) * d->C;
}

/* The logarithm of the sum of the powers of one step's scores. */
static double FN(ctc_shift)(const real *x, int64_t C) {
  wide most = LOAD(x[0]), lane[CTC_LANES] = {0};
  for (int64_t i = 1; i < C; i++) most = LOAD(x[i]) > most ? LOAD(x[i]) : most;
  int64_t at = 0;
  for (; at + CTC_LANES <= C; at += CTC_LANES)
    MX_ROLLED for (int l = 0; l < CTC_LANES; l++) lane[l] += EXP(LOAD(x[at + l]) - most);
  for (; at < C; at++) lane[at % CTC_LANES] += EXP(LOAD(x[at]) - most);
  double sum = 0;
  for (int l = 0; l < CTC_LANES; l++) sum += (double)lane[l];
  return (double)most + log(sum);
}

/* alpha of step t from that of the step before it; -infinity for states that are not reached by
 * then, or from which the end is not reached any more. */
static void FN(ctc_ahead)(const ctc_dims *d, const real *data, const ctc_sample *x, int64_t t,
                          const double *before, double *alpha) {
  const real *score = FN(ctc_step)(d, data, t, x->n);
  const int64_t first = x->S - 2 * (x->T - t), end = 2 * t + 2;
  for (int64_t s = 0; s < x->S; s++) {
    alpha[s] = -INFINITY;
    if (s < first || s >= end) continue;
    double sum = t ? before[s] : 0;
    if (t && s) sum = log_sum(sum, before[s - 1]);
    if (t && ctc_skips(d, x->labels, s)) sum = log_sum(sum, before[s - 2]);
    alpha[s] = sum + (double)LOAD(score[x->labels[s]]) - x->shift[t];
  }
}

/* The log probability of the labels; every alpha is kept if `keeps`. */
static double FN(ctc_forward)(const ctc_dims *d, const real *data, const ctc_sample *x, int keeps) {
  double *alpha = x->alpha, *before = NULL;
  for (int64_t t = 0; t < x->T; t++) {
    x->shift[t] = FN(ctc_shift)(FN(ctc_step)(d, data, t, x->n), d->C);
    alpha = x->alpha + (keeps ? t : t % 2) * x->S;
    FN(ctc_ahead)(d, data, x, t, before, alpha);
    before = alpha;
  }
  return x->S > 1 ? log_sum(alpha[x->S - 1], alpha[x->S - 2]) : alpha[0];
}

static void FN(ctc_loss_task)(void *context, int64_t task) {
  ctc_job *job = context;
  const ctc_dims *d = job->d;
  mx_scratch mine = {.base = job->scratch + task * job->slice_bytes};
  ctc_sample x = ctc_take(d, 0, &mine);
  real *loss = job->ptr[2 + d->has_data_lengths + d->has_label_lengths];
  for (int64_t n = task; n < d->N; n += job->tasks) {
    int fits;
    const int status = ctc_read(d, job->ptr, n, &x, &fits);
    report(&job->status, status);
    if (status != MX_OK) return;
    loss[n] = STORE((wide)(fits ? -FN(ctc_forward)(d, job->ptr[0], &x, 0) : 0));
  }
}

/* beta of step t, without the score of step t itself, from that of the step behind it, for states
 * that are reached by then. */
static void FN(ctc_back)(const ctc_dims *d, const real *data, const ctc_sample *x, int64_t t,
                         const double *behind, double *beta) {
  if (t == x->T - 1) {
    for (int64_t s = 0; s < x->S; s++) beta[s] = s >= x->S - 2 ? 0 : -INFINITY;
    return;
  }
  const real *score = FN(ctc_step)(d, data, t + 1, x->n);
  const int64_t first = x->S - 2 * (x->T - t), end = 2 * t + 2;
#define NEXT(s) (behind[s] + (double)LOAD(score[x->labels[s]]) - x->shift[t + 1])
  for (int64_t s = 0; s < x->S; s++) {
    beta[s] = -INFINITY;
    if (s < first || s >= end) continue;
    double sum = NEXT(s);
    if (s + 1 < x->S) sum = log_sum(sum, NEXT(s + 1));
    if (s + 2 < x->S && ctc_skips(d, x->labels, s + 2)) sum = log_sum(sum, NEXT(s + 2));
    beta[s] = sum;
  }
#undef NEXT
}

/* dx = (softmax - share of the paths through each label) * dy, step by step from the last. */
static void FN(ctc_sample_grad)(const ctc_dims *d, const real *data, const ctc_sample *x, wide dy,
                                real *dx) {
  const double total = FN(ctc_forward)(d, data, x, 1);
  for (int64_t k = 0; k < d->C; k++) x->share[k] = 0;
  for (int64_t t = x->T; t-- > 0;) {
    double *beta = x->beta + t % 2 * x->S;
    FN(ctc_back)(d, data, x, t, x->beta + (t + 1) % 2 * x->S, beta);
    const double *alpha = x->alpha + t * x->S;
    for (int64_t s = 0; s < x->S; s++)
      if (alpha[s] > -INFINITY) x->share[x->labels[s]] += exp(alpha[s] + beta[s] - total);
    const real *score = FN(ctc_step)(d, data, t, x->n);
    real *out = dx + (t * d->N + x->n) * d->C;
    const wide shift = (wide)x->shift[t];
    for (int64_t k = 0; k < d->C; k++) out[k] = STORE(EXP(LOAD(score[k]) - shift) * dy);
    for (int64_t s = 0; s < x->S; s++) {
      const int64_t k = x->labels[s];
      const double power = exp((double)LOAD(score[k]) - x->shift[t]);
      out[k] = STORE((wide)((power - x->share[k]) * (double)dy));
    }
    for (int64_t s = 0; s < x->S; s++) x->share[x->labels[s]] = 0;
  }
}

static void FN(ctc_grad_task)(void *context, int64_t task) {
  ctc_job *job = context;
  const ctc_dims *d = job->d;
  mx_scratch mine = {.base = job->scratch + task * job->slice_bytes};
  ctc_sample x = ctc_take(d, 1, &mine);
  const int64_t lengths = d->has_data_lengths + d->has_label_lengths;
  const real *dy = job->ptr[2 + lengths];
  real *dx = job->ptr[3 + lengths];
  for (int64_t n = task; n < d->N; n += job->tasks) {
    int fits;
    const int status = ctc_read(d, job->ptr, n, &x, &fits);
    report(&job->status, status);
    if (status != MX_OK) return;
    for (int64_t t = fits ? x.T : 0; t < d->T; t++)
      memset(dx + (t * d->N + n) * d->C, 0, (size_t)d->C * sizeof(real));
    if (fits) FN(ctc_sample_grad)(d, job->ptr[0], &x, LOAD(dy[n]), dx);
  }
}

static int FN(ctc_run)(const ctc_dims *d, void *const *ptr, int has_grad,
                       void (*task)(void *, int64_t)) {
  const int64_t block = 3 + d->has_data_lengths + d->has_label_lengths + has_grad;
  ctc_job job = {d, ptr, ptr[block], ctc_slice(d, has_grad), ctc_tasks(d), MX_OK};
  if (job.tasks > 1) mx_rt->parallel_for(job.tasks, task, &job);
  else if (job.tasks) task(&job, 0);
  return job.status;
}

/* data, labels, lengths -> loss (N). */
static int FN(ctc_loss)(const void *desc, void *const *ptr, const mx_scalar *scalars) {
  (void)scalars;
  return FN(ctc_run)(desc, ptr, 0, FN(ctc_loss_task));
}

/* data, labels, lengths, dy (N) -> dx (T, N, C). */
static int FN(ctc_grad)(const void *desc, void *const *ptr, const mx_scalar *scalars) {
  (void)scalars;
  return FN(ctc_run)(desc, ptr, 1, FN(ctc_grad_task));
}
