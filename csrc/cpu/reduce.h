/* Reductions: how the work is described and cut; the arithmetic is in reduce_impl.h. */
#ifndef MX_REDUCE_H
#define MX_REDUCE_H
#include "mx_kernel.h"
#include "mx_loops.h"
#include "mx_scratch.h"
#include "mx_size.h"

enum {
  REDUCE_DIMS = 6,           /* kept axes, and reduced axes, beside the innermost one */
  REDUCE_TILE = 512,         /* outputs that a task keeps side by side, at most */
  REDUCE_LANES = 64,
  REDUCE_TASK = 1 << 15,     /* elements a task should have, at least */
  REDUCE_PART = 1 << 16,     /* elements of a unit that are worth a task of their own */
  REDUCE_TASKS = 16,         /* so many tasks are enough: units are not shared then */
  REDUCE_PARTS = 64,
  REDUCE_SHARED = 1 << 16,   /* elements that are worth waking other threads */
};

/* The input's axes, outermost first and of length `size`.  Neighbours that are both kept or both
 * reduced are merged, so that the two kinds alternate; the last axis is reduced if is_row.  mean:
 * divide the results by the number of elements that each is made of. */
typedef struct {
  int64_t num_axes, size[2 * REDUCE_DIMS + 1], is_row, mean;
} reduce_dims;

#define REDUCE_FIELDS "num_axes size:13 is_row mean"

/* The axes split in three: the kept ones, outermost first; the reduced ones likewise; and the
 * innermost axis, of stride 1 and length `inner` (it is in neither list).
 * An output sums over `count` elements.  A unit is up to `tile` outputs next to each other, a
 * task `group` units over `per_part` of their count; `parts` tasks share a unit. */
typedef struct {
  int64_t is_row, inner, outputs, count, divisor, tile, group, per_part, parts;
  int64_t num_kept, num_reduced;
  int64_t kept_size[REDUCE_DIMS], kept_stride[REDUCE_DIMS];
  int64_t reduced_size[REDUCE_DIMS], reduced_stride[REDUCE_DIMS];
} reduce_plan;

typedef struct {
  const reduce_plan *plan;
  const void *x;
  void *y, *partial;   /* partial: (parts, outputs), where parts > 1 */
} reduce_job;

static inline int64_t reduce_between(int64_t x, int64_t low, int64_t high) {
  return x < low ? low : x > high ? high : x;
}

/* Fixed by the sizes alone: every sum is cut in the same places for any number of threads. */
static inline void reduce_cut(reduce_plan *p) {
  const int64_t count = p->count < 1 ? 1 : p->count, work = p->outputs * count;
  p->tile = p->is_row ? REDUCE_TILE : reduce_between(p->inner, 1, REDUCE_TILE);
  p->group = p->is_row ? 1 : REDUCE_TASK;
  p->parts = 1;
  p->per_part = p->count;
  if (work <= REDUCE_TASK) return;      /* one task, whatever its tiles: no divisions */
  const int64_t fit = REDUCE_TASK / count;
  if (p->is_row) p->tile = reduce_between(fit, 1, REDUCE_TILE);
  else p->group = reduce_between(fit / p->tile, 1, REDUCE_TASK);
  const int64_t share = p->tile * p->group;
  if (work < 2 * REDUCE_PART || p->outputs > (REDUCE_TASKS - 1) * share) return;
  const int64_t tasks = mx_ceil_div(p->outputs, share);
  const int64_t most_parts = count < REDUCE_PARTS ? count : REDUCE_PARTS;
  p->parts = reduce_between(work / (tasks * REDUCE_PART), 1, most_parts);
  p->per_part = mx_ceil_div(p->count, p->parts);
}

static inline reduce_plan reduce_plan_of(const reduce_dims *d) {
  const int64_t last = d->num_axes - 1, like_last = last / 2;
  reduce_plan p;
  p.is_row = d->is_row;
  p.inner = d->size[last];
  p.num_reduced = d->is_row ? like_last : last - like_last;
  p.num_kept = last - p.num_reduced;
  p.outputs = d->is_row ? 1 : p.inner;
  p.count = d->is_row ? p.inner : 1;
  int64_t stride = p.inner, kept = p.num_kept, reduced = p.num_reduced;
  for (int64_t axis = last - 1; axis >= 0; axis--) {
    const int64_t size = d->size[axis];
    if (((last - axis) % 2 == 0) == d->is_row) {
      p.reduced_size[--reduced] = size;
      p.reduced_stride[reduced] = stride;
      p.count = mx_product(p.count, size);
    } else {
      p.kept_size[--kept] = size;
      p.kept_stride[kept] = stride;
      p.outputs = mx_product(p.outputs, size);
    }
    stride = mx_product(stride, size);
  }
  p.divisor = d->mean ? p.count : 1;
  reduce_cut(&p);
  return p;
}

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
static inline int64_t reduce_unit(const reduce_plan *p, int64_t u, int64_t *width) {
  const int64_t row = p->is_row ? p->outputs : p->inner;
  const int64_t tiles = mx_ceil_div(row, p->tile);
  const int64_t begin = u % tiles * p->tile;
  *width = row - begin < p->tile ? row - begin : p->tile;
  return u / tiles * row + begin;
}

static inline int64_t reduce_units(const reduce_plan *p) {
  const int64_t row = p->is_row ? p->outputs : p->inner;
  return p->outputs ? p->outputs / row * mx_ceil_div(row, p->tile) : 0;
}

/* Runs task(job, i) for all tasks of the job; alone where there is too little to share. */
static inline void reduce_run(reduce_job *job, void (*task)(void *, int64_t)) {
  const reduce_plan *p = job->plan;
  const int64_t count = mx_ceil_div(reduce_units(p), p->group) * p->parts;
  if (count > 1 && p->outputs * p->count >= REDUCE_SHARED) {
    mx_rt->parallel_for(count, task, job);
  } else {
    for (int64_t i = 0; i < count; i++) task(job, i);
  }
}
#endif
