/* Convolution with a window of one: the weight times the pixels of each image, a product without a
 * copy of the image. */
#include "conv.h"
#include "gemm.h"

/* out[n] (F, pixels) = weight (F, C) @ data[n] (C, pixels) + bias (F); the gradient of the data is
 * the weight, transposed, times dy[n]. */
static gemm_product product_of(const conv_dims *d, conv_pass pass) {
  const int is_grad = pass == CONV_GRAD_DATA;
  return (gemm_product){.batch = d->N, .M = is_grad ? d->C : d->F, .N = volume(d->out),
                        .K = is_grad ? d->F : d->C, .trans_a = is_grad, .shares_a = 1,
                        .bias_of_rows = 1};
}

#define POINTWISE(dtype)                                                                        \
  static int64_t scratch_##dtype(const conv_dims *d, conv_pass pass) {                          \
    const gemm_product p = product_of(d, pass);                                                 \
    return gemm_scratch_size_##dtype(&p);                                                       \
  }                                                                                             \
  static void run_##dtype(const conv_dims *d, conv_pass pass, const conv_arrays *arrays) {     \
    gemm_product p = product_of(d, pass);                                                       \
    p.a = arrays->ptr[1];                                                                       \
    p.b = arrays->ptr[0];                                                                       \
    p.bias = bias_of(d, arrays->ptr);                                                           \
    p.c = result_of(d, arrays->ptr);                                                            \
    p.finish = arrays->finish;                                                                  \
    gemm_run_##dtype(&p, arrays->scratch);                                                      \
  }                                                                                             \
  const conv_way conv_pointwise_##dtype = {scratch_##dtype, run_##dtype};
POINTWISE(f32)
POINTWISE(f64)
POINTWISE(f16)
POINTWISE(bf16)
