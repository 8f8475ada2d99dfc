/* The descriptor of the convolutions: 3-D; of fewer dimensions, the leading axes have length 1.
 *
 * data (N, groups * C, *size), weight (groups * F, C, *kernel) -> (N, groups * F, *out):
 * position h of an axis of data meets tap k of the window in out where
 * h = out * stride + k * dilate - pad. */
#ifndef CONV_H
#define CONV_H
#include <stdint.h>

typedef struct {
  int64_t N, groups, C, F, size[3], out[3], kernel[3], stride[3], dilate[3], pad[3], has_bias;
  int64_t images;   /* to work on at a time, of depthwise the tasks: bounds the scratch block */
} conv_dims;

#define CONV_FIELDS \
  "N groups C F size:3 out:3 kernel:3 stride:3 dilate:3 pad:3 has_bias images"

static inline int64_t volume(const int64_t *size) { return size[0] * size[1] * size[2]; }
#endif
