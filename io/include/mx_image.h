/* Images in memory: resizing, borders, affine maps, colours, and the way into a batch.

   The values are those of OpenCV 3.4.2, which MXNet 1.9.1 holds; where they are not to the last
   bit, it is said.  Nothing here prints, exits or knows Python, keeps anything between two calls,
   or reads pixels outside the images it is given. */
#ifndef MX_IMAGE_H
#define MX_IMAGE_H

#include <stdint.h>

enum {
  MX_IMAGE_OK,
  MX_IMAGE_MEMORY,         /* no memory for scratch */
  MX_IMAGE_ARGUMENT,       /* an unknown mode, or dtypes or channels that differ */
  MX_IMAGE_EMPTY,          /* an image without pixels */
  MX_IMAGE_SIZE            /* more than 2^30 elements in a row, or 2^30 rows */
};

enum { MX_IMAGE_U8, MX_IMAGE_F32, MX_IMAGE_I8 };       /* I8: of planes only */

enum { MX_IMAGE_NEAREST, MX_IMAGE_LINEAR, MX_IMAGE_CUBIC, MX_IMAGE_AREA, MX_IMAGE_LANCZOS4 };

enum {
  MX_IMAGE_CONSTANT,       /* vvv|abcd|vvv */
  MX_IMAGE_REPLICATE,      /* aaa|abcd|ddd */
  MX_IMAGE_REFLECT,        /* cba|abcd|dcb */
  MX_IMAGE_WRAP,           /* bcd|abcd|abc */
  MX_IMAGE_REFLECT101      /* dcb|abcd|cba */
};

/* (height, width, channels) pixels.  A part of an image is one as well: its first pixel, and the
   whole image's stride. */
typedef struct mx_image {
  void *pixels;
  int64_t height, width, channels;
  int64_t stride;          /* bytes from a row to the next */
  int dtype;
} mx_image;

/* Resize src to the size of dst. */
int mx_image_resize(const mx_image *src, const mx_image *dst, int interp);

/* dst becomes the part from (top, left) of what src is when resized to (height, width): the values
   of resizing and then cutting, in less time. */
int mx_image_resize_part(const mx_image *src, int64_t height, int64_t width, int64_t top,
                         int64_t left, const mx_image *dst, int interp);

/* src from (top, left) of dst on, with a border around it.  values: of each channel, for
   MX_IMAGE_CONSTANT. */
int mx_image_pad(const mx_image *src, const mx_image *dst, int64_t top, int64_t left, int mode,
                 const double *values);

/* matrix: (2, 3), which takes (x, y, 1) of src to (x, y) of dst; bytes only.  interp: area is
   bilinear.  Places are rounded to 1/32 pixel, and weights to 2^-15. */
int mx_image_warp_affine(const mx_image *src, const mx_image *dst, const double *matrix, int interp,
                         int border, const double *values);

/* Left to right, or top to bottom; not in place. */
int mx_image_flip(const mx_image *src, const mx_image *dst, int is_upside_down);

/* Bytes; hue 0 to 179 (of 2 degrees), lightness and saturation 0 to 255.  dst may be src. */
int mx_image_rgb_to_hls(const mx_image *src, const mx_image *dst);
int mx_image_hls_to_rgb(const mx_image *src, const mx_image *dst);

/* Bytes, three channels to one: 0.299 red + 0.587 green + 0.114 blue, in 1 / 2^14. */
int mx_image_rgb_to_gray(const mx_image *src, const mx_image *dst);

/* What follows is of bytes or floats, with one or three channels, and dst may be src; it is what
   MXNet's operators do: in float32, and bytes are cut to 0..255, then towards 0, not rounded. */

/* factor x + shift, shift of each channel. */
int mx_image_blend(const mx_image *src, const mx_image *dst, float factor, const float *shift);

/* Of all pixels, summed one by one: 0.299 red + 0.587 green + 0.114 blue, or the one channel. */
int mx_image_mean_luminance(const mx_image *src, float *mean);

/* Three channels: factor x + (1 - factor) times the pixel's luminance. */
int mx_image_saturate(const mx_image *src, const mx_image *dst, float factor);

/* Three channels: the hue turned by `turn` circles, through (hue, lightness, saturation). */
int mx_image_turn_hue(const mx_image *src, const mx_image *dst, float turn);

/* Planes (planes, height, width), contiguous, apart in memory.  The pixel (x, y) from the middle
   becomes what is at (x cos - y sin, x sin + y cos), bilinear; outside the image is 0. */
int mx_image_rotate(const float *src, float *dst, int64_t planes, int64_t height, int64_t width,
                    float cos, float sin);

/* The last step into a batch, which has the channels first. */
typedef struct mx_image_planes {
  void *values;            /* (channels, height, width), contiguous */
  int dtype;               /* U8: the bytes as they are; I8: rounded, and -128 to 127 */
  int is_mirrored;         /* left to right */
  const float *mean;       /* (channels,), or NULL: 0 */
  const float *mean_image; /* like `values` before mirroring, in place of `mean`, or NULL */
  const float *scale;      /* (channels,), or NULL: 1 */
  const float *shift;      /* (channels,), or NULL: 0 */
} mx_image_planes;

/* values = (pixel - mean) scale + shift, of bytes. */
int mx_image_to_planes(const mx_image *src, const mx_image_planes *out);

#endif
