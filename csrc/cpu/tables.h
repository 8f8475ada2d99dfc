/* The kernel tables of csrc/cpu: one line a file. */
#ifndef MX_TABLES_H
#define MX_TABLES_H
#include "mx_kernel.h"

#define MX_TABLES(TABLE) \
  TABLE(copy) \
  TABLE(cast) \
  TABLE(unary) \
  TABLE(unary_integer) \
  TABLE(binary) \
  TABLE(binary_integer) \
  TABLE(where) \
  TABLE(clip) \
  TABLE(smooth_l1) \
  TABLE(hard_sigmoid) \
  TABLE(add_n) \
  TABLE(strided_copy) \
  TABLE(join) \
  TABLE(pad) \
  TABLE(fill) \
  TABLE(index_take) \
  TABLE(index_accumulate) \
  TABLE(index_nd) \
  TABLE(index_pick) \
  TABLE(index_sequence) \
  TABLE(reduce) \
  TABLE(reduce_arg) \
  TABLE(softmax) \
  TABLE(softmax_output) \
  TABLE(softmax_cross_entropy) \
  TABLE(regression_output) \
  TABLE(batch_norm) \
  TABLE(layer_norm) \
  TABLE(leaky_relu) \
  TABLE(pooling) \
  TABLE(random) \
  TABLE(random_sample) \
  TABLE(dropout) \
  TABLE(optimizer) \
  TABLE(gemm_micro) \
  TABLE(gemm) \
  TABLE(gemm_naive) \
  TABLE(conv) \
  TABLE(conv_naive)

#define MX_DECLARE(family) extern const mx_kernel_entry mx_table_##family[];
MX_TABLES(MX_DECLARE)
#endif
