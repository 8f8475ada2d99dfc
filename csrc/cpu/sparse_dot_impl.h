/* The products of sparse_dot.c for one dtype, summed in `wide`. */

/* n elements of row r of A @ dense, from column c0 on. */
static inline void FN(csr_dot_block)(const csr_job *job, int64_t r, int64_t c0, int64_t n) {
  const int64_t N = job->d->N, end = job->indptr[r + 1];
  const real *data = job->data, *dense = (const real *)job->dense + c0;
  real *y = (real *)job->y + r * N + c0;
  wide sum[BLOCK] = {0};
  for (int64_t e = job->indptr[r]; e < end; e++) {
    const wide value = LOAD(data[e]);
    const real *row = dense + job->indices[e] * N;
    for (int64_t c = 0; c < n; c++) sum[c] += value * LOAD(row[c]);
  }
  for (int64_t c = 0; c < n; c++) y[c] = STORE(sum[c]);
}

#if !IS_HALF
typedef real FN(lanes) __attribute__((vector_size(32)));
enum { FN(COUNT) = 32 / sizeof(real), FN(WIDE) = 8 * FN(COUNT) };

/* The same for WIDE elements, whose sums stay in registers; rows ahead are fetched early. */
static inline void FN(csr_dot_wide)(const csr_job *job, int64_t r, int64_t c0) {
  const int64_t N = job->d->N, end = job->indptr[r + 1], last = job->d->nnz - 1;
  const real *data = job->data, *dense = (const real *)job->dense + c0;
  FN(lanes) sum[8] = {{0}};
  for (int64_t e = job->indptr[r]; e < end; e++) {
    const real *row = dense + job->indices[e] * N;
    const real *ahead = dense + job->indices[e + AHEAD < last ? e + AHEAD : last] * N;
    for (int i = 0; i < 8; i += 2) __builtin_prefetch(ahead + i * FN(COUNT));
    for (int i = 0; i < 8; i++) {
      FN(lanes) x;
      memcpy(&x, row + i * FN(COUNT), sizeof x);
      sum[i] += data[e] * x;
    }
  }
  memcpy((real *)job->y + r * N + c0, sum, sizeof sum);
}
#endif

/* A block of columns for all rows of the task, then the next: what it reads of dense is less. */
static void FN(csr_dot_task)(void *context, int64_t i) {
  const csr_job *job = context;
  const int64_t N = job->d->N, begin = first_row(job, i), end = first_row(job, i + 1);
  int64_t c0 = 0;
#if !IS_HALF
  for (; c0 + FN(WIDE) <= N; c0 += FN(WIDE))
    for (int64_t r = begin; r < end; r++) FN(csr_dot_wide)(job, r, c0);
#endif
  for (; c0 + 16 <= N; c0 += 16)
    for (int64_t r = begin; r < end; r++) FN(csr_dot_block)(job, r, c0, 16);
  if (c0 < N)
    for (int64_t r = begin; r < end; r++) FN(csr_dot_block)(job, r, c0, N - c0);
}

/* y (M, N) = A (M, K) @ dense (K, N). */
static int FN(csr_dot)(const void *desc, void *const *ptr, const mx_scalar *scalars) {
  const csr_dims *d = desc;
  (void)scalars;
  return csr_run(d, ptr, d->rows, d->nnz * (d->N / 4 + 2) + d->M * d->N / 8, FN(csr_dot_task));
}

/* y[m, :] = sum over k of dense[m, k] * A[k, :]. */
static void FN(dot_csr_task)(void *context, int64_t i) {
  const csr_job *job = context;
  const csr_dims *d = job->d;
  const real *data = job->data;
  const int64_t end = d->M * (i + 1) / job->num_tasks;
  for (int64_t m = d->M * i / job->num_tasks; m < end; m++) {
    const real *x = (const real *)job->dense + m * d->rows;
    real *y = (real *)job->y + m * d->N;
    memset(y, 0, (size_t)d->N * sizeof *y);
    for (int64_t k = 0; k < d->rows; k++) {
      const wide factor = LOAD(x[k]);
      for (int64_t e = job->indptr[k]; e < job->indptr[k + 1]; e++) {
        real *to = y + job->indices[e];
        *to = STORE(LOAD(*to) + factor * LOAD(data[e]));
      }
    }
  }
}

/* y (M, N) = dense (M, K) @ A (K, N). */
static int FN(dot_csr)(const void *desc, void *const *ptr, const mx_scalar *scalars) {
  const csr_dims *d = desc;
  (void)scalars;
  return csr_run(d, ptr, d->M, d->M * (d->nnz + d->N / 8), FN(dot_csr_task));
}

static void FN(dot_csr_transposed_task)(void *context, int64_t i) {
  const csr_job *job = context;
  const csr_dims *d = job->d;
  const real *data = job->data;
  const int64_t end = d->M * (i + 1) / job->num_tasks;
  for (int64_t m = d->M * i / job->num_tasks; m < end; m++) {
    const real *x = (const real *)job->dense + m * d->columns;
    real *y = (real *)job->y + m * d->N;
    for (int64_t r = 0; r < d->rows; r++) {
      wide sum = 0;
      for (int64_t e = job->indptr[r]; e < job->indptr[r + 1]; e++)
        sum += LOAD(x[job->indices[e]]) * LOAD(data[e]);
      y[r] = STORE(sum);
    }
  }
}

/* y (M, N) = dense (M, K) @ A^T, A being (N, K). */
static int FN(dot_csr_transposed)(const void *desc, void *const *ptr, const mx_scalar *scalars) {
  const csr_dims *d = desc;
  (void)scalars;
  return csr_run(d, ptr, d->M, d->M * (d->nnz + d->N), FN(dot_csr_transposed_task));
}
