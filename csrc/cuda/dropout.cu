/* Dropout: data -> out, mask; the numbers of csrc/cpu/dropout.c.  A thread makes one block of the
 * generator's, four words, which belong to items 16 apart. */
#include "prelude.cuh"
#include "mx_philox.h"

/* ndim 0: mask is like data.  Otherwise data has `size`, and mask these strides. */
struct dropout_dims {
  int64_t n, mask_n, ndim, size[MX_MAX_NDIM], stride[MX_MAX_NDIM];
  double keep;
};

KERNEL(dropout_first, dropout_dims) {
  const uint64_t seed = args.scalar[0].u, stream = args.scalar[1].u;
  const double limit = d.keep * 4294967296.0 - 1;
  const uint32_t threshold = limit > 0 ? (uint32_t)limit : 0;
  const wide scale = (wide)(d.keep > 0 ? 1 / d.keep : 0);
  EACH(counter, (d.mask_n + 63) / 64 * 16) {
    uint32_t words[4] = {(uint32_t)counter, (uint32_t)((uint64_t)counter >> 32), (uint32_t)stream,
                         (uint32_t)(stream >> 32)};
    mx_philox_rounds(words, (uint32_t)seed, (uint32_t)(seed >> 32));
    for (int w = 0; w < 4; w++) {
      const int64_t i = counter / 16 * 64 + w * 16 + counter % 16;
      if (i >= d.mask_n) continue;
      const wide factor = words[w] <= threshold ? scale : 0;
      if (!d.ndim) OUT(1)[i] = STORE(LOAD(IN(0)[i]) * factor);
      OUT(2)[i] = STORE(factor);
    }
  }
}

/* Of a mask that is repeated along some axes. */
KERNEL(dropout, dropout_dims) {
  EACH(i, d.ndim ? d.n : 0) {
    int64_t rest = i, at = 0;
    for (int64_t axis = d.ndim - 1; axis >= 0; axis--) {
      at += rest % d.size[axis] * d.stride[axis];
      rest /= d.size[axis];
    }
    OUT(1)[i] = STORE(LOAD(IN(0)[i]) * LOAD(OUT(2)[at]));
  }
}
