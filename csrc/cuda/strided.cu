/* Copies between strided arrays; see csrc/cpu/strided_copy.c for what each does.  The kernels that
 * leave some of y as it was run in two steps: all of y, then x into its place. */
#include "prelude.cuh"
#include "item.cuh"

struct strided_dims {
  int64_t ndim, shape[MX_MAX_NDIM], x_stride[MX_MAX_NDIM], y_stride[MX_MAX_NDIM];
  int64_t x_offset, y_offset, y_size, y_at, value;
};

static void place(const strided_dims &d, const item *x, item *y, const item *scalar) {
  int64_t size = 1;
  for (int64_t axis = 0; axis < d.ndim; axis++) size *= d.shape[axis];
  EACH(i, size) {
    int64_t rest = i, from = d.x_offset, to = d.y_offset;
    for (int64_t axis = d.ndim - 1; axis > 0; axis--) {
      const int64_t at = rest % d.shape[axis];
      rest /= d.shape[axis];
      from += at * d.x_stride[axis];
      to += at * d.y_stride[axis];
    }
    from += rest * d.x_stride[0];             /* one axis needs no division */
    to += rest * d.y_stride[0];
    y[to] = scalar ? *scalar : x[from];
  }
}

#define Y ((item *)args.ptr[d.y_at])
#define X(k) ((const item *)args.ptr[k])
KERNEL(strided_copy, strided_dims) { place(d, X(0), Y, nullptr); }
KERNEL(strided_place, strided_dims) { place(d, X(0), Y, nullptr); }
KERNEL(strided_place_first, strided_dims) { EACH(i, d.y_size) Y[i] = (item)d.value; }
KERNEL(strided_assign, strided_dims) { place(d, X(1), Y, nullptr); }
KERNEL(strided_assign_first, strided_dims) {
  if (X(0) == Y) return;
  EACH(i, d.y_size) Y[i] = X(0)[i];
}
KERNEL(strided_assign_scalar, strided_dims) {
  const item scalar = (item)mx_item_bits(args.scalar[0].f, d.value);
  place(d, nullptr, Y, &scalar);
}
KERNEL(strided_assign_scalar_first, strided_dims) {
  if (X(0) == Y) return;
  EACH(i, d.y_size) Y[i] = X(0)[i];
}
