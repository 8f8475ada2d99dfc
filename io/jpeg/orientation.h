/* How a JPEG is to be turned, which its EXIF segment says. */
#ifndef MX_JPEG_ORIENTATION_H
#define MX_JPEG_ORIENTATION_H

#include <stdint.h>

/* 1 to 8, EXIF's tag 0x0112; 1 where there is no such tag, or none that is whole. */
int mx_jpeg_orientation(const uint8_t *bytes, int64_t size);

#endif
