/* Rounding as the processor does: halves to even. */
#ifndef MX_IMAGE_ROUNDING_H
#define MX_IMAGE_ROUNDING_H

#include "multiversion.h"

#include <math.h>

INLINE uint8_t saturated(int32_t value) {
  return (uint8_t)(value < 0 ? 0 : value > 255 ? 255 : value);
}

/* Adding 1.5 * 2^23 leaves no bits behind the point; unlike lrintf, this is done in vectors. */
INLINE int32_t rounded_between(float value, float low, float high) {
  const float big = 12582912.f, bound = value > low ? value < high ? value : high : low;
  return (int32_t)((bound + big) - big);
}

INLINE uint8_t rounded(float value) {
  return (uint8_t)rounded_between(value, 0, 255);
}

/* OpenCV's conversion of a border's value. */
INLINE uint8_t byte_of(double value) {
  return saturated((int32_t)nearbyint(value < -1 ? -1 : value > 256 ? 256 : value));
}

#endif
