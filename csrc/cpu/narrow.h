/* Products of 16 and of 8 bits by instructions for such numbers: the tiles of AMX (Intel's Sapphire
 * Rapids and later), or, of 8 bits, dot products of vectors (AVX512_VNNI).  What other kernels ask. */
#ifndef NARROW_H
#define NARROW_H
#include "conv.h"
#include "gemm.h"
#include "integer_product.h"
#include "mx_dtype.h"

typedef enum { NARROW_BF16, NARROW_F16 } narrow_dtype;

#ifdef MX_HAS_NARROW
/* Use AMX from now on, which the CPU must have; whether that is so. */
int narrow_use_amx(void);

/* Whether a product is computed so, as that is faster; its scratch; the product, and whether it is good:
 * float16's infinities and NaN take another way. */
int narrow_gemm_pays(narrow_dtype dtype, const gemm_product *p);
int64_t narrow_gemm_scratch(narrow_dtype dtype, const gemm_product *p);
int narrow_gemm_run(narrow_dtype dtype, const gemm_product *p, void *scratch);

/* The same of a convolution, and the way. */
int narrow_conv_pays(narrow_dtype dtype, const conv_dims *d, conv_pass pass);
extern const conv_way conv_narrow_f16, conv_narrow_bf16;

/* The same of integers, for data of int8 or uint8: ptr as those kernels have it, scratch behind it. */
int narrow_integer_gemm_pays(const integer_gemm_dims *d);
int64_t narrow_integer_gemm_scratch(const integer_gemm_dims *d);
void narrow_integer_gemm(const integer_gemm_dims *d, int is_unsigned, void *const *ptr);
int narrow_integer_conv_pays(const conv_dims *d);
int64_t narrow_integer_conv_scratch(const conv_dims *d);
void narrow_integer_conv(const conv_dims *d, int is_unsigned, void *const *ptr);
#else
static inline int narrow_use_amx(void) { return 0; }
static inline int narrow_gemm_pays(narrow_dtype dtype, const gemm_product *p) {
  return (void)dtype, (void)p, 0;
}
static inline int64_t narrow_gemm_scratch(narrow_dtype dtype, const gemm_product *p) {
  return (void)dtype, (void)p, 0;
}
static inline int narrow_gemm_run(narrow_dtype dtype, const gemm_product *p, void *scratch) {
  return (void)dtype, (void)p, (void)scratch, 0;
}
static inline int narrow_conv_pays(narrow_dtype dtype, const conv_dims *d, conv_pass pass) {
  return (void)dtype, (void)d, (void)pass, 0;
}
static inline int narrow_integer_gemm_pays(const integer_gemm_dims *d) { return (void)d, 0; }
static inline int64_t narrow_integer_gemm_scratch(const integer_gemm_dims *d) { return (void)d, 0; }
static inline void narrow_integer_gemm(const integer_gemm_dims *d, int is_unsigned,
                                       void *const *ptr) {
  (void)d, (void)is_unsigned, (void)ptr;
}
static inline int narrow_integer_conv_pays(const conv_dims *d) { return (void)d, 0; }
static inline int64_t narrow_integer_conv_scratch(const conv_dims *d) { return (void)d, 0; }
static inline void narrow_integer_conv(const conv_dims *d, int is_unsigned, void *const *ptr) {
  (void)d, (void)is_unsigned, (void)ptr;
}
#define conv_narrow_f16 conv_general_f16
#define conv_narrow_bf16 conv_general_bf16
#endif
#endif
