/* What the linalg_*.c kernels share: how matrices of a batch become tasks, and loops over rows. */
#ifndef LINALG_H
#define LINALG_H
#include <math.h>
#include <string.h>

#include "gemm.h"
#include "gemm_isa.h"
#include "mx_kernel.h"
#include "mx_loops.h"
#include "mx_scratch.h"
#include "mx_size.h"

/* Matrices smaller than LINALG_LARGE are tasks; larger ones follow each other, cut into blocks of
 * LINALG_BLOCK, and products of blocks run on all threads. */
enum { LINALG_LARGE = 160, LINALG_BLOCK = 64, LINALG_TASKS = 64, LINALG_WORK = 1 << 15,
       LINALG_LANES = 16 };

/* `count` matrices, `work` nanoseconds each, for which task(job, i) is run with i < tasks; the
 * matrices of task i are i, i + tasks, ....  Each task has a slice of the scratch block. */
typedef struct {
  const void *d;
  void *const *ptr;
  char *scratch;
  int64_t count, tasks, slice_bytes;
  int status;
} linalg_job;

static inline int64_t linalg_tasks(int64_t count, int64_t n, int64_t work) {
  if (n >= LINALG_LARGE) return 1;
  const int64_t most = count < LINALG_TASKS ? count : LINALG_TASKS;
  return mx_task_count(mx_product(count, work), LINALG_WORK, most < 1 ? 1 : most);
}

static inline int linalg_run(linalg_job *job, void (*task)(void *, int64_t)) {
  if (job->tasks > 1) mx_rt->parallel_for(job->tasks, task, job);
  else task(job, 0);
  return job->status;
}

static inline void linalg_report(linalg_job *job, int status) {
  if (status != MX_OK) __atomic_store_n(&job->status, status, __ATOMIC_RELAXED);
}
#endif
