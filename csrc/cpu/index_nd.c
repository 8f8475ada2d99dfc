/* Items chosen by several indices at once: indices (D, N) name N places in the first D axes of an
 * array of shape (shape..., row).  An index below 0 counts from the end of its axis.
 *
 *   gather_nd   x (shape..., row), indices -> y (N, row)
 *   flat_rows   indices -> rows (N) int64: the places, numbered
 *   scatter_nd  x (N, row), indices -> y (shape..., row): 0 elsewhere; the last writer wins
 *   scatter_set_nd  base, x, indices -> y: base elsewhere
 */
#include "index_common.h"

typedef struct { int64_t D, N, num_rows, row_bytes, index_flag, shape[MX_MAX_NDIM]; } nd_dims;
#define FIELDS "D N num_rows row_bytes index_flag shape:12"

/* row[b] = the flat number of place begin + b; n at most INDEX_BLOCK. */
static int flatten(const nd_dims *d, const void *indices, int64_t begin, int64_t n, int64_t *row) {
  int64_t index[INDEX_BLOCK];
  int status = MX_OK;
  memset(row, 0, (size_t)n * sizeof *row);
  for (int64_t axis = 0; axis < d->D; axis++) {
    const int64_t K = d->shape[axis];
    load_indices(d->index_flag, indices, axis * d->N + begin, n, index);
    for (int64_t b = 0; b < n; b++) {
      const int64_t k = index[b] < 0 && index[b] >= -K ? index[b] + K : index[b];
      row[b] = row[b] * K + index_in_axis(k, K, MODE_RAISE, &status);
    }
  }
  return status;
}

typedef struct {
  const nd_dims *d;
  const char *x;
  const void *indices;
  char *y;
  int64_t num_tasks;
  int status;
} nd_job;

static void gather_task(void *context, int64_t i) {
  nd_job *job = context;
  const nd_dims *d = job->d;
  const int64_t end = d->N * (i + 1) / job->num_tasks;
  int64_t row[INDEX_BLOCK];
  for (int64_t at = d->N * i / job->num_tasks; at < end; at += INDEX_BLOCK) {
    const int64_t n = end - at < INDEX_BLOCK ? end - at : INDEX_BLOCK;
    const int status = flatten(d, job->indices, at, n, row);
    report(&job->status, status);
    if (status != MX_OK) return;
    for (int64_t b = 0; b < n; b++)
      copy_row(job->y + (at + b) * d->row_bytes, job->x + row[b] * d->row_bytes, d->row_bytes);
  }
}

static int gather_nd_bytes(const void *desc, void *const *ptr, const mx_scalar *scalars) {
  (void)scalars;
  nd_job job = {.d = desc, .x = ptr[0], .indices = ptr[1], .y = ptr[2]};
  if (!job.d->N) return MX_OK;
  run_tasks(gather_task, &job, job.d->N * (4 * job.d->D + job.d->row_bytes / 8), job.d->N,
            &job.num_tasks);
  return job.status;
}

static int flat_rows_i64(const void *desc, void *const *ptr, const mx_scalar *scalars) {
  (void)scalars;
  const nd_dims *d = desc;
  int status = MX_OK;
  for (int64_t at = 0; at < d->N && status == MX_OK; at += INDEX_BLOCK)
    status = flatten(d, ptr[0], at, d->N - at < INDEX_BLOCK ? d->N - at : INDEX_BLOCK,
                     (int64_t *)ptr[1] + at);
  return status;
}

/* In order and on one thread: of several writers to one place the last must win. */
static int scatter(const nd_dims *d, const char *x, const void *indices, char *y) {
  int64_t row[INDEX_BLOCK];
  for (int64_t at = 0; at < d->N; at += INDEX_BLOCK) {
    const int64_t n = d->N - at < INDEX_BLOCK ? d->N - at : INDEX_BLOCK;
    const int status = flatten(d, indices, at, n, row);
    if (status != MX_OK) return status;
    for (int64_t b = 0; b < n; b++)
      copy_row(y + row[b] * d->row_bytes, x + (at + b) * d->row_bytes, d->row_bytes);
  }
  return MX_OK;
}

static int scatter_nd_bytes(const void *desc, void *const *ptr, const mx_scalar *scalars) {
  (void)scalars;
  const nd_dims *d = desc;
  memset(ptr[2], 0, (size_t)(d->num_rows * d->row_bytes));
  return scatter(d, ptr[0], ptr[1], ptr[2]);
}

static int scatter_set_nd_bytes(const void *desc, void *const *ptr, const mx_scalar *scalars) {
  (void)scalars;
  const nd_dims *d = desc;
  if (ptr[0] != ptr[3]) memcpy(ptr[3], ptr[0], (size_t)(d->num_rows * d->row_bytes));
  return scatter(d, ptr[1], ptr[2], ptr[3]);
}

const mx_kernel_entry mx_table_index_nd[] = {
    MX_ENTRY(gather_nd, bytes, nd_dims, FIELDS), MX_ENTRY(flat_rows, i64, nd_dims, FIELDS),
    MX_ENTRY(scatter_nd, bytes, nd_dims, FIELDS), MX_ENTRY(scatter_set_nd, bytes, nd_dims, FIELDS),
    {0}};
