/* Running a loop over one, two or three equally long arrays, in chunks on the pool. */
#ifndef MX_UNARY_H
#define MX_UNARY_H
#include "mx_kernel.h"
#include "pointwise.h"

typedef struct { int64_t size; } unary_dims;
typedef void (*pointwise_loop)(const void *const *in, void *out, int64_t n);

typedef struct {
  pointwise_loop loop;
  const void *in[3];
  char *out;
  int64_t size, itemsize, num_in;
} pointwise_job;

static inline void pointwise_chunk(void *context, int64_t i) {
  const pointwise_job *job = context;
  const int64_t begin = i * POINTWISE_CHUNK, rest = job->size - begin;
  const void *in[3] = {0};
  for (int64_t k = 0; k < job->num_in; k++)
    in[k] = (const char *)job->in[k] + begin * job->itemsize;
  job->loop(in, job->out + begin * job->itemsize, rest < POINTWISE_CHUNK ? rest : POINTWISE_CHUNK);
}

static inline int unary_run(const void *desc, void *const *ptr, int num_in, int64_t itemsize,
                            pointwise_loop loop) {
  const int64_t size = ((const unary_dims *)desc)->size;
  pointwise_job job = {loop, {0}, ptr[num_in], size, itemsize, num_in};
  for (int k = 0; k < num_in; k++) job.in[k] = ptr[k];
  if (size <= 2 * POINTWISE_CHUNK) loop(job.in, job.out, size);
  else mx_rt->parallel_for((size + POINTWISE_CHUNK - 1) / POINTWISE_CHUNK, pointwise_chunk, &job);
  return MX_OK;
}
#endif
