/* The steps of a recurrent layer, forwards. */

typedef struct {
  const rnn_dims *d;
  const real *input, *bias;              /* input: `gates` as they are given */
  const int64_t *length;
  real *states, *gates, *cells, *reset, *hidden;
  FN(rnn_matrix) h2h[4], projection;
  rnn_cut cut, projection_cut;
  int64_t t;
} FN(rnn_steps_job);

/* What the inputs give the n of a GRU, to which what the state gives is not just added. */
static void FN(rnn_copy_inputs)(const FN(rnn_steps_job) *job, const FN(rnn_part) *p) {
  const int64_t H = job->d->H, G = rnn_gates(job->d);
  for (int64_t n = p->row; n < p->end; n++) {
    const int64_t at = ((job->t * job->d->N + n) * G + 2) * H + p->column;
    memcpy(job->gates + at, job->input + at, (size_t)p->cols * sizeof(real));
  }
}

static void FN(rnn_end_part)(const FN(rnn_steps_job) *job, const FN(rnn_part) *p) {
  const rnn_dims *d = job->d;
  const int64_t H = d->H, G = rnn_gates(d), N = d->N, t = job->t;
  const int64_t before = rnn_before(d, t), after = rnn_after(d, t);
  for (int64_t n = p->row; n < p->end; n++) {
    real *gate = job->gates + (t * N + n) * G * H + p->column;
    const int64_t at = (t * N + n) * H + p->column;
    const int64_t from = (before * N + n) * H + p->column, to = (after * N + n) * H + p->column;
    real *h = d->projected ? job->hidden + at : job->states + to;
    if (d->mode == RNN_LSTM)
      FN(lstm_row)(p->cols, d, gate, gate + H, gate + 2 * H, gate + 3 * H, job->cells + from,
                   job->cells + to, h);
    else if (d->mode == RNN_GRU)
      FN(gru_row)(p->cols, gate, gate + H, gate + 2 * H, job->reset + at, job->states + from, h);
    else FN(rnn_row)(p->cols, d->mode == RNN_RELU, gate, h);
    if (FN(rnn_ended)(job->length, n, t)) {
      const size_t bytes = (size_t)p->cols * sizeof(real);
      if (!d->projected) memcpy(h, job->states + from, bytes);
      if (d->mode == RNN_LSTM) memcpy(job->cells + to, job->cells + from, bytes);
    }
  }
}

static void FN(rnn_step_task)(void *context, int64_t task) {
  const FN(rnn_steps_job) *job = context;
  const rnn_dims *d = job->d;
  const int64_t H = d->H, G = rnn_gates(d);
  const real *states = job->states + rnn_before(d, job->t) * d->N * d->P;
  const int64_t step = job->t * d->N * G * H;
  const FN(rnn_part) p = FN(rnn_part_at)(&job->cut, d->N, H, task);
  for (int64_t g = 0; g < G; g++) {
    const real *bias = job->bias + g * H;
    if (d->mode == RNN_GRU && g == 2) {
      FN(rnn_copy_inputs)(job, &p);
      FN(rnn_multiply)(&p, &job->h2h[g], states, job->reset + job->t * d->N * H, H, NULL, bias);
    } else {
      FN(rnn_multiply)(&p, &job->h2h[g], states, job->gates + step + g * H, G * H,
                       job->input + step + g * H, bias);
    }
  }
  FN(rnn_end_part)(job, &p);
}

static void FN(rnn_project_task)(void *context, int64_t task) {
  const FN(rnn_steps_job) *job = context;
  const rnn_dims *d = job->d;
  const int64_t P = d->P;
  const real *before = job->states + rnn_before(d, job->t) * d->N * P;
  real *after = job->states + rnn_after(d, job->t) * d->N * P;
  const FN(rnn_part) p = FN(rnn_part_at)(&job->projection_cut, d->N, P, task);
  FN(rnn_multiply)(&p, &job->projection, job->hidden + job->t * d->N * d->H, after, P, NULL, NULL);
  for (int64_t n = p.row; n < p.end; n++)
    if (FN(rnn_ended)(job->length, n, job->t))
      memcpy(after + n * P + p.column, before + n * P + p.column, (size_t)p.cols * sizeof(real));
}

static void FN(rnn_take_panels)(FN(rnn_steps_job) *job, mx_scratch *scratch) {
  const rnn_dims *d = job->d;
  for (int64_t g = 0; g < rnn_gates(d); g++) {
    job->h2h[g] = (FN(rnn_matrix)){NULL, d->P, d->H, 1, d->P, NULL};
    job->h2h[g].panels = FN(rnn_take)(scratch, d->P, d->H);
  }
  if (d->projected) {
    job->projection = (FN(rnn_matrix)){NULL, d->H, d->P, 1, d->H, NULL};
    job->projection.panels = FN(rnn_take)(scratch, d->H, d->P);
  }
}

static int64_t FN(rnn_steps_scratch)(const void *desc) {
  FN(rnn_steps_job) job = {.d = desc};
  mx_scratch scratch = {0};
  FN(rnn_take_panels)(&job, &scratch);
  return scratch.size;
}

/* gates, h2h_weight (G H, P), h2h_bias (G H), state (N, P), state_cell (N, H) of an LSTM,
 * h2r_weight (P, H) if projected, lengths (N) -> states, gates, then cells (LSTM), reset (T, N, H),
 * R_n h of a GRU, hidden (T, N, H), what is projected. */
static int FN(rnn_steps)(const void *desc, void *const *ptr, const mx_scalar *scalars) {
  const rnn_dims *d = desc;
  const int64_t G = rnn_gates(d), N = d->N, is_lstm = d->mode == RNN_LSTM;
  FN(rnn_steps_job) job = {.d = d};
  (void)scalars;
  job.input = *ptr++;
  const real *weight = *ptr++;
  job.bias = *ptr++;
  const real *state = *ptr++, *cell = is_lstm ? *ptr++ : NULL;
  const real *projection = d->projected ? *ptr++ : NULL;
  job.length = d->has_lengths ? *ptr++ : NULL;
  job.states = *ptr++;
  job.gates = *ptr++;
  job.cells = is_lstm ? *ptr++ : NULL;
  job.reset = d->mode == RNN_GRU ? *ptr++ : NULL;
  job.hidden = d->projected ? *ptr++ : NULL;
  mx_scratch scratch = {.base = *ptr};
  FN(rnn_take_panels)(&job, &scratch);
  const int64_t first = d->reverse ? d->T : 0;
  memcpy(job.states + first * N * d->P, state, (size_t)(N * d->P) * sizeof(real));
  if (is_lstm) memcpy(job.cells + first * N * d->H, cell, (size_t)(N * d->H) * sizeof(real));
  if (d->T * N == 0) return MX_OK;
  for (int64_t g = 0; g < G; g++) {
    job.h2h[g].from = weight + g * d->H * d->P;
    FN(rnn_pack)(&job.h2h[g]);
  }
  job.cut = rnn_cut_step(N, FN(rnn_panels)(d->H), TILE_ROWS, N * G * d->H * d->P);
  if (d->projected) {
    job.projection.from = projection;
    FN(rnn_pack)(&job.projection);
    job.projection_cut = rnn_cut_step(N, FN(rnn_panels)(d->P), TILE_ROWS, N * d->H * d->P);
  }
  for (int64_t step = 0; step < d->T; step++) {
    job.t = rnn_time(d, step);
    rnn_run_cut(&job.cut, FN(rnn_step_task), &job);
    if (d->projected) rnn_run_cut(&job.projection_cut, FN(rnn_project_task), &job);
  }
  return MX_OK;
}
