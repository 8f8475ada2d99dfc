/* Products of 16 and of 8 bits by the tile registers of AMX (Intel's Sapphire Rapids and later): what
 * other kernels ask. */
#ifndef AMX_H
#define AMX_H
#include "conv.h"
#include "gemm.h"
#include "integer_product.h"
#include "mx_dtype.h"

typedef enum { AMX_BF16, AMX_F16 } amx_dtype;

#ifdef MX_HAS_AMX
/* Whether the CPU has it and it is wanted: set when the module is loaded. */
extern int amx_is_on;

/* Whether a product is computed so, as that is faster; its scratch; the product. */
int amx_gemm_pays(amx_dtype dtype, const gemm_product *p);
int64_t amx_gemm_scratch(amx_dtype dtype, const gemm_product *p);
void amx_gemm_run(amx_dtype dtype, const gemm_product *p, void *scratch);

/* The same of a convolution, and the way. */
int amx_conv_pays(amx_dtype dtype, const conv_dims *d, conv_pass pass);
extern const conv_way conv_amx_f16, conv_amx_bf16;

/* The same of integers, for data of int8 or uint8: ptr as those kernels have it, scratch behind it. */
int amx_integer_gemm_pays(const integer_gemm_dims *d);
int64_t amx_integer_gemm_scratch(const integer_gemm_dims *d);
void amx_integer_gemm(const integer_gemm_dims *d, int is_unsigned, void *const *ptr);
int amx_integer_conv_pays(const conv_dims *d);
int64_t amx_integer_conv_scratch(const conv_dims *d);
void amx_integer_conv(const conv_dims *d, int is_unsigned, void *const *ptr);
#else
enum { amx_is_on = 0 };
static inline int amx_gemm_pays(amx_dtype dtype, const gemm_product *p) {
  return (void)dtype, (void)p, 0;
}
static inline int64_t amx_gemm_scratch(amx_dtype dtype, const gemm_product *p) {
  return (void)dtype, (void)p, 0;
}
static inline void amx_gemm_run(amx_dtype dtype, const gemm_product *p, void *scratch) {
  (void)dtype, (void)p, (void)scratch;
}
static inline int amx_conv_pays(amx_dtype dtype, const conv_dims *d, conv_pass pass) {
  return (void)dtype, (void)d, (void)pass, 0;
}
static inline int amx_integer_gemm_pays(const integer_gemm_dims *d) { return (void)d, 0; }
static inline int64_t amx_integer_gemm_scratch(const integer_gemm_dims *d) { return (void)d, 0; }
static inline void amx_integer_gemm(const integer_gemm_dims *d, int is_unsigned, void *const *ptr) {
  (void)d, (void)is_unsigned, (void)ptr;
}
static inline int amx_integer_conv_pays(const conv_dims *d) { return (void)d, 0; }
static inline int64_t amx_integer_conv_scratch(const conv_dims *d) { return (void)d, 0; }
static inline void amx_integer_conv(const conv_dims *d, int is_unsigned, void *const *ptr) {
  (void)d, (void)is_unsigned, (void)ptr;
}
#define conv_amx_f16 conv_general_f16
#define conv_amx_bf16 conv_general_bf16
#endif
#endif
