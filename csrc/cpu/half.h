/* 16-bit floats by way of float: a block is converted, worked on by the loop for float, and
 * converted back.  So a pointwise formula needs no loop of its own for them. */
#ifndef MX_HALF_H
#define MX_HALF_H
#include "mx_dtype.h"

enum { HALF_BLOCK = 256 };

/* load_block: y[i] = x[i * stride]; all n, or the only one where stride is 0.  store_block: back. */
#define HALF_FUNCTION static __attribute__((noinline, unused)) void
#define HALF_BLOCKS(DT, real, to_float, from_float)                                          \
  HALF_FUNCTION load_block_##DT(const real *x, int64_t stride, float *y, int64_t n) {        \
    if (stride == 0) y[0] = to_float(x[0]);                                                  \
    else if (stride == 1) for (int64_t i = 0; i < n; i++) y[i] = to_float(x[i]);             \
    else for (int64_t i = 0; i < n; i++) y[i] = to_float(x[i * stride]);                     \
  }                                                                                          \
  HALF_FUNCTION store_block_##DT(const float *y, real *x, int64_t n) {                       \
    for (int64_t i = 0; i < n; i++) x[i] = from_float(y[i]);                                 \
  }
HALF_BLOCKS(f16, mx_f16, mx_f16_to_float, mx_float_to_f16)
HALF_BLOCKS(bf16, mx_bf16, mx_bf16_to_float, mx_float_to_bf16)
#endif
