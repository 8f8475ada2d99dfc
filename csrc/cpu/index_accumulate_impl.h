/* accumulate_rows for one dtype: T, summed in ACC.  See index_accumulate.c. */

/* y (inner) = sum of dy[order[at], :] over at in [begin, end); dy (M, inner). */
static inline void FN(sum_row)(const accumulate_job *job, const T *dy, T *y, int64_t begin,
                               int64_t end) {
  const int64_t inner = job->d->inner, *order = job->order;
  if (inner == 1) {
    if (end - begin <= 1) {
      y[0] = end == begin ? (T)0 : dy[order[begin]];
    } else {
      ACC sum = 0;
      for (int64_t at = begin; at < end; at++) sum += (ACC)LOAD(dy[order[at]]);
      y[0] = STORE(sum);
    }
    return;
  }
  if (end - begin <= 1) {
    const size_t nbytes = (size_t)inner * sizeof(T);
    if (end == begin) memset(y, 0, nbytes);
    else memcpy(y, dy + order[begin] * inner, nbytes);
    return;
  }
  for (int64_t c0 = 0; c0 < inner; c0 += SUM_BLOCK) {
    const int64_t n = inner - c0 < SUM_BLOCK ? inner - c0 : SUM_BLOCK;
    ACC sum[SUM_BLOCK] = {0};
    for (int64_t at = begin; at < end; at++) {
      const T *row = dy + order[at] * inner + c0;
      for (int64_t c = 0; c < n; c++) sum[c] += (ACC)LOAD(row[c]);
    }
    for (int64_t c = 0; c < n; c++) y[c0 + c] = STORE(sum[c]);
  }
}

/* Rows k to stop of y[o]. */
static void FN(sum_rows)(const accumulate_job *job, int64_t o, int64_t k, int64_t stop) {
  const accumulate_dims *d = job->d;
  const int64_t *first = job->first;
  const T *dy = (const T *)job->dy + o * d->M * d->inner;
  T *y = (T *)job->y + o * d->K * d->inner;
  if (!job->rows) {
    for (; k < stop; k++) FN(sum_row)(job, dy, y + k * d->inner, first[k], first[k + 1]);
    return;
  }
  memset(y + k * d->inner, 0, (size_t)((stop - k) * d->inner) * sizeof(T));
  for (int64_t i = listed_from(job, k); i < job->num_rows && job->rows[i] < stop; i++)
    FN(sum_row)(job, dy, y + job->rows[i] * d->inner, first[i], first[i + 1]);
}

static void FN(accumulate_task)(void *context, int64_t i) {
  const accumulate_job *job = context;
  const int64_t K = job->d->K, rows = job->d->outer * K, end = rows * (i + 1) / job->num_tasks;
  for (int64_t row = rows * i / job->num_tasks; row < end;) {
    const int64_t k = row % K, stop = K < k + end - row ? K : k + end - row;
    FN(sum_rows)(job, row / K, k, stop);
    row += stop - k;
  }
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
