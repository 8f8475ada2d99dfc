/* The body of cumsum.c for one dtype; 16-bit floats are summed in float32. */

/* `count` lines, up to CUMSUM_LINES, whose items are `inner` apart. */
static void FN(cumsum_lines)(const cumsum_dims *d, const real *x, real *y, int64_t count) {
  wide sum[CUMSUM_LINES] = {0};
  for (int64_t k = 0; k < d->axis; k++, x += d->inner, y += d->inner)
    for (int64_t c = 0; c < count; c++) {
      sum[c] = ADD(sum[c], LOAD(x[c]));
      y[c] = STORE(sum[c]);
    }
}

/* Lines of items side by side. */
static void FN(cumsum_rows)(const cumsum_dims *d, const real *x, real *y, int64_t count) {
  const int64_t n = d->axis;
  if (count == CUMSUM_ROWS) {
    wide s0 = 0, s1 = 0, s2 = 0, s3 = 0;
    for (int64_t k = 0; k < n; k++) {
      s0 = ADD(s0, LOAD(x[k]));
      s1 = ADD(s1, LOAD(x[k + n]));
      s2 = ADD(s2, LOAD(x[k + 2 * n]));
      s3 = ADD(s3, LOAD(x[k + 3 * n]));
      y[k] = STORE(s0);
      y[k + n] = STORE(s1);
      y[k + 2 * n] = STORE(s2);
      y[k + 3 * n] = STORE(s3);
    }
    return;
  }
  for (int64_t r = 0; r < count; r++, x += n, y += n) {
    wide sum = 0;
    for (int64_t k = 0; k < n; k++) {
      sum = ADD(sum, LOAD(x[k]));
      y[k] = STORE(sum);
    }
  }
}

static void FN(cumsum_task)(void *context, int64_t task) {
  const cumsum_job *job = context;
  const cumsum_dims *d = job->d;
  const int64_t across = mx_ceil_div(d->inner, CUMSUM_LINES);
  const int64_t end = job->parts * (task + 1) / job->tasks;
  for (int64_t part = job->parts * task / job->tasks; part < end; part++) {
    if (d->inner == 1) {
      const int64_t row = part * CUMSUM_ROWS, rest = d->outer - row, at = row * d->axis;
      FN(cumsum_rows)(d, (const real *)job->x + at, (real *)job->y + at,
                      rest < CUMSUM_ROWS ? rest : CUMSUM_ROWS);
    } else {
      const int64_t first = part % across * CUMSUM_LINES, rest = d->inner - first;
      const int64_t at = part / across * d->axis * d->inner + first;
      FN(cumsum_lines)(d, (const real *)job->x + at, (real *)job->y + at,
                       rest < CUMSUM_LINES ? rest : CUMSUM_LINES);
    }
  }
}

static int FN(cumsum)(const void *desc, void *const *ptr, const mx_scalar *scalars) {
  const cumsum_dims *d = desc;
  const int64_t parts = cumsum_parts(d), work = d->outer * d->axis * d->inner;
  const int64_t most = parts < CUMSUM_TASKS ? parts : CUMSUM_TASKS;
  cumsum_job job = {d, ptr[0], ptr[1], parts, mx_task_count(work, CUMSUM_WORK, most)};
  (void)scalars;
  if (!work) return MX_OK;
  if (job.tasks > 1) mx_rt->parallel_for(job.tasks, FN(cumsum_task), &job);
  else FN(cumsum_task)(&job, 0);
  return MX_OK;
}
