/* What the kernels of boxes share: one task works on several samples, one after the other, with a
 * part of the scratch block of its own. */
#ifndef MX_BOX_TASKS_H
#define MX_BOX_TASKS_H
#include <math.h>
#include <string.h>

#include "mx_kernel.h"
#include "mx_scratch.h"

/* KEPT_COLUMNS, KEPT_BLOCK: of the boxes that suppress others, box_kept_impl.h. */
enum { BOX_TASKS = 16, KEPT_COLUMNS = 6, KEPT_BLOCK = 32 };

/* e^x and ln x in the precision of x. */
#define BOX_EXP(x) (sizeof(x) == 4 ? expf((float)(x)) : exp((double)(x)))
#define BOX_LOG(x) (sizeof(x) == 4 ? logf((float)(x)) : log((double)(x)))

typedef struct {
  const void *d;
  void *const *ptr;
  char *scratch;            /* the block; task i has [i * part, (i + 1) * part) of it */
  int64_t part, samples, tasks;
  int status;
} box_job;

static inline int64_t box_task_count(int64_t samples) {
  return samples < BOX_TASKS ? samples : BOX_TASKS;
}

/* Scratch of a call whose tasks take `part` bytes each. */
static inline int64_t box_scratch(int64_t samples, int64_t part) {
  return mx_product(box_task_count(samples), mx_lines(part));
}

/* Tasks report a wrong value here; all that do write the same. */
static inline void box_report(box_job *job, int status) {
  if (status != MX_OK) __atomic_store_n(&job->status, status, __ATOMIC_RELAXED);
}

static inline int64_t box_begin(const box_job *job, int64_t task) {
  return job->samples * task / job->tasks;
}

static inline mx_scratch box_part(const box_job *job, int64_t task) {
  return (mx_scratch){.base = job->scratch + task * job->part};
}

static inline int box_run(const void *d, void *const *ptr, char *scratch, int64_t part,
                          int64_t samples, void (*task)(void *, int64_t)) {
  box_job job = {d, ptr, scratch, mx_lines(part), samples, box_task_count(samples), MX_OK};
  if (job.tasks > 1) mx_rt->parallel_for(job.tasks, task, &job);
  else if (job.tasks) task(&job, 0);
  return job.status;
}
#endif
