/* Pointwise kernels: ranges of elements, independent of each other, run on the pool. */
#ifndef MX_POINTWISE_H
#define MX_POINTWISE_H
#include "mx_kernel.h"
#include "mx_size.h"

enum { POINTWISE_CHUNK = 16384 };

/* Computes the elements [begin, end). */
typedef void (*pointwise_range)(const void *job, int64_t begin, int64_t end);

typedef struct {
  pointwise_range range;
  const void *job;
  int64_t size;
} pointwise_ranges;

static inline void pointwise_task(void *context, int64_t i) {
  const pointwise_ranges *all = context;
  const int64_t begin = i * POINTWISE_CHUNK, rest = all->size - begin;
  all->range(all->job, begin, begin + (rest < POINTWISE_CHUNK ? rest : POINTWISE_CHUNK));
}

/* Runs range(job, ...) over [0, size): in chunks on the pool, or alone where there is little. */
static inline int pointwise_run(int64_t size, pointwise_range range, const void *job) {
  pointwise_ranges all = {range, job, size};
  if (size <= 2 * POINTWISE_CHUNK) range(job, 0, size);
  else mx_rt->parallel_for(mx_ceil_div(size, POINTWISE_CHUNK), pointwise_task, &all);
  return MX_OK;
}

/* What most ranges need. */
typedef struct {
  void *const *ptr;
  const mx_scalar *scalars;
} pointwise_call;
#endif
