/* Symmetric matrices of one dtype to tridiagonal ones, by reflections from both sides; in the body of
 * linalg_eigen_impl.h. */

/* The rows of a symmetric matrix (rest, rest; `step` apart) that a group of tasks work on. */
typedef struct {
  wide *inner, *p;
  const wide *v;
  wide tau;
  int64_t rest, step, group;
} FN(symmetric_job);

/* p = tau inner @ v */
static void FN(multiply_rows)(void *context, int64_t task) {
  const FN(symmetric_job) *job = context;
  const int64_t first = task * job->group, end = first + job->group;
  for (int64_t i = first; i < (end < job->rest ? end : job->rest); i++)
    job->p[i] = job->tau * FN(row_dot)(job->inner + i * job->step, job->v, job->rest);
}

/* inner -= v p^T + p v^T */
static void FN(update_rows)(void *context, int64_t task) {
  const FN(symmetric_job) *job = context;
  const int64_t first = task * job->group, end = first + job->group;
  for (int64_t i = first; i < (end < job->rest ? end : job->rest); i++) {
    const wide one = job->v[i], other = job->p[i];
    wide *row = job->inner + i * job->step;
    for (int64_t j = 0; j < job->rest; j++) row[j] -= one * job->p[j] + other * job->v[j];
  }
}

static void FN(symmetric_run)(FN(symmetric_job) *job, void (*task)(void *, int64_t)) {
  const int64_t tasks = mx_ceil_div(job->rest, job->group);
  if (tasks > 1) mx_rt->parallel_for(tasks, task, job);
  else task(job, 0);
}

/* Reflections from both sides make s->a tridiagonal; the k-th one's v lies in row k. */
static void FN(tridiagonal)(const FN(eigen_slice) *s, int64_t n) {
  for (int64_t k = 0; k < n; k++) {
    wide *row = s->a + k * n, *v = row + k + 1, *p = s->p;
    const int64_t rest = n - k - 1;
    s->diagonal[k] = (double)row[k];
    if (!rest) break;
    wide first;
    const wide tau = s->tau[k] = FN(reflection)(v, rest, &first);
    s->beside[k] = (double)first;
    if (tau == 0) continue;
    FN(symmetric_job) job = {s->a + (k + 1) * n + k + 1, p, v, tau, rest, n,
                             1 + REFLECT_WORK / rest};
    FN(symmetric_run)(&job, FN(multiply_rows));
    FN(row_less)(p, v, tau / 2 * FN(row_dot)(p, v, rest), rest);
    FN(symmetric_run)(&job, FN(update_rows));
  }
}

/* Part of the product of a symmetric matrix (rest, rest; `step` apart), of which the upper triangle
 * is read, with v: of every `tasks`-th four rows, in sums of its own. */
typedef struct {
  const wide *inner, *v;
  wide *sums;
  int64_t rest, step, n, tasks;
} FN(half_job);

/* Row i from column `at` on; sums and v from 0. */
static void FN(multiply_row)(const wide *row, const wide *v, wide *restrict sums, int64_t i,
                             int64_t at, int64_t end) {
  const wide one = v[i];
  for (int64_t j = at; j < end; j++) {
    sums[j] += row[j] * one;
    sums[i] += j == i ? 0 : row[j] * v[j];
  }
}

static void FN(multiply_half)(void *context, int64_t task) {
  enum { V = FN(ROW_VEC) };
  const FN(half_job) *job = context;
  const int64_t rest = job->rest;
  const wide *v = job->v;
  wide *restrict sums = job->sums + task * job->n;
  memset(sums, 0, (size_t)rest * sizeof(wide));
  for (int64_t i = 4 * task; i < rest; i += 4 * job->tasks) {
    const wide *a = job->inner + i * job->step, *b = a + job->step, *c = b + job->step;
    const wide *d = c + job->step;
    FN(row_vec) a_sum = {0}, b_sum = {0}, c_sum = {0}, d_sum = {0};
    int64_t at = i + 4;
    if (at > rest) {
      for (; i < rest; i++) FN(multiply_row)(job->inner + i * job->step, v, sums, i, i, rest);
      return;
    }
    for (; at + V <= rest; at += V) {
      const FN(row_vec) x = FN(row_load)(v + at), a0 = FN(row_load)(a + at);
      const FN(row_vec) b0 = FN(row_load)(b + at), c0 = FN(row_load)(c + at);
      const FN(row_vec) d0 = FN(row_load)(d + at);
      FN(row_vec) *y = (FN(row_vec) *)(void *)(sums + at);
      *y += a0 * v[i] + b0 * v[i + 1] + (c0 * v[i + 2] + d0 * v[i + 3]);
      a_sum += a0 * x;
      b_sum += b0 * x;
      c_sum += c0 * x;
      d_sum += d0 * x;
    }
    const wide found[] = {FN(row_sum)(a_sum), FN(row_sum)(b_sum), FN(row_sum)(c_sum),
                          FN(row_sum)(d_sum)};
    for (int r = 0; r < 4; r++) {
      const wide *row = a + r * job->step;
      sums[i + r] += found[r];
      FN(multiply_row)(row, v, sums, i + r, i + r, i + 4);
      FN(multiply_row)(row, v, sums, i + r, at, rest);
    }
  }
}

/* p = inner @ v */
static void FN(multiply_symmetric)(const wide *inner, int64_t step, const wide *v, int64_t rest,
                                   wide *sums, int64_t n, wide *p) {
  const int64_t most = rest * rest / 2 / REFLECT_WORK, tasks = most < 1 ? 1 : most > 8 ? 8 : most;
  FN(half_job) job = {inner, v, sums, rest, step, n, tasks};
  if (tasks > 1) mx_rt->parallel_for(tasks, FN(multiply_half), &job);
  else FN(multiply_half)(&job, 0);
  memcpy(p, sums, (size_t)rest * sizeof(wide));
  for (int64_t t = 1; t < tasks; t++) FN(row_less)(p, sums + t * n, -1, rest);
}

/* The upper triangle of rows and columns from `first` on, less v p^T + p v^T of the `count` rows before
 * it: v in rows of a, p in rows of `other`. */
static void FN(update_blocks)(const FN(eigen_slice) *s, int64_t n, int64_t first, int64_t count,
                              const wide *other) {
  for (int64_t r = first; r < n; r += TRIDIAGONAL_ROWS) {
    const int64_t rows = n - r < TRIDIAGONAL_ROWS ? n - r : TRIDIAGONAL_ROWS, cols = n - r;
    wide *left = s->block.rows, *right = left + 2 * count * rows;
    for (int64_t i = 0; i < count; i++) {
      const wide *v = s->a + (first - count + i) * n + r, *p = other + i * n + r;
      memcpy(left + i * rows, v, (size_t)rows * sizeof(wide));
      memcpy(left + (count + i) * rows, p, (size_t)rows * sizeof(wide));
      memcpy(right + i * cols, p, (size_t)cols * sizeof(wide));
      memcpy(right + (count + i) * cols, v, (size_t)cols * sizeof(wide));
    }
    const gemm_product product = {.batch = 1, .M = rows, .N = cols, .K = 2 * count, .trans_a = 1,
                                  .a = left, .b = right, .c = s->block.made};
    FN(gemm_run)(&product, s->block.gemm);
    for (int64_t i = 0; i < rows; i++)
      FN(row_less)(s->a + (r + i) * n + r + i, s->block.made + i * cols + i, 1, cols - i);
  }
}

/* `tridiagonal` of a large matrix: TRIDIAGONAL_BLOCK reflections change the rows behind them
 * together.  Until then, what they have changed is taken from what is read. */
static void FN(tridiagonal_blocks)(const FN(eigen_slice) *s, int64_t n) {
  wide *other = s->divided.vectors, *sums = other + TRIDIAGONAL_BLOCK * n;
  for (int64_t first = 0; first < n; first += TRIDIAGONAL_BLOCK) {
    const int64_t end = n - first < TRIDIAGONAL_BLOCK ? n : first + TRIDIAGONAL_BLOCK;
    for (int64_t k = first; k < end; k++) {
      wide *row = s->a + k * n, *v = row + k + 1, *p = other + (k - first) * n + k + 1;
      const int64_t rest = n - k - 1;
      for (int64_t i = first; i < k; i++) {
        const wide *vs = s->a + i * n + k, *ps = other + (i - first) * n + k;
        const wide one = vs[0], two = ps[0];
        for (int64_t j = 0; j <= rest; j++) row[k + j] -= one * ps[j] + two * vs[j];
      }
      s->diagonal[k] = (double)row[k];
      if (!rest) break;
      wide head;
      const wide tau = s->tau[k] = FN(reflection)(v, rest, &head);
      s->beside[k] = (double)head;
      if (tau == 0) {
        memset(p, 0, (size_t)rest * sizeof(wide));
        continue;
      }
      FN(multiply_symmetric)(row + n + k + 1, n, v, rest, sums, n, p);
      for (int64_t i = first; i < k; i++) {
        const wide *vs = s->a + i * n + k + 1, *ps = other + (i - first) * n + k + 1;
        const wide one = FN(row_dot)(ps, v, rest), two = FN(row_dot)(vs, v, rest);
        for (int64_t j = 0; j < rest; j++) p[j] -= one * vs[j] + two * ps[j];
      }
      for (int64_t j = 0; j < rest; j++) p[j] *= tau;
      FN(row_less)(p, v, tau / 2 * FN(row_dot)(p, v, rest), rest);
    }
    if (end < n) FN(update_blocks)(s, n, end, end - first, other);
  }
}
