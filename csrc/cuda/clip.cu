/* clip: values outside two bounds moved to them, and its gradient; smooth_l1: a parabola around 0, lines
 * outside it. */
#include "prelude.cuh"

struct size_dims { int64_t size; };

/* Integers are compared in int64, which holds bounds outside their range. */
#if IS_INTEGER
#define LIMIT(x) mx_to_int64(x)
#else
#define LIMIT(x) ((wide)(x))
#endif

KERNEL(clip, size_dims) {
  const wide low = LIMIT(args.scalar[0].f), high = LIMIT(args.scalar[1].f);
  EACH(i, d.size) {
    const wide value = LOAD(IN(0)[i]);
    OUT(1)[i] = STORE(value > high ? high : value < low ? low : value);
  }
}

KERNEL(grad_clip, size_dims) {
  const wide low = LIMIT(args.scalar[0].f), high = LIMIT(args.scalar[1].f);
  EACH(i, d.size) {
    const wide value = LOAD(IN(1)[i]);
    OUT(2)[i] = STORE(value >= low && value <= high ? LOAD(IN(0)[i]) : (wide)0);
  }
}

#if !IS_INTEGER
/* Scalar 0: where the parabola meets the lines. */
KERNEL(smooth_l1, size_dims) {
  const wide square = (wide)(args.scalar[0].f * args.scalar[0].f), bound = 1 / square;
  EACH(i, d.size) {
    const wide value = LOAD(IN(0)[i]), magnitude = value < 0 ? -value : value;
    OUT(1)[i] = STORE(magnitude < bound ? value * value * square / 2 : magnitude - bound / 2);
  }
}
#endif
