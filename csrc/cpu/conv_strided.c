/* Convolution with a window of one and a stride, and the gradient of its data: conv_pointwise.c on a copy
 * of the pixels that the window meets.  The gradient of the others is zero. */
#include <string.h>

#include "conv_plan.h"

enum { COPY_BYTES = 4 << 20 };      /* of pixels copied at a time */

/* The same convolution of the pixels alone, of so many images. */
static conv_dims without_stride(const conv_dims *d, int64_t images) {
  conv_dims dense = *d;
  dense.N = images;
  for (int i = 0; i < 3; i++) dense.size[i] = d->out[i], dense.stride[i] = 1;
  return dense;
}

/* Some images, and their pixels that are met. */
typedef struct {
  const conv_dims *d;
  void *images, *pixels;
} strided_job;

#define MX_BODY "conv_strided_impl.h"
#include "mx_each_float.h"
