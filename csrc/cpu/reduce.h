/* Reductions: how the work is described and cut; the arithmetic is in reduce_impl.h. */
#ifndef MX_REDUCE_H
#define MX_REDUCE_H
#include "mx_kernel.h"
#include "mx_loops.h"

enum { REDUCE_DIMS = 6, REDUCE_TILE = 512, REDUCE_LANES = 64 };

/* The input's axes, merged where neighbours are both kept or both reduced, split in three:
 *   kept axes, outermost first; reduced axes likewise; and the innermost axis, of stride 1 and
 *   length `inner`, which is reduced if `is_row` and kept otherwise (it is in neither list).
 * An output sums over `count` elements.  A unit is up to `tile` outputs next to each other, a
 * task `group` units over `per_part` of their count; `parts` tasks share a unit. */
typedef struct {
  int64_t is_row, inner, outputs, count, divisor, tile, group, per_part, parts;
  int64_t num_kept, num_reduced;
  int64_t kept_size[REDUCE_DIMS], kept_stride[REDUCE_DIMS];
  int64_t reduced_size[REDUCE_DIMS], reduced_stride[REDUCE_DIMS];
} reduce_dims;

#define REDUCE_FIELDS                                                               \
  "is_row inner outputs count divisor tile group per_part parts num_kept "          \
  "num_reduced kept_size:6 kept_stride:6 reduced_size:6 reduced_stride:6"

typedef struct {
  const reduce_dims *d;
  const void *x;
  void *y, *partial;   /* partial: (parts, outputs), where parts > 1 */
} reduce_job;

/* Offset of the index-th element of the axes listed, in C order. */
static inline int64_t reduce_offset(int64_t index, int64_t n, const int64_t *size,
                                    const int64_t *stride) {
  int64_t offset = 0;
  while (n-- > 1) {
    offset += index % size[n] * stride[n];
    index /= size[n];
  }
  return n < 0 ? 0 : offset + index * stride[0];
}

/* Unit u: its first output, and how many outputs it has. */
static inline int64_t reduce_unit(const reduce_dims *d, int64_t u, int64_t *width) {
  const int64_t row = d->is_row ? d->outputs : d->inner;
  const int64_t tiles = (row + d->tile - 1) / d->tile;
  const int64_t begin = u % tiles * d->tile;
  *width = row - begin < d->tile ? row - begin : d->tile;
  return u / tiles * row + begin;
}

static inline int64_t reduce_units(const reduce_dims *d) {
  const int64_t row = d->is_row ? d->outputs : d->inner;
  return d->outputs ? d->outputs / row * ((row + d->tile - 1) / d->tile) : 0;
}

/* Runs task(job, i) for all tasks of the job; alone where there is too little to share. */
static inline void reduce_run(reduce_job *job, void (*task)(void *, int64_t)) {
  const reduce_dims *d = job->d;
  const int64_t count = (reduce_units(d) + d->group - 1) / d->group * d->parts;
  if (count > 1 && d->outputs * d->count >= 1 << 16) {
    mx_rt->parallel_for(count, task, job);
  } else {
    for (int64_t i = 0; i < count; i++) task(job, i);
  }
}
#endif
