/* 16-bit floats by way of float: a block is converted, worked on by the loop for float, and
 * converted back.  So a pointwise formula needs no loop of its own for them. */
#ifndef MX_HALF_H
#define MX_HALF_H
#include "mx_dtype.h"

enum { HALF_BLOCK = 256 };

/* As many of n neighbours as the machine converts eight by eight. */
#ifdef __F16C__
typedef short half_eight_bits __attribute__((vector_size(16)));
typedef half_eight_bits half_eight __attribute__((aligned(2), may_alias));
typedef float half_eight_floats __attribute__((vector_size(32), aligned(4), may_alias));
static inline int64_t load_eights_f16(const mx_f16 *x, float *y, int64_t n) {
  int64_t i = 0;
  for (; i + 8 <= n; i += 8)
    *(half_eight_floats *)(y + i) = __builtin_ia32_vcvtph2ps256(*(const half_eight *)(x + i));
  return i;
}
static inline int64_t store_eights_f16(const float *y, mx_f16 *x, int64_t n) {
  int64_t i = 0;
  for (; i + 8 <= n; i += 8)      /* 0: to the nearest, halves to even */
    *(half_eight *)(x + i) = __builtin_ia32_vcvtps2ph256(*(const half_eight_floats *)(y + i), 0);
  return i;
}
#else
#define load_eights_f16(x, y, n) 0
#define store_eights_f16(y, x, n) 0
#endif
#define load_eights_bf16(x, y, n) 0
#define store_eights_bf16(y, x, n) 0

/* load_block: y[i] = x[i * stride]; all n, or the only one where stride is 0.  store_block: back. */
#define HALF_FUNCTION static __attribute__((noinline, unused)) void
#define HALF_BLOCKS(DT, real, to_float, from_float)                                          \
  HALF_FUNCTION load_block_##DT(const real *x, int64_t stride, float *y, int64_t n) {        \
    if (stride == 0) y[0] = to_float(x[0]);                                                  \
    else if (stride == 1)                                                                    \
      for (int64_t i = load_eights_##DT(x, y, n); i < n; i++) y[i] = to_float(x[i]);         \
    else for (int64_t i = 0; i < n; i++) y[i] = to_float(x[i * stride]);                     \
  }                                                                                          \
  HALF_FUNCTION store_block_##DT(const float *y, real *x, int64_t n) {                       \
    for (int64_t i = store_eights_##DT(y, x, n); i < n; i++) x[i] = from_float(y[i]);        \
  }
HALF_BLOCKS(f16, mx_f16, mx_f16_to_float, mx_float_to_f16)
HALF_BLOCKS(bf16, mx_bf16, mx_bf16_to_float, mx_float_to_bf16)
#endif
