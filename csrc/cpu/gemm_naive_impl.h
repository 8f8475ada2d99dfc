/* The body of gemm_naive.c for one dtype: every element its own sum, in sum_type. */

typedef struct { const gemm_dims *d; void *const *ptr; } FN(naive_job);

static void FN(naive_row)(void *context, int64_t i) {
  const FN(naive_job) *job = context;
  const gemm_dims *d = job->d;
  const int64_t batch = i / d->M, m = i % d->M;
  const int64_t a_row = d->trans_a ? 1 : d->K, a_col = d->trans_a ? d->M : 1;
  const int64_t b_row = d->trans_b ? 1 : d->N, b_col = d->trans_b ? d->K : 1;
  const real *a = (const real *)job->ptr[0] + batch * d->M * d->K + m * a_row;
  const real *b = (const real *)job->ptr[1] + batch * d->K * d->N;
  const real *bias = d->has_bias ? job->ptr[2] : NULL;
  real *c = (real *)job->ptr[d->has_bias ? 3 : 2] + i * d->N;
  for (int64_t n = 0; n < d->N; n++) {
    sum_type sum = bias ? (sum_type)LOAD(bias[n]) : 0;
    for (int64_t k = 0; k < d->K; k++)
      sum += (sum_type)LOAD(a[k * a_col]) * (sum_type)LOAD(b[k * b_row + n * b_col]);
    c[n] = STORE((wide)sum);
  }
}

static int FN(gemm_naive)(const void *desc, void *const *ptr, const mx_scalar *scalars) {
  const gemm_dims *d = desc;
  FN(naive_job) job = {d, ptr};
  (void)scalars;
  if (d->batch * d->M > 1 && (double)d->batch * d->M * d->N * d->K >= TASK_WORK) {
    mx_rt->parallel_for(d->batch * d->M, FN(naive_row), &job);
    return MX_OK;
  }
  for (int64_t i = 0; i < d->batch * d->M; i++) FN(naive_row)(&job, i);
  return MX_OK;
}
