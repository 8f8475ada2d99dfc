/* Broadcasting two arrays over each other: the walk that all rows of binary_ops.def share. */
#ifndef MX_BINARY_H
#define MX_BINARY_H
#include "mx_binary_math.h"
#include "mx_kernel.h"
#include "mx_size.h"

/* shape: the result's, axes joined where both inputs allow it; strides in elements, 0: repeated. */
typedef struct {
  int64_t ndim, size;
  int64_t shape[MX_MAX_NDIM], a_stride[MX_MAX_NDIM], b_stride[MX_MAX_NDIM];
} binary_dims;
#define BINARY_FIELDS "ndim size shape:12 a_stride:12 b_stride:12"

typedef struct { int64_t size; } scalar_dims;

/* out[i] = f(a[i * sa], b[i * sb]); sa and sb in elements. */
typedef void (*binary_loop)(const void *a, const void *b, void *out, int64_t n, int64_t sa,
                            int64_t sb);

typedef struct {
  binary_loop loop;
  const char *a, *b;
  char *out;
  const binary_dims *dims;
  int64_t itemsize, out_size;   /* bytes of an element of the inputs, and of the result */
} binary_job;

enum { BINARY_CHUNK = 16384 };

/* The results from element `begin` on: whole or partial rows of the innermost axis. */
static inline void binary_range(const binary_job *job, int64_t begin, int64_t end) {
  const binary_dims *d = job->dims;
  const int64_t last = d->ndim - 1, inner = d->shape[last], size = job->itemsize;
  int64_t index[MX_MAX_NDIM], a = 0, b = 0, rest = begin;
  for (int64_t axis = last; axis >= 0; axis--) {
    index[axis] = rest % d->shape[axis];
    rest /= d->shape[axis];
    a += index[axis] * d->a_stride[axis];
    b += index[axis] * d->b_stride[axis];
  }
  while (begin < end) {
    int64_t n = inner - index[last];
    if (n > end - begin) n = end - begin;
    job->loop(job->a + a * size, job->b + b * size, job->out + begin * job->out_size, n,
              d->a_stride[last], d->b_stride[last]);
    begin += n;
    a += n * d->a_stride[last];
    b += n * d->b_stride[last];
    index[last] += n;
    for (int64_t axis = last; axis > 0 && index[axis] == d->shape[axis]; axis--) {
      a += d->a_stride[axis - 1] - d->shape[axis] * d->a_stride[axis];
      b += d->b_stride[axis - 1] - d->shape[axis] * d->b_stride[axis];
      index[axis] = 0;
      index[axis - 1]++;
    }
  }
}

static inline void binary_chunk(void *context, int64_t i) {
  const binary_job *job = context;
  const int64_t begin = i * BINARY_CHUNK, end = begin + BINARY_CHUNK;
  binary_range(job, begin, end < job->dims->size ? end : job->dims->size);
}

static inline int binary_run(const void *desc, void *const *ptr, int64_t itemsize,
                             int64_t out_size, binary_loop loop) {
  const binary_dims *d = desc;
  binary_job job = {loop, ptr[0], ptr[1], ptr[2], d, itemsize, out_size};
  if (d->size <= 2 * BINARY_CHUNK) {
    if (d->ndim == 1) loop(ptr[0], ptr[1], ptr[2], d->size, d->a_stride[0], d->b_stride[0]);
    else if (d->size) binary_range(&job, 0, d->size);
  } else {
    mx_rt->parallel_for(mx_ceil_div(d->size, BINARY_CHUNK), binary_chunk, &job);
  }
  return MX_OK;
}

/* An array and a scalar: the same loops with stride 0 on the scalar's side. */
static inline int scalar_run(const void *desc, const void *data, const void *scalar, void *out,
                             int64_t itemsize, int64_t out_size, binary_loop loop,
                             int scalar_first) {
  const int64_t size = ((const scalar_dims *)desc)->size;
  const binary_dims dims = {
      .ndim = 1, .size = size, .shape = {size}, .a_stride = {!scalar_first},
      .b_stride = {scalar_first}};
  void *const ptr[3] = {(void *)(scalar_first ? scalar : data),
                        (void *)(scalar_first ? data : scalar), out};
  return binary_run(&dims, ptr, itemsize, out_size, loop);
}
#endif
