/* Convolution, and the gradients of its data and its weight. conv_plan.h tells how. */
#include <string.h>

#include "conv_plan.h"

enum {
  PART_WORK = 1 << 19,      /* multiply-adds that are worth a task */
  MOST_CHUNKS = 16,
  A_BYTES = 1 << 19,        /* of packed weights a task goes over: they stay in L2 */
  MOST_PANELS = 8,          /* of output channels in a task */
  BLOCK_K = 256,
  LINE_PIXELS = 4096,       /* of dy that stay in L2 */
};

typedef struct {
  conv_plan plan;
  void *const *ptr;
  void *weight, *image, *dy, *sum;   /* scratch: packed weight, copy, packed dy, dw transposed */
  int64_t *offset, *line;
  int64_t first, images;             /* the images worked on now */
  int64_t blocks, block_rows, chunks;
} conv_job;

#define MX_BODY "conv_impl.h"
#include "mx_each_float.h"

#define CONVOLUTION(dtype) \
  MX_ENTRY(conv, dtype, conv_dims, CONV_FIELDS), \
      MX_ENTRY(conv_grad_data, dtype, conv_dims, CONV_FIELDS), \
      MX_ENTRY(conv_grad_weight, dtype, conv_dims, CONV_FIELDS)

const mx_kernel_entry mx_table_conv[] = {CONVOLUTION(f32), CONVOLUTION(f64), CONVOLUTION(f16),
                                         CONVOLUTION(bf16), {0}};
