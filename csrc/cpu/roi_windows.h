/* Bins of whole pixels, for the CPU and the GPU. */
#ifndef ROI_WINDOWS_H
#define ROI_WINDOWS_H
#include <stdint.h>

/* planes: C' of x. */
typedef struct {
  int64_t N, planes, H, W, R, C, PH, PW, group;
  double scale;
} roi_pool_dims;

/* A bin's pixels: rows [top, bottom), columns [left, right). */
typedef struct { int64_t top, bottom, left, right; } roi_window;

/* An integer of at most a billion; NaN is 0. */
static inline int64_t whole(double x) {
  return !(x >= -1e9) ? (x < 0 ? -1000000000 : 0) : x > 1e9 ? 1000000000 : (int64_t)x;
}

static inline int64_t clamp(int64_t x, int64_t high) { return x < 0 ? 0 : x > high ? high : x; }

static inline int is_empty(const roi_window *window) {
  return window->bottom <= window->top || window->right <= window->left;
}

/* Which plane of an image channel c reads for a bin: bins of a group have one in common. */
static inline int64_t psroi_plane(const roi_pool_dims *d, int64_t c, int64_t bin) {
  const int64_t row = bin / d->PW * d->group / d->PH, column = bin % d->PW * d->group / d->PW;
  return (c * d->group + row) * d->group + column;
}
#endif
