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
static reduce_plan plan_of(const reduce_dims &d) {
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

static int64_t offset_of(int64_t index, int n, const int64_t *size, const int64_t *stride) {
  int64_t offset = 0;
  for (int axis = 0; axis < n; axis++) {
    offset += index % size[axis] * stride[axis];
    index /= size[axis];
  }
  return offset;
}

#if IS_INTEGER
#include "reduce_integer.h"
#else
#include "reduce_float.h"
#endif
