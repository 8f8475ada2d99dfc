/* Padding by repeating the edge or by reflection; see csrc/cpu/pad.c. */
#include "prelude.cuh"
#if defined(DTYPE_1)
typedef uint8_t T;
#elif defined(DTYPE_2)
typedef uint16_t T;
#elif defined(DTYPE_4)
typedef uint32_t T;
#else
typedef uint64_t T;
#endif

struct pad_dims {
  int64_t ndim, x_shape[MX_MAX_NDIM], y_shape[MX_MAX_NDIM], before[MX_MAX_NDIM], is_reflect;
};

KERNEL(pad, pad_dims) {
  int64_t size = 1;
  for (int64_t axis = 0; axis < d.ndim; axis++) size *= d.y_shape[axis];
  EACH(i, size) {
    int64_t rest = i, from = 0, scale = 1;
    for (int64_t axis = d.ndim - 1; axis >= 0; axis--) {
      const int64_t n = d.x_shape[axis];
      int64_t at = rest % d.y_shape[axis] - d.before[axis];
      rest /= d.y_shape[axis];
      if (at < 0) at = d.is_reflect ? -at : 0;
      else if (at >= n) at = d.is_reflect ? 2 * n - 2 - at : n - 1;
      from += at * scale;
      scale *= n;
    }
    ((T *)args.ptr[1])[i] = ((const T *)args.ptr[0])[from];
  }
}
