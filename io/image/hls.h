/* Between red, green, blue and hue, lightness, saturation. */
#ifndef MX_IMAGE_HLS_H
#define MX_IMAGE_HLS_H

#include "multiversion.h"

INLINE float least(float a, float b) { return a < b ? a : b; }
INLINE float most(float a, float b) { return a > b ? a : b; }

/* What lightness and saturation leave a colour: 0 to 1. */
typedef struct mx_range {
  float low, high;
} mx_range;

INLINE mx_range range_of(float light, float part) {
  const float dark = light * (1 + part), bright = light + part - light * part;
  const float high = light <= 0.5f ? dark : bright;
  return (mx_range){2 * light - high, high};
}

/* A colour `step` sixths of the circle behind where it begins to rise, and `rest` of a sixth: it
   rises, is high for two sixths, falls, and is low for two. */
INLINE float in_sector(float step, mx_range range, float rest) {
  const float from = step + (step < 0 ? 6.f : 0.f);
  const float rising = from == 0 ? rest : 0.f, falling = from == 3 ? 1 - rest : 0.f;
  const float between = range.low + (range.high - range.low) * (rising + falling);
  return (from > 0) & (from < 3) ? range.high : between;
}

#endif
