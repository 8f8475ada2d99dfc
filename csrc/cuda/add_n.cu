/* add_n: the sum of `count` arrays, each result rounded once. */
#include "prelude.cuh"

struct add_n_dims { int64_t size, count; };

KERNEL(add_n, add_n_dims) {
  EACH(i, d.size) {
    wide sum = LOAD(IN(0)[i]);
    for (int64_t k = 1; k < d.count; k++) sum = (wide)(sum + LOAD(IN(k)[i]));
    OUT(d.count)[i] = STORE(sum);
  }
}
