/* Regions whose bins move, and turned regions, for the CPU and the GPU. */
#ifndef ROI_MOVED_H
#define ROI_MOVED_H
#include <stdint.h>

/* samples: of a bin, along each axis; deviation: factor of the moves. */
typedef struct {
  int64_t N, planes, H, W, R, C, P, group, part, samples, classes, has_moves;
  double scale, deviation;
} roi_deformable_dims;

typedef struct {
  int64_t N, C, H, W, R, PH, PW, ratio;
  double scale;
} rroi_dims;

enum { TURNED_SAMPLES = 1 << 24 };   /* of a region, at most */

/* Which of the part^2 moves of its class a bin has. */
static inline int64_t part_of(const roi_deformable_dims *d, int64_t bin) {
  return bin / d->P * d->part / d->P * d->part + bin % d->P * d->part / d->P;
}
#endif
