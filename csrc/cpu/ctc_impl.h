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

/* The log probabilities of the states' labels in a step; nothing behind them. */
static void FN(ctc_scores)(const ctc_dims *d, const real *data, const ctc_sample *x, int64_t t) {
  const real *score = FN(ctc_step)(d, data, t, x->n);
  const double shift = x->shift[t];
  for (int64_t s = 0; s < x->S; s++) x->scores[s] = (double)LOAD(score[x->labels[s]]) - shift;
  ctc_clear(x->scores + x->S, CTC_EDGE);
}

/* alpha of step t from that of the step before it; -infinity for states that are not reached by
 * then, or from which the end is not reached any more. */
static void FN(ctc_ahead)(const ctc_dims *d, const real *data, const ctc_sample *x, int64_t t,
                          const double *before, double *alpha) {
  const int64_t first = ctc_first(x, t), end = ctc_end(x, t);
  FN(ctc_scores)(d, data, x, t);
  ctc_clear(alpha - CTC_EDGE, x->S + CTC_EDGE);
  if (t) ctc_sums(alpha, before, x->skips, -1, first, end);
  for (int64_t s = first; s < end; s++) alpha[s] = (t ? alpha[s] : 0) + x->scores[s];
}

/* The log probability of the labels; every alpha is kept if `keeps`. */
static double FN(ctc_forward)(const ctc_dims *d, const real *data, const ctc_sample *x, int keeps) {
  double *alpha = x->alpha + CTC_EDGE, *before = NULL, wrong = 0;
  for (int64_t t = 0; t < x->T; t++) {
    x->shift[t] = FN(ctc_shift)(FN(ctc_step)(d, data, t, x->n), d->C);
    wrong += 0 * x->shift[t];                   /* NaN where a score is NaN or infinite */
    alpha = x->alpha + CTC_EDGE + (keeps ? t : t % 2) * x->line;
    FN(ctc_ahead)(d, data, x, t, before, alpha);
    before = alpha;
  }
  return wrong + log_sum(alpha[x->S - 1], alpha[x->S - 2], -INFINITY);
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

/* beta of step t, without the score of step t itself, from that of the step behind it, which is
 * overwritten, for states that are reached by then. */
static void FN(ctc_back)(const ctc_dims *d, const real *data, const ctc_sample *x, int64_t t,
                         double *behind, double *beta) {
  ctc_clear(beta, x->S + CTC_EDGE);
  if (t == x->T - 1) {
    for (int64_t s = x->S < 2 ? 0 : x->S - 2; s < x->S; s++) beta[s] = 0;
    return;
  }
  FN(ctc_scores)(d, data, x, t + 1);
  for (int64_t s = 0; s < x->S + CTC_EDGE; s++) behind[s] += x->scores[s];
  ctc_sums(beta, behind, x->skips + 2, 1, ctc_first(x, t), ctc_end(x, t));
}

/* dx = (softmax - share of the paths through each label) * dy, step by step from the last. */
static void FN(ctc_sample_grad)(const ctc_dims *d, const real *data, const ctc_sample *x, wide dy,
                                real *dx) {
  const double total = FN(ctc_forward)(d, data, x, 1);
  if (isnan(total)) dy = (wide)total;
  for (int64_t k = 0; k < d->C; k++) x->share[k] = 0;
  for (int64_t t = x->T; t-- > 0;) {
    double *beta = x->beta + t % 2 * x->line, *shares = x->scores;
    FN(ctc_back)(d, data, x, t, x->beta + (t + 1) % 2 * x->line, beta);
    const double *alpha = x->alpha + CTC_EDGE + t * x->line;
    for (int64_t s = 0; s < x->S; s++) shares[s] = small_power(alpha[s] + beta[s] - total);
    for (int64_t s = 0; s < x->S; s++) x->share[x->labels[s]] += shares[s];
    const real *score = FN(ctc_step)(d, data, t, x->n);
    real *out = dx + (t * d->N + x->n) * d->C;
    const wide shift = (wide)x->shift[t];
    for (int64_t k = 0; k < d->C; k++) out[k] = STORE(EXP(LOAD(score[k]) - shift) * dy);
    for (int64_t s = 0; s < x->S; s += s ? 2 : 1) {             /* the blank, and the labels */
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
