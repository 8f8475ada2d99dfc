/* accumulate_rows for one dtype: T, summed in ACC.  See index_accumulate.c. */

/* y[o, k, :] = sum of dy[o, m, :] over the m of k, in the order of m. */
static void FN(sum_row)(const accumulate_job *job, int64_t o, int64_t k) {
  const accumulate_dims *d = job->d;
  const T *dy = (const T *)job->dy + o * d->M * d->inner;
  T *y = (T *)job->y + (o * d->K + k) * d->inner;
  const int64_t begin = job->first[k], end = job->first[k + 1];
  if (end - begin <= 1) {
    const size_t nbytes = (size_t)d->inner * sizeof(T);
    if (end == begin) memset(y, 0, nbytes);
    else memcpy(y, dy + job->order[begin] * d->inner, nbytes);
    return;
  }
  for (int64_t c0 = 0; c0 < d->inner; c0 += SUM_BLOCK) {
    const int64_t n = d->inner - c0 < SUM_BLOCK ? d->inner - c0 : SUM_BLOCK;
    ACC sum[SUM_BLOCK] = {0};
    for (int64_t at = begin; at < end; at++) {
      const T *row = dy + job->order[at] * d->inner + c0;
      for (int64_t c = 0; c < n; c++) sum[c] += (ACC)LOAD(row[c]);
    }
    for (int64_t c = 0; c < n; c++) y[c0 + c] = STORE(sum[c]);
  }
}

static void FN(accumulate_task)(void *context, int64_t i) {
  const accumulate_job *job = context;
  const int64_t rows = job->d->outer * job->d->K, end = rows * (i + 1) / job->num_tasks;
  for (int64_t row = rows * i / job->num_tasks; row < end; row++)
    FN(sum_row)(job, row / job->d->K, row % job->d->K);
}

static int FN(accumulate_rows)(const void *desc, void *const *ptr, const mx_scalar *scalars) {
  (void)scalars;
  return accumulate(desc, ptr, FN(accumulate_task));
}

#undef FN
#undef T
#undef ACC
#undef LOAD
#undef STORE
