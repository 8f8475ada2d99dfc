/* Four floats at a time: a pixel of 3 or 4 channels, whatever lies in the fourth place. */
#ifndef MX_IMAGE_FOUR_H
#define MX_IMAGE_FOUR_H

#include <string.h>

typedef float four __attribute__((vector_size(16)));

static inline four four_at(const float *values) {
  four loaded;
  memcpy(&loaded, values, sizeof loaded);
  return loaded;
}

static inline void put_four(float *values, four stored) {
  memcpy(values, &stored, sizeof stored);
}

#endif
