/* A kernel run on some rows of its arrays, such as an optimizer's update on those that have a
 * gradient. */
#include "mx_kernel.h"

enum { ARRAYS = 8, TASK = 1 << 14 };

/* fn, inner: the kernel and its descriptor for one row.  row_bytes: of each array.  is_packed: of
 * arrays that have the chosen rows alone, one after the other; the others have num_rows rows. */
typedef struct {
  int64_t fn, inner, num_arrays, num_chosen, num_rows, row_size;
  int64_t row_bytes[ARRAYS], is_packed[ARRAYS];
} rows_dims;

typedef struct {
  const rows_dims *d;
  void *const *ptr;
  const mx_scalar *scalars;
  int64_t num_tasks;
  int status;                /* of any row that failed */
} rows_job;

static void rows_task(void *context, int64_t task) {
  rows_job *job = context;
  const rows_dims *d = job->d;
  const int64_t *chosen = job->ptr[0];
  const mx_kernel fn = (mx_kernel)(intptr_t)d->fn;
  const int64_t end = d->num_chosen * (task + 1) / job->num_tasks;
  for (int64_t i = d->num_chosen * task / job->num_tasks; i < end; i++) {
    void *ptr[ARRAYS];
    for (int64_t a = 0; a < d->num_arrays; a++)
      ptr[a] = (char *)job->ptr[a + 1] + (d->is_packed[a] ? i : chosen[i]) * d->row_bytes[a];
    const int status = fn((const void *)(intptr_t)d->inner, ptr, job->scalars);
    if (status != MX_OK) __atomic_store_n(&job->status, status, __ATOMIC_RELAXED);
  }
}

/* ptr: chosen (num_chosen) int64, each row at most once, and the arrays of the kernel. */
static int rows_apart_bytes(const void *desc, void *const *ptr, const mx_scalar *scalars) {
  const rows_dims *d = desc;
  const int64_t *chosen = ptr[0];
  rows_job job = {.d = d, .ptr = ptr, .scalars = scalars, .status = MX_OK};
  for (int64_t i = 0; i < d->num_chosen; i++)
    if (chosen[i] < 0 || chosen[i] >= d->num_rows) return MX_BAD_INDEX;
  /* a kernel that shares out long rows itself must not be called by a task */
  job.num_tasks = d->row_size > TASK ? 1 : mx_task_count(d->num_chosen * (d->row_size + 16), TASK,
                                                         d->num_chosen < 64 ? d->num_chosen : 64);
  if (job.num_tasks == 1) rows_task(&job, 0);
  else mx_rt->parallel_for(job.num_tasks, rows_task, &job);
  return job.status;
}

const mx_kernel_entry mx_table_sparse_rows[] = {
    MX_ENTRY(rows_apart, bytes, rows_dims,
             "fn inner num_arrays num_chosen num_rows row_size row_bytes:8 is_packed:8"),
    {0}};
