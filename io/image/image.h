/* What all of this folder uses. */
#ifndef MX_IMAGE_IMAGE_H
#define MX_IMAGE_IMAGE_H

#include "mx_image.h"

static inline uint8_t *row_of(const mx_image *image, int64_t y) {
  return (uint8_t *)image->pixels + y * image->stride;
}

static inline int64_t pixel_bytes(const mx_image *image) {
  return image->channels * (image->dtype == MX_IMAGE_U8 ? 1 : 4);
}

static inline int is_empty(const mx_image *image) {
  return image->height < 1 || image->width < 1;
}

static inline int are_alike(const mx_image *one, const mx_image *other) {
  return one->dtype == other->dtype && one->channels == other->channels && one->channels > 0 &&
         (one->dtype == MX_IMAGE_U8 || one->dtype == MX_IMAGE_F32);
}

#endif
