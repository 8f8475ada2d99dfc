/* The rows, or columns, that each of another number of them is made of; for the CPU and the GPU. */
#ifndef RESAMPLE_BAND_H
#define RESAMPLE_BAND_H
#include <stdint.h>

/* x (planes, *size), y (planes, *out). */
typedef struct {
  int64_t planes, size[2], out[2], mode;
} resample_dims;

enum {
  NEAREST,            /* size divides out, or out is size */
  AVERAGE,            /* part i of n: from floor(i * size / n) to ceil((i + 1) * size / n) */
  LINEAR_CORNERS,     /* the outermost items stay where they are */
  LINEAR_AREAS,       /* items are areas: item i lies at (i + 0.5) * size / out - 0.5 */
};
/* Items first .. first + count - 1 of an axis: the first one with weight w0, others with w1. */
typedef struct {
  int64_t first, count;
  double w0, w1;
} band;

static inline band make_band(int64_t first, int64_t count, double w0, double w1) {
  const band b = {first, count, w0, w1};
  return b;
}

static inline band band_of(int64_t mode, int64_t size, int64_t out, int64_t i) {
  if (mode == NEAREST) return make_band(i / (out / size), 1, 1, 0);
  if (mode == AVERAGE) {
    const int64_t first = i * size / out, end = ((i + 1) * size + out - 1) / out;
    return make_band(first, end - first, 1.0 / (double)(end - first), 1.0 / (double)(end - first));
  }
  double at = 0;
  if (size == out) at = (double)i;
  else if (out > 1 && mode == LINEAR_CORNERS) at = (double)i * (double)(size - 1) / (double)(out - 1);
  else if (out > 1) at = ((double)i + 0.5) * (double)size / (double)out - 0.5;
  if (at < 0) at = 0;
  int64_t first = (int64_t)at;
  if (first > size - 1) first = size - 1;
  const double rest = at - (double)first;
  return first < size - 1 ? make_band(first, 2, 1 - rest, rest) : make_band(first, 1, 1, 0);
}
#endif
