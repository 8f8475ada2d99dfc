/* Rows of an array chosen by indices along one axis.
 *
 *   take           x (outer, K, row), indices (M) -> y (outer, M, row).  Which of the two
 *                  inputs the indices are, says index_at.
 *   resolve_rows   indices (M) -> rows (M) int64 within [0, K), by the mode
 */
#include "index_common.h"

typedef struct { int64_t outer, K, M, row_bytes, mode, index_flag, index_at; } take_dims;
#define FIELDS "outer K M row_bytes mode index_flag index_at"

typedef struct {
  const take_dims *d;
  const char *x;
  const void *indices;
  char *y;
  int64_t num_tasks;
  int status;
} take_job;

/* Task i fills its share of the outer * M rows of y, a block of indices at a time. */
static void take_task(void *context, int64_t i) {
  take_job *job = context;
  const take_dims *d = job->d;
  const int64_t total = d->outer * d->M, end = total * (i + 1) / job->num_tasks;
  int64_t index[INDEX_BLOCK], at = total * i / job->num_tasks;
  int status = MX_OK;
  while (at < end) {
    const int64_t o = at / d->M, m = at % d->M;
    int64_t n = d->M - m < end - at ? d->M - m : end - at;
    if (n > INDEX_BLOCK) n = INDEX_BLOCK;
    load_indices(d->index_flag, job->indices, m, n, index);
    for (int64_t b = 0; b < n; b++) {
      const int64_t k = index_in_axis(index[b], d->K, d->mode, &status);
      copy_row(job->y + (at + b) * d->row_bytes, job->x + (o * d->K + k) * d->row_bytes,
               d->row_bytes);
    }
    at += n;
  }
  report(&job->status, status);
}

static int take_bytes(const void *desc, void *const *ptr, const mx_scalar *scalars) {
  (void)scalars;
  const int64_t index_at = ((const take_dims *)desc)->index_at;
  take_job job = {.d = desc, .x = ptr[1 - index_at], .indices = ptr[index_at], .y = ptr[2]};
  const int64_t rows = job.d->outer * job.d->M;
  if (!rows || !job.d->row_bytes) return MX_OK;
  run_tasks(take_task, &job, rows * (2 + job.d->row_bytes / 8), rows, &job.num_tasks);
  return job.status;
}

static int resolve_rows_i64(const void *desc, void *const *ptr, const mx_scalar *scalars) {
  (void)scalars;
  const take_dims *d = desc;
  int64_t *rows = ptr[1];
  int status = MX_OK;
  load_indices(d->index_flag, ptr[0], 0, d->M, rows);
  for (int64_t m = 0; m < d->M; m++) rows[m] = index_in_axis(rows[m], d->K, d->mode, &status);
  return status;
}

const mx_kernel_entry mx_table_index_take[] = {
    MX_ENTRY(take, bytes, take_dims, FIELDS), MX_ENTRY(resolve_rows, i64, take_dims, FIELDS), {0}};
