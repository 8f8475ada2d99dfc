/* Which pixel stands for one outside of an image. */
#ifndef MX_IMAGE_BORDER_H
#define MX_IMAGE_BORDER_H

#include "multiversion.h"
#include "mx_image.h"

INLINE int64_t modulo(int64_t value, int64_t period) {
  const int64_t rest = value % period;
  return rest < 0 ? rest + period : rest;
}

/* 0 <= result < count, or -1 where the constant stands. */
INLINE int64_t border_pixel(int64_t at, int64_t count, int mode) {
  if (at >= 0 && at < count) return at;
  switch (mode) {
    case MX_IMAGE_REPLICATE: return at < 0 ? 0 : count - 1;
    case MX_IMAGE_WRAP: return modulo(at, count);
    case MX_IMAGE_REFLECT: {
      const int64_t turned = modulo(at, 2 * count);
      return turned < count ? turned : 2 * count - 1 - turned;
    }
    case MX_IMAGE_REFLECT101: {
      if (count == 1) return 0;
      const int64_t turned = modulo(at, 2 * count - 2);
      return turned < count ? turned : 2 * count - 2 - turned;
    }
    default: return -1;
  }
}

#endif
