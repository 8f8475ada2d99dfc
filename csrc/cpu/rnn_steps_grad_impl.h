/* The gradient of the steps of a recurrent layer, from the last step to the first.
 *
 * A step first completes dstate, the gradient of the state after it: what comes through the step
 * behind it, dgates' @ R, and dy.  Then follow the gradients of its gates, cell and, in dstate, the
 * part that reaches the state before it directly. */

typedef struct {
  const rnn_dims *d;
  const real *dy, *gates, *states, *cells, *reset;
  const int64_t *length;
  real *dgates, *dproduct, *dstate, *dcell, *doutput, *dhidden;
  FN(rnn_matrix) h2h, projection;
  rnn_cut cut, hidden_cut;      /* of the states' columns, and of those of what is projected */
  int64_t t, behind;            /* behind: the step behind t, or -1 */
} FN(rnn_grad_job);

/* dstate, but for dy. */
static void FN(rnn_grad_state)(const FN(rnn_grad_job) *job, const FN(rnn_part) *p) {
  const rnn_dims *d = job->d;
  if (job->behind >= 0)
    FN(rnn_multiply)(p, &job->h2h, job->dproduct + job->behind * d->N * rnn_gates(d) * d->H,
                     job->dstate, d->P, job->dstate, NULL);
}

static void FN(rnn_grad_output)(const FN(rnn_grad_job) *job, const FN(rnn_part) *p) {
  const rnn_dims *d = job->d;
  for (int64_t n = p->row; n < p->end; n++) {
    if (FN(rnn_ended)(job->length, n, job->t)) continue;
    const real *dy = job->dy + (job->t * d->N + n) * d->P + p->column;
    real *dh = job->dstate + n * d->P + p->column;
    for (int64_t u = 0; u < p->cols; u++) dh[u] += dy[u];
  }
}

/* The gradient of the output moves from dstate to doutput, which is projected back. */
static void FN(rnn_move_output)(const FN(rnn_grad_job) *job, const FN(rnn_part) *p) {
  const int64_t P = job->d->P;
  const size_t bytes = (size_t)p->cols * sizeof(real);
  for (int64_t n = p->row; n < p->end; n++) {
    real *dh = job->dstate + n * P + p->column;
    real *to = job->doutput + (job->t * job->d->N + n) * P + p->column;
    if (FN(rnn_ended)(job->length, n, job->t)) {
      memset(to, 0, bytes);
    } else {
      memcpy(to, dh, bytes);
      memset(dh, 0, bytes);
    }
  }
}

static void FN(rnn_grad_gates)(const FN(rnn_grad_job) *job, const FN(rnn_part) *p) {
  const rnn_dims *d = job->d;
  const int64_t H = d->H, G = rnn_gates(d), N = d->N, t = job->t;
  const int64_t before = rnn_before(d, t), after = rnn_after(d, t);
  for (int64_t n = p->row; n < p->end; n++) {
    const int64_t at = (t * N + n) * G * H + p->column, unit = n * H + p->column;
    const int64_t from = before * N * H + unit, to = after * N * H + unit;
    real *dh = (d->projected ? job->dhidden : job->dstate) + unit;
    if (FN(rnn_ended)(job->length, n, t)) {
      for (int64_t g = 0; g < G; g++) {
        memset(job->dgates + at + g * H, 0, (size_t)p->cols * sizeof(real));
        memset(job->dproduct + at + g * H, 0, (size_t)p->cols * sizeof(real));
      }
    } else if (d->mode == RNN_LSTM) {
      FN(lstm_grad_row)(p->cols, d, job->gates + at, job->cells + from, job->cells + to, dh,
                        job->dcell + unit, job->dgates + at);
    } else if (d->mode == RNN_GRU) {
      FN(gru_grad_row)(p->cols, H, job->gates + at, job->reset + t * N * H + unit,
                       job->states + from, dh, job->dgates + at, job->dproduct + at);
    } else {
      FN(rnn_grad_row)(p->cols, d->mode == RNN_RELU, job->states + to, dh, job->dgates + at);
    }
  }
}

static void FN(rnn_grad_task)(void *context, int64_t task) {
  const FN(rnn_grad_job) *job = context;
  const FN(rnn_part) p = FN(rnn_part_at)(&job->cut, job->d->N, job->d->P, task);
  FN(rnn_grad_state)(job, &p);
  if (job->t < 0) return;                  /* before the first step */
  FN(rnn_grad_output)(job, &p);
  if (job->d->projected) FN(rnn_move_output)(job, &p);
  else FN(rnn_grad_gates)(job, &p);
}

static void FN(rnn_grad_hidden_task)(void *context, int64_t task) {
  const FN(rnn_grad_job) *job = context;
  const rnn_dims *d = job->d;
  const FN(rnn_part) p = FN(rnn_part_at)(&job->hidden_cut, d->N, d->H, task);
  FN(rnn_multiply)(&p, &job->projection, job->doutput + job->t * d->N * d->P, job->dhidden, d->H,
                   NULL, NULL);
  FN(rnn_grad_gates)(job, &p);
}

static void FN(rnn_take_grad_panels)(FN(rnn_grad_job) *job, mx_scratch *scratch) {
  const rnn_dims *d = job->d;
  const int64_t rows = rnn_gates(d) * d->H;
  job->h2h = (FN(rnn_matrix)){NULL, rows, d->P, d->P, 1, NULL};
  job->h2h.panels = FN(rnn_take)(scratch, rows, d->P);
  if (d->projected) {
    job->projection = (FN(rnn_matrix)){NULL, d->P, d->H, d->H, 1, NULL};
    job->projection.panels = FN(rnn_take)(scratch, d->P, d->H);
    job->dhidden = mx_take(scratch, mx_product(d->N, d->H), sizeof(real));
  }
}

static int64_t FN(rnn_steps_grad_scratch)(const void *desc) {
  FN(rnn_grad_job) job = {.d = desc};
  mx_scratch scratch = {0};
  FN(rnn_take_grad_panels)(&job, &scratch);
  return scratch.size;
}

/* dy (T, N, P), dstate (N, P), dcell (N, H) of an LSTM; gates, states, cells, reset: outputs of
 * rnn_steps, those it has; h2h_weight, h2r_weight if projected, lengths -> dgates (T, N, G H),
 * dstate, dcell; of a GRU the gradient of R h + bias (T, N, G H), which else is dgates; doutput
 * (T, N, P), the gradient of what was projected. */
static int FN(rnn_steps_grad)(const void *desc, void *const *ptr, const mx_scalar *scalars) {
  const rnn_dims *d = desc;
  const int64_t G = rnn_gates(d), N = d->N;
  const int is_lstm = d->mode == RNN_LSTM, is_gru = d->mode == RNN_GRU;
  FN(rnn_grad_job) job = {.d = d};
  (void)scalars;
  job.dy = *ptr++;
  const real *dstate = *ptr++, *dcell = is_lstm ? *ptr++ : NULL;
  job.gates = *ptr++;
  job.states = *ptr++;
  job.cells = is_lstm ? *ptr++ : NULL;
  job.reset = is_gru ? *ptr++ : NULL;
  const real *weight = *ptr++, *projection = d->projected ? *ptr++ : NULL;
  job.length = d->has_lengths ? *ptr++ : NULL;
  job.dgates = *ptr++;
  job.dstate = *ptr++;
  job.dcell = is_lstm ? *ptr++ : NULL;
  job.dproduct = is_gru ? *ptr++ : job.dgates;
  job.doutput = d->projected ? *ptr++ : NULL;
  mx_scratch scratch = {.base = *ptr};
  FN(rnn_take_grad_panels)(&job, &scratch);
  memcpy(job.dstate, dstate, (size_t)(N * d->P) * sizeof(real));
  if (is_lstm) memcpy(job.dcell, dcell, (size_t)(N * d->H) * sizeof(real));
  if (d->T * N == 0) return MX_OK;
  job.h2h.from = weight;
  FN(rnn_pack)(&job.h2h);
  job.cut = rnn_cut_step(N, FN(rnn_panels)(d->P), TILE_ROWS, N * G * d->H * d->P);
  if (d->projected) {
    job.projection.from = projection;
    FN(rnn_pack)(&job.projection);
    job.hidden_cut = rnn_cut_step(N, FN(rnn_panels)(d->H), TILE_ROWS, N * d->H * d->P);
  }
  job.behind = -1;
  for (int64_t step = d->T - 1; step >= 0; step--) {
    job.t = rnn_time(d, step);
    rnn_run_cut(&job.cut, FN(rnn_grad_task), &job);
    if (d->projected) rnn_run_cut(&job.hidden_cut, FN(rnn_grad_hidden_task), &job);
    job.behind = job.t;
  }
  job.t = -1;
  rnn_run_cut(&job.cut, FN(rnn_grad_task), &job);
  return MX_OK;
}
