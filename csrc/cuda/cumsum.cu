/* cumsum: y[o, i, c] = x[o, 0, c] + ... + x[o, i, c], in the order of i: a thread a line. */
#include "prelude.cuh"

struct line_dims { int64_t outer, axis, inner; };

KERNEL(cumsum, line_dims) {
  EACH(line, d.outer * d.inner) {
    const int64_t start = line / d.inner * d.axis * d.inner + line % d.inner;
    wide sum = 0;
    for (int64_t i = 0; i < d.axis; i++) {
      sum = (wide)(sum + LOAD(IN(0)[start + i * d.inner]));
      OUT(1)[start + i * d.inner] = STORE(sum);
    }
  }
}
