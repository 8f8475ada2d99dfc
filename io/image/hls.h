/* Between red, green, blue and hue, lightness, saturation. */
#ifndef MX_IMAGE_HLS_H
#define MX_IMAGE_HLS_H

#include "multiversion.h"

#include <float.h>

INLINE float least(float a, float b) { return a < b ? a : b; }
INLINE float most(float a, float b) { return a > b ? a : b; }

/* What lightness and saturation leave a colour: 0 to 1. */
typedef struct mx_range {
  float low, high;
} mx_range;

INLINE mx_range range_of(float light, float part) {
  const float dark = light * (1 + part), bright = light + part - light * part;
  const float high = light <= 0.5f ? dark : bright;
  const mx_range range = {2 * light - high, high};
  return range;
}

/* A colour `step` sixths of the circle behind where it begins to rise, and `rest` of a sixth: it
   rises, is high for two sixths, falls, and is low for two. */
INLINE float in_sector(float step, mx_range range, float rest) {
  const float from = step + (step < 0 ? 6.f : 0.f);
  const float rising = from == 0 ? rest : 0.f, falling = from == 3 ? 1 - rest : 0.f;
  const float between = range.low + (range.high - range.low) * (rising + falling);
  return (from > 0) & (from < 3) ? range.high : between;
}

/* Back into the circle, of which `place` counts the sixths. */
INLINE float around(float place) {
  const float positive = place + (place < 0 ? 6.f : 0.f);
  return positive - (positive >= 6 ? 6.f : 0.f);
}

typedef struct mx_colour {
  float x, y, z;
} mx_colour;

/* Degrees, lightness and saturation (0 to 1) of red, green and blue (0 to 255).  Without branches,
   so that it is done in vectors; what gray divides by 0 is not taken. */
INLINE mx_colour hls_of(float red, float green, float blue) {
  const float r = red / 255.f, g = green / 255.f, b = blue / 255.f;
  const float high = most(most(r, g), b), low = least(least(r, g), b);
  const float spread = high - low, sum = high + low, light = sum * 0.5f;
  const float part = spread / (light < 0.5f ? sum : 2 - high - low), turn = 60.f / spread;
  const float from_red = (g - b) * turn, from_green = (b - r) * turn + 120.f,
              from_blue = (r - g) * turn + 240.f;
  const float hue = high == r ? from_red : high == g ? from_green : from_blue;
  const float positive = hue < 0 ? hue + 360.f : hue;
  const mx_colour colour = {
      (spread > FLT_EPSILON) & (hue == hue) ? positive : 0.f,    /* hue: of NaN, NaN */
      light, spread > FLT_EPSILON ? part : 0.f};
  return colour;
}

/* Red, green and blue of a colour whose hue is turned by so many circles; whole: 6 for each whole
   one. */
INLINE mx_colour turned(float hue, float light, float part, float turn, float whole) {
  const mx_range range = range_of(light, part);
  const float place = around((hue + turn * 360.f) * (6.f / 360.f) - whole);
  const float sector = (float)(int32_t)place, rest = place - sector;
  const mx_colour colour = {in_sector(sector - 4, range, rest) * 255.f,
                            in_sector(sector, range, rest) * 255.f,
                            in_sector(sector - 2, range, rest) * 255.f};
  return colour;
}

#endif
