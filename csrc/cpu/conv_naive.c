/* Convolution by its definition, the oracle of conv.c: the whole column matrix, then a product. */
#include "conv.h"
#include "mx_kernel.h"
#include "mx_scratch.h"

#define MX_BODY "conv_naive_impl.h"
#include "mx_each_float.h"

#define NAIVE(dtype) \
  MX_ENTRY_SCRATCH(conv_naive, dtype, conv_naive_scratch_##dtype, conv_dims, CONV_FIELDS)
const mx_kernel_entry mx_table_conv_naive[] = {
    NAIVE(f32), NAIVE(f64), NAIVE(f16), NAIVE(bf16), {0}};
