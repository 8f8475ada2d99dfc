/* Planes of another size, and the gradient; see csrc/cpu/resample.c. */
#include "prelude.cuh"
#include "resample_band.h"

/* x (planes, *size) -> y (planes, *out) */
KERNEL(resample, resample_dims) {
  EACH(i, d.planes * d.out[0] * d.out[1]) {
    const band down = band_of(d.mode, d.size[0], d.out[0], i / d.out[1] % d.out[0]);
    const band across = band_of(d.mode, d.size[1], d.out[1], i % d.out[1]);
    const real *x = IN(0) + i / d.out[1] / d.out[0] * d.size[0] * d.size[1] + down.first * d.size[1];
    wide sum = 0;
    for (int64_t w = 0; w < across.count; w++) {
      wide part = 0;
      for (int64_t h = 0; h < down.count; h++)
        part += (wide)(h ? down.w1 : down.w0) * LOAD(x[h * d.size[1] + across.first + w]);
      sum += (wide)(w ? across.w1 : across.w0) * part;
    }
    OUT(1)[i] = STORE(sum);
  }
}

/* The first output whose band ends behind item `at` (is_end 0), or begins behind it (1). */
static int64_t first_output(int64_t mode, int64_t size, int64_t out, int64_t at, int is_end) {
  int64_t low = 0, high = out;
  while (low < high) {
    const int64_t middle = (low + high) / 2;
    const band b = band_of(mode, size, out, middle);
    if (b.first + (is_end ? 0 : b.count - 1) >= at + is_end) high = middle;
    else low = middle + 1;
  }
  return low;
}
static wide weight_of(const band &b, int64_t at) { return (wide)(at == b.first ? b.w0 : b.w1); }

/* dy -> dx */
KERNEL(resample_grad, resample_dims) {
  EACH(i, d.planes * d.size[0] * d.size[1]) {
    const int64_t w = i % d.size[1], h = i / d.size[1] % d.size[0];
    const real *dy = IN(0) + i / d.size[1] / d.size[0] * d.out[0] * d.out[1];
    const int64_t left = first_output(d.mode, d.size[1], d.out[1], w, 0);
    const int64_t right = first_output(d.mode, d.size[1], d.out[1], w, 1);
    const int64_t bottom = first_output(d.mode, d.size[0], d.out[0], h, 1);
    wide sum = 0;
    for (int64_t y = first_output(d.mode, d.size[0], d.out[0], h, 0); y < bottom; y++) {
      wide part = 0;
      for (int64_t x = left; x < right; x++)
        part += weight_of(band_of(d.mode, d.size[1], d.out[1], x), w) * LOAD(dy[y * d.out[1] + x]);
      sum += weight_of(band_of(d.mode, d.size[0], d.out[0], y), h) * part;
    }
    OUT(1)[i] = STORE(sum);
  }
}
