/* Reductions over any axes: the rows that the CPU's kernels are made of, too. */
#include "prelude.cuh"

enum { MOST_AXES = 13 };

/* The input's axes, outermost first; kept and reduced ones alternate, the last one is reduced if
 * is_row.  mean: divide by the number of elements that each result is made of. */
struct reduce_dims { int64_t num_axes, size[MOST_AXES], is_row, mean; };

struct reduce_plan {
  int64_t outputs, count;
  int num_kept, num_reduced;
  int64_t kept_size[MOST_AXES], kept_stride[MOST_AXES];
  int64_t reduced_size[MOST_AXES], reduced_stride[MOST_AXES];
};

/* Both lists innermost axis first. */
static __attribute__((noinline)) reduce_plan plan_of(const reduce_dims &d) {
  reduce_plan p;
  int64_t stride = 1;
  p.outputs = p.count = 1;
  p.num_kept = p.num_reduced = 0;
  for (int64_t axis = d.num_axes - 1; axis >= 0; axis--) {
    if (((d.num_axes - 1 - axis) % 2 == 0) == (d.is_row != 0)) {
      p.reduced_size[p.num_reduced] = d.size[axis];
      p.reduced_stride[p.num_reduced++] = stride;
      p.count *= d.size[axis];
    } else {
      p.kept_size[p.num_kept] = d.size[axis];
      p.kept_stride[p.num_kept++] = stride;
      p.outputs *= d.size[axis];
    }
    stride *= d.size[axis];
  }
  return p;
}

/* Into how many parts the lines are cut: see mxlite/cuda/kernels/reductions.py. */
static int64_t parts_of(const reduce_plan &p, int64_t is_row) {
  const int64_t wanted = (is_row ? 1024 : 65536) / (p.outputs ? p.outputs : 1);
  const int64_t most = p.count / (is_row ? 8192 : 128);
  const int64_t parts = wanted < most ? wanted : most;
  return parts < 1 ? 1 : parts;
}

static __attribute__((noinline)) int64_t offset_in(int64_t index, int n, const int64_t *size, const int64_t *stride) {
  int64_t offset = 0;
  for (int axis = 0; axis < n - 1; axis++) {
    offset += index % size[axis] * stride[axis];
    index /= size[axis];
  }
  return offset + index * stride[n - 1];
}
/* Of an index within n axes; a single one needs no division. */
static int64_t offset_of(int64_t index, int n, const int64_t *size, const int64_t *stride) {
  return n == 0 ? 0 : n == 1 ? index * stride[0] : offset_in(index, n, size, stride);
}

#define PASTE(a, b) PASTE_(a, b)
#define PASTE_(a, b) a##b
#if IS_INTEGER
#include "reduce_integer.h"
#else
#include "reduce_float.h"
#endif
