/* Products of matrices of 8-bit integers, added up in int32. */
#ifndef INTEGER_PRODUCT_H
#define INTEGER_PRODUCT_H
#include <stdint.h>
#include <string.h>

#include "mx_kernel.h"
#include "mx_scratch.h"

/* Rows of 16-bit integers start at whole vectors; what is behind their items is 0. */
enum { INTEGER_STEP = 16 };

static inline int64_t integer_width(int64_t K) {
  return mx_product((mx_sum(K, INTEGER_STEP - 1)) / INTEGER_STEP, INTEGER_STEP);
}

/* Rows of 8-bit integers (count, K) as rows of 16 bits (count, integer_width(K)). */
#define INTEGER_WIDEN(dtype, type)                                                              \
  static inline void integer_widen_##dtype(const type *x, int64_t count, int64_t K, int16_t *y) { \
    const int64_t width = integer_width(K);                                                     \
    for (int64_t i = 0; i < count; i++, x += K, y += width) {                                   \
      for (int64_t k = 0; k < K; k++) y[k] = x[k];                                              \
      for (int64_t k = K; k < width; k++) y[k] = 0;                                             \
    }                                                                                           \
  }
INTEGER_WIDEN(i8, int8_t)
INTEGER_WIDEN(u8, uint8_t)

/* c[i * row + j * column] = sum over k of a[i, k] * b[j, k], for a (M, width), b (N, width);
 * plus bias[i], or bias[j] if bias_of_columns; bias may be NULL.  Sums wrap beyond 32 bits. */
typedef struct {
  const int16_t *a, *b;
  const int32_t *bias;
  int32_t *c;
  int64_t M, N, width, row, column, bias_of_columns;
} integer_product;

void integer_product_run(const integer_product *p);

/* data (M, K) of 8 bits, weight (N, K) of int8, bias (N) of int32 if has_bias -> (M, N) of int32. */
typedef struct { int64_t M, N, K, has_bias; } integer_gemm_dims;
#endif
