/* Where taps with offsets read an image, for the CPU and the GPU. */
#ifndef DEFORMABLE_PLACE_H
#define DEFORMABLE_PLACE_H
#include <math.h>
#include <stdint.h>

typedef struct {
  int64_t N, C, groups, size[2], out[2], kernel[2], stride[2], dilate[2], pad[2], has_mask;
} deformable_dims;

/* One axis of a position: pixels `at` and next, their weights, and the weights' slopes. */
typedef struct {
  int64_t at, next;
  double w[2], slope[2];
} deformable_axis;

/* Does the position lie where there is an image? */
static inline int deformable_place(double at, int64_t size, int fades, deformable_axis *axis) {
  if (!(at > -1 && at < (double)size) || (!fades && at < 0)) return 0;
  const double low = floor(at), rest = at - low;
  const int64_t first = (int64_t)low;
  const int has_first = first >= 0, has_next = first + 1 < size;
  axis->at = has_first ? first : 0;
  axis->next = has_next ? first + 1 : axis->at;
  axis->w[0] = has_first ? 1 - rest : 0;
  axis->w[1] = has_next ? rest : 0;
  axis->slope[0] = has_first ? -1 : 0;
  axis->slope[1] = has_next ? 1 : 0;
  if (!fades && !has_next) {
    axis->w[0] = 1;
    axis->slope[0] = 0;
  }
  return 1;
}
#endif
