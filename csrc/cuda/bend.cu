/* Pointwise functions with parameters: hard_sigmoid, smooth_l1. */
#include "prelude.cuh"

struct bend_dims { int64_t size; };

/* Scalars: the slope, the value at 0. */
KERNEL(hard_sigmoid, bend_dims) {
  const wide slope = (wide)args.scalar[0].f, offset = (wide)args.scalar[1].f;
  EACH(i, d.size) {
    const wide value = slope * LOAD(IN(0)[i]) + offset;
    OUT(1)[i] = STORE(value < 0 ? (wide)0 : value > 1 ? (wide)1 : value);
  }
}

/* Scalar: where the parabola meets the lines. */
KERNEL(smooth_l1, bend_dims) {
  const wide square = (wide)(args.scalar[0].f * args.scalar[0].f), bound = 1 / square;
  EACH(i, d.size) {
    const wide value = LOAD(IN(0)[i]), magnitude = value < 0 ? -value : value;
    OUT(1)[i] = STORE(magnitude < bound ? value * value * square / 2 : magnitude - bound / 2);
  }
}
