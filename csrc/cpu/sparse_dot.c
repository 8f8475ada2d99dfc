/* Products of a csr matrix A with dense ones.
 *
 * A: data (nnz), indices (nnz) int64, the columns, and indptr (rows + 1) int64: row r's elements are
 * those from indptr[r] to indptr[r + 1].  Every element of a result is summed in the order of A's, by
 * one thread: the same result for any number of threads.
 */
#include <string.h>

#include "mx_dtype.h"
#include "mx_kernel.h"

/* rows, columns, nnz: of A; M, N: of the result. */
typedef struct { int64_t rows, columns, nnz, M, N; } csr_dims;
#define FIELDS "rows columns nnz M N"

/* AHEAD: how many elements before its use a row of dense is fetched */
enum { GRAIN = 1 << 14, TASKS = 64, BLOCK = 16, AHEAD = 8 };

typedef struct {
  const csr_dims *d;
  const void *data;
  const int64_t *indices, *indptr;
  const void *dense;
  void *y;
  int64_t num_tasks;
  int status;                /* of any task that met a wrong index */
} csr_job;

/* The first row of task i, so that all have about as many elements and rows. */
static int64_t first_row(const csr_job *job, int64_t i) {
  const int64_t goal = (job->d->nnz + job->d->rows) / job->num_tasks * i;
  int64_t low = 0, high = job->d->rows;
  if (i >= job->num_tasks) return high;
  while (low < high) {
    const int64_t middle = low + (high - low) / 2;
    if (job->indptr[middle] + middle < goal) low = middle + 1;
    else high = middle;
  }
  return low;
}

/* Whether indptr and indices stay inside the arrays. */
static int check_csr(const csr_job *job) {
  const csr_dims *d = job->d;
  if (job->indptr[0] != 0 || job->indptr[d->rows] != d->nnz) return MX_BAD_INDEX;
  for (int64_t r = 0; r < d->rows; r++)
    if (job->indptr[r] > job->indptr[r + 1]) return MX_BAD_INDEX;
  uint64_t most = 0;
  for (int64_t e = 0; e < d->nnz; e++) {
    const uint64_t column = (uint64_t)job->indices[e];
    most = column > most ? column : most;
  }
  return d->nnz && most >= (uint64_t)d->columns ? MX_BAD_INDEX : MX_OK;
}

/* ptr: data, indices, indptr, dense, y. */
static int csr_run(const csr_dims *d, void *const *ptr, int64_t count, int64_t work,
                   void (*task)(void *context, int64_t i)) {
  csr_job job = {.d = d, .data = ptr[0], .indices = ptr[1], .indptr = ptr[2], .dense = ptr[3],
                 .y = ptr[4]};
  const int status = check_csr(&job);
  if (status != MX_OK || d->M * d->N == 0) return status;
  job.num_tasks = mx_task_count(work, GRAIN, count < TASKS ? count : TASKS);
  if (job.num_tasks == 1) task(&job, 0);
  else mx_rt->parallel_for(job.num_tasks, task, &job);
  return MX_OK;
}

#define MX_BODY "sparse_dot_impl.h"
#include "mx_each_float.h"

/* The elements of a csr matrix column by column: indices, indptr -> starts (columns + 1),
 * row (nnz), order (nnz).  Column c's elements are, in the order of the rows,
 * order[starts[c] .. starts[c + 1]), and lie in the rows `row`. */
static int csr_columns_i64(const void *desc, void *const *ptr, const mx_scalar *scalars) {
  const csr_dims *d = desc;
  const csr_job job = {.d = d, .indices = ptr[0], .indptr = ptr[1]};
  int64_t *starts = ptr[2], *row = ptr[3], *order = ptr[4];
  const int status = check_csr(&job);
  (void)scalars;
  if (status != MX_OK) return status;
  memset(starts, 0, (size_t)(d->columns + 1) * sizeof *starts);
  for (int64_t e = 0; e < d->nnz; e++) starts[job.indices[e]]++;
  for (int64_t c = 1; c <= d->columns; c++) starts[c] += starts[c - 1];
  for (int64_t r = d->rows - 1; r >= 0; r--)
    for (int64_t e = job.indptr[r + 1] - 1; e >= job.indptr[r]; e--) {
      const int64_t at = --starts[job.indices[e]];
      row[at] = r, order[at] = e;
    }
  return MX_OK;
}

#define ENTRIES(dtype)                                    \
  MX_ENTRY(csr_dot, dtype, csr_dims, FIELDS),             \
  MX_ENTRY(dot_csr, dtype, csr_dims, FIELDS),             \
  MX_ENTRY(dot_csr_transposed, dtype, csr_dims, FIELDS)

const mx_kernel_entry mx_table_sparse_dot[] = {
    ENTRIES(f16), ENTRIES(bf16), ENTRIES(f32), ENTRIES(f64),
    MX_ENTRY(csr_columns, i64, csr_dims, FIELDS), {0}};
