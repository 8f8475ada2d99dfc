/* Running a loop over one or two equally long arrays of one item size. */
#ifndef MX_UNARY_H
#define MX_UNARY_H
#include "mx_kernel.h"
#include "pointwise.h"

typedef struct { int64_t size; } unary_dims;
typedef void (*unary_loop)(const void *const *in, void *out, int64_t n);

typedef struct {
  unary_loop loop;
  void *const *ptr;
  int64_t num_in, itemsize;
} unary_job;

static inline void unary_range(const void *context, int64_t begin, int64_t end) {
  const unary_job *job = context;
  const void *in[2] = {0};
  for (int64_t k = 0; k < job->num_in; k++)
    in[k] = (const char *)job->ptr[k] + begin * job->itemsize;
  job->loop(in, (char *)job->ptr[job->num_in] + begin * job->itemsize, end - begin);
}

static inline int unary_run(const void *desc, void *const *ptr, int num_in, int64_t itemsize,
                            unary_loop loop) {
  const unary_job job = {loop, ptr, num_in, itemsize};
  return pointwise_run(((const unary_dims *)desc)->size, unary_range, &job);
}
#endif
