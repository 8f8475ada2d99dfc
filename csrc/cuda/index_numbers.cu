/* Numbers of places in the flattened form of an array, and places of numbers, in any dtype. */
#include "prelude.cuh"

struct place_dims { int64_t n, ndim, shape[MX_MAX_NDIM]; };

#if IS_INTEGER
#define WHOLE(x) ((int64_t)(x))
#else
#define WHOLE(x) mx_truncate64((double)LOAD(x))
#endif

/* data (ndim, n) -> numbers (n). */
KERNEL(ravel, place_dims) {
  EACH(i, d.n) {
    int64_t number = 0;
    for (int64_t axis = 0; axis < d.ndim; axis++) number = number * d.shape[axis] + WHOLE(IN(0)[axis * d.n + i]);
    OUT(1)[i] = STORE((wide)number);
  }
}

/* numbers (n) -> places (ndim, n); below 0 they count from the end, but on the first axis. */
KERNEL(unravel, place_dims) {
  EACH(i, d.n) {
    int64_t rest = WHOLE(IN(0)[i]);
    for (int64_t axis = d.ndim - 1; axis > 0; axis--) {
      const int64_t length = d.shape[axis], at = (rest % length + length) % length;
      OUT(1)[axis * d.n + i] = STORE((wide)at);
      rest = (rest - at) / length;
    }
    OUT(1)[i] = STORE((wide)rest);
  }
}

/* -> every item's place on `count` axes: the item's number / stride[k] % length[k]. */
struct own_place_dims { int64_t n, count, stride[MX_MAX_NDIM], length[MX_MAX_NDIM]; };
KERNEL(index_array, own_place_dims) {
  EACH(i, d.n * d.count) {
    const int64_t k = i % d.count;
    ((int64_t *)args.ptr[1])[i] = i / d.count / d.stride[k] % d.length[k];
  }
}
