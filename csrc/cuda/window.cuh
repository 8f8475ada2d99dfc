/* Windows that move over an image of three axes: tap k of output o of an axis lies on the image's item
 * o * stride + k * dilate - pad.  Dims: a descriptor with size, out, kernel, stride, dilate, pad. */
#ifndef MX_WINDOW_CUH
#define MX_WINDOW_CUH
#include "prelude.cuh"

static int64_t volume(const int64_t *size) { return size[0] * size[1] * size[2]; }

/* The item of the image under tap `tap` of output `pixel`; -1: it is outside. */
template <typename Dims> static int64_t image_at(const Dims &d, int64_t tap, int64_t pixel) {
  int64_t at = 0, step = 1;
  for (int axis = 2; axis >= 0; axis--) {
    const int64_t i = pixel % d.out[axis] * d.stride[axis] + tap % d.kernel[axis] * d.dilate[axis] -
                      d.pad[axis];
    if (i < 0 || i >= d.size[axis]) return -1;
    at += i * step;
    step *= d.size[axis];
    pixel /= d.out[axis];
    tap /= d.kernel[axis];
  }
  return at;
}

/* The output whose tap `tap` lies on item `at` of the image; -1: there is none. */
template <typename Dims> static int64_t output_at(const Dims &d, int64_t tap, int64_t at) {
  int64_t pixel = 0, step = 1;
  for (int axis = 2; axis >= 0; axis--) {
    const int64_t from = at % d.size[axis] + d.pad[axis] - tap % d.kernel[axis] * d.dilate[axis];
    const int64_t o = from / d.stride[axis];
    if (from < 0 || from % d.stride[axis] || o >= d.out[axis]) return -1;
    pixel += o * step;
    step *= d.out[axis];
    at /= d.size[axis];
    tap /= d.kernel[axis];
  }
  return pixel;
}
#endif
