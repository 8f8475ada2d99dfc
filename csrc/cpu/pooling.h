/* Pooling windows: sizes, and the walk over a run of windows, for all dtypes. */
#ifndef MX_POOLING_H
#define MX_POOLING_H
#include "mx_kernel.h"
#include "mx_loops.h"
#include "mx_size.h"

/* data (outer, D, H, W, inner) -> out (outer, OD, OH, OW, inner); each [3] is d, h, w. */
typedef struct {
  int64_t outer, inner, size[3], out[3], kernel[3], stride[3], pad[3];
  int64_t is_average, count_pad;
} pool_dims;
#define POOL_FIELDS \
  "outer inner size:3 out:3 kernel:3 stride:3 pad:3 is_average count_pad"

/* A run is up to POOL_LANES outputs side by side: n neighbours along w, of each `width` channels.
 * POOL_BOX: elements of rows in their frame, at most; see pooling_box_impl.h.  POOL_PLANE: of rows of
 * a plane, see pooling_depth_impl.h. */
enum { POOL_LANES = 128, POOL_LONG = 16, POOL_WORK = 1 << 14, POOL_BOX = 2048, POOL_PLANE = 4096 };

/* The rows of data under a run.
 * inner == 1: lane l of a row reads data[base + at + l * S + k], k in [0, K): all of them for lanes
 * in [low, high), those inside the data for the others.
 * Otherwise: channel c of neighbour j, lane j * width + c, reads data[base + at + j * hop + c], for
 * j in [low, high); the others have nothing there. */
typedef struct {
  int64_t base, at, K, S, low, high, n, width, hop;
  int64_t corner[3], first[3], last[3], k[3];
} pool_walk;

/* How many neighbours a run has; there may be no channels at all. */
static inline int64_t pool_neighbours(const pool_dims *d) {
  return d->inner && d->inner < POOL_LANES ? POOL_LANES / d->inner : 1;
}

static inline int64_t pool_between(int64_t x, int64_t low, int64_t high) {
  return x < low ? low : x > high ? high : x;
}

/* x / S; most windows have no stride, and a division takes as long as a row of a small image. */
static inline int64_t pool_strides(int64_t x, int64_t S) { return S == 1 ? x : x / S; }

/* The walk over n neighbours from output o on, and `width` channels from `channel` on. */
static inline pool_walk pool_begin(const pool_dims *d, const int64_t *o, int64_t channel, int64_t n,
                                   int64_t width) {
  pool_walk walk = {.K = 1, .S = 1, .high = n, .n = n, .width = width,
                    .hop = d->stride[2] * d->inner};
  for (int i = 0; i < 3; i++) {
    walk.corner[i] = o[i] * d->stride[i] - d->pad[i];
    walk.first[i] = walk.corner[i] < 0 ? -walk.corner[i] : 0;
    walk.last[i] = pool_between(d->size[i] - walk.corner[i], 0, d->kernel[i]);
  }
  const int64_t *corner = walk.corner;
  walk.base = ((corner[0] * d->size[1] + corner[1]) * d->size[2] + corner[2]) * d->inner + channel;
  if (d->inner == 1) {
    walk.K = d->kernel[2];
    walk.S = d->stride[2];
    const int64_t room = d->size[2] - walk.K - corner[2];   /* lane * S may be so much */
    if (corner[2] < 0) walk.low = pool_between(pool_strides(walk.S - 1 - corner[2], walk.S), 0, n);
    if (room < (n - 1) * walk.S)
      walk.high = room < 0 ? walk.low : pool_between(pool_strides(room, walk.S) + 1, walk.low, n);
    walk.first[2] = 0;
    walk.last[2] = 1;
  } else if (n > 1) {
    walk.first[2] = 0;
    walk.last[2] = d->kernel[2];
  }
  for (int i = 0; i < 3; i++) walk.k[i] = walk.first[i];
  walk.k[2]--;
  return walk;
}

/* On to the next row; 0: there is none left. */
static inline int pool_next(const pool_dims *d, pool_walk *walk) {
  if (++walk->k[2] >= walk->last[2]) {
    walk->k[2] = walk->first[2];
    if (++walk->k[1] >= walk->last[1]) {
      walk->k[1] = walk->first[1];
      ++walk->k[0];
    }
  }
  for (int i = 0; i < 3; i++)
    if (walk->k[i] >= walk->last[i]) return 0;
  walk->at = ((walk->k[0] * d->size[1] + walk->k[1]) * d->size[2] + walk->k[2]) * d->inner;
  if (d->inner > 1 && walk->n > 1) {
    const int64_t S = d->stride[2], begin = walk->corner[2] + walk->k[2];
    const int64_t left = d->size[2] - 1 - begin;
    walk->low = begin < 0 ? pool_between(pool_strides(S - 1 - begin, S), 0, walk->n) : 0;
    walk->high = left < 0 ? walk->low : pool_between(pool_strides(left, S) + 1, walk->low, walk->n);
  }
  return 1;
}

/* Lane l's taps along w that lie inside the data: [*first, end); for lanes outside [low, high). */
static inline int64_t pool_edge(const pool_dims *d, const pool_walk *walk, int64_t l,
                                int64_t *first) {
  const int64_t begin = walk->corner[2] + l * walk->S;
  *first = begin < 0 ? -begin : 0;
  return pool_between(d->size[2] - begin, 0, walk->K);
}

/* How many elements an average counts along one axis. */
static inline int64_t pool_extent(const pool_dims *d, int axis, int64_t o) {
  int64_t begin = o * d->stride[axis] - d->pad[axis], end = begin + d->kernel[axis];
  const int64_t limit = d->size[axis] + (d->count_pad ? d->pad[axis] : 0);
  if (end > limit) end = limit;
  if (begin < 0 && !d->count_pad) begin = 0;
  return end > begin ? end - begin : 0;
}

static inline int64_t pool_plane(const pool_dims *d) {
  return d->size[0] * d->size[1] * d->size[2] * d->inner;
}

static inline int64_t pool_outputs(const pool_dims *d) {
  return d->out[0] * d->out[1] * d->out[2] * d->inner;
}

typedef struct {
  const pool_dims *d;
  void *const *ptr;
  int64_t units, group;
} pool_job;

/* Shares out `units` of about `work` element visits each. */
static inline int pool_run(const pool_dims *d, void *const *ptr, int64_t units, int64_t work,
                           void (*task)(void *, int64_t)) {
  pool_job job = {d, ptr, units, work < POOL_WORK ? 1 + POOL_WORK / (1 + work) : 1};
  const int64_t count = mx_ceil_div(units, job.group);
  if (count > 1) mx_rt->parallel_for(count, task, &job);
  else if (count) task(&job, 0);
  return MX_OK;
}
#endif
