/* Where BilinearSampler reads a map, one dtype; for the CPU and the GPU. */
#ifndef SAMPLER_OUTSIDE
#define SAMPLER_OUTSIDE
enum { OUTSIDE = -1, NOWHERE = -2 };
#endif

/* One axis: the pixel at or before `place`, the step to the next, and both weights.  Before the
 * first pixel that one is the only one. */
static inline int64_t FN(split)(wide place, int64_t size, int64_t *step, wide *before,
                                wide *after) {
  const wide real_place = (place + 1) * (wide)(size - 1) / 2;
  *step = 0;
  *before = *after = 0;
  if (real_place != real_place) return NOWHERE;
  if (!(real_place > -1 && real_place < (wide)size) || size == 0) return OUTSIDE;
  const wide low = (wide)floor((double)real_place), part = real_place - low;
  const int64_t pixel = (int64_t)low;
  if (pixel < 0) {
    *before = part;
    return 0;
  }
  *before = 1 - part;
  if (pixel + 1 < size) {
    *step = 1;
    *after = part;
  }
  return pixel;
}

/* The place of pixel i along an axis, from -1 on. */
static inline wide FN(target)(int64_t i, double step) { return (wide)(-1 + (double)i * step); }
