/* Convolution, and the gradients of its data and its weight: the choice of the way to compute them.
 *
 *   depthwise  groups of one channel: nothing is summed over channels (conv_depthwise.c);
 *              small windows row by row of the result (conv_depthwise_rows.c)
 *   pointwise  a window of one: a matrix product for all pixels (conv_pointwise.c)
 *   strided    the same for every other pixel, or fewer (conv_strided.c)
 *   winograd   3 x 3 windows of float, by fewer multiplications (conv_winograd.c)
 *   general    matrix products that read the image where it lies (conv_general.c)
 *   narrow     the same of 16 bits by instructions for such numbers (narrow_conv.c)
 *
 * The forward pass of images whose channels come last has one way of its own (conv_last.c), and a
 * filter for each of their channels kernels of its own (conv_last_depthwise.c). */
#include "conv.h"

#include "mx_kernel.h"
#include "mx_scratch.h"
#include "narrow.h"

typedef enum {
  GENERAL, DEPTHWISE, ROWS_OF_PLANES, POINTWISE, STRIDED, WINOGRAD, NARROW
} conv_kind;

enum { FEW_PIXELS = 100 };      /* of which conv_general.c multiplies those of several images together */

/* Whether pixels of each image are only multiplied by one matrix, the weight. */
static int is_pointwise(const conv_dims *d) {
  for (int i = 0; i < 3; i++)
    if (d->kernel[i] != 1 || d->pad[i] != 0) return 0;
  return d->groups == 1;
}
static int has_stride(const conv_dims *d) {
  return d->stride[0] != 1 || d->stride[1] != 1 || d->stride[2] != 1;
}

static conv_kind choose(const conv_dims *d, conv_pass pass, int narrow_pays) {
  if (conv_rows_take(d, pass)) return ROWS_OF_PLANES;
  if (d->C == 1 && d->groups > 1) return DEPTHWISE;
  if (narrow_pays) return NARROW;
  if (pass != CONV_GRAD_WEIGHT && is_pointwise(d)) {
    if (!has_stride(d)) return POINTWISE;
    return volume(d->out) < FEW_PIXELS ? GENERAL : STRIDED;
  }
  return conv_winograd_pays(d, pass) ? WINOGRAD : GENERAL;
}

#define PASS(name, pass, dtype)                                                            \
  static int64_t name##_scratch_##dtype(const void *desc) {                                \
    return way_of_##dtype(desc, pass)->scratch(desc, pass);                                \
  }                                                                                        \
  static int name##_##dtype(const void *desc, void *const *ptr, const mx_scalar *scalars) { \
    (void)scalars;                                                                         \
    const conv_arrays arrays = {ptr, scratch_of(desc, ptr), NULL};                         \
    way_of_##dtype(desc, pass)->run(desc, pass, &arrays);                                  \
    return MX_OK;                                                                          \
  }
#define PASSES(dtype, rows, winograd, narrow, narrow_pays)                                 \
  static const conv_way *way_of_##dtype(const conv_dims *d, conv_pass pass) {              \
    static const conv_way *const ways[] = {                                                \
        [GENERAL] = &conv_general_##dtype, [DEPTHWISE] = &conv_depthwise_##dtype,          \
        [ROWS_OF_PLANES] = &rows, [POINTWISE] = &conv_pointwise_##dtype,                   \
        [STRIDED] = &conv_strided_##dtype,                                                 \
        [WINOGRAD] = &winograd, [NARROW] = &narrow};                                       \
    return ways[choose(d, pass, narrow_pays)];                                             \
  }                                                                                        \
  PASS(conv, CONV_FORWARD, dtype)                                                          \
  PASS(conv_grad_data, CONV_GRAD_DATA, dtype)                                              \
  PASS(conv_grad_weight, CONV_GRAD_WEIGHT, dtype)
#define HALF_PASSES(dtype, NARROW_DTYPE)                                                   \
  PASSES(dtype, conv_depthwise_##dtype, conv_general_##dtype, conv_narrow_##dtype,         \
         narrow_conv_pays(NARROW_DTYPE, d, pass))
PASSES(f32, conv_rows_f32, conv_winograd_f32, conv_general_f32, 0)
PASSES(f64, conv_rows_f64, conv_general_f64, conv_general_f64, 0)
HALF_PASSES(f16, NARROW_F16)
HALF_PASSES(bf16, NARROW_BF16)

/* conv, and what is done with the channels of its result. */
typedef struct {
  conv_dims conv;
  finish_dims finish;
} joined_dims;

#define JOINED_FIELDS CONV_FIELDS " " FINISH_FIELDS

#define MX_BODY "conv_joined_impl.h"
#include "mx_each_wide.h"
#define JOINED_ENTRY(dtype) \
  MX_ENTRY_SCRATCH(conv_joined, dtype, joined_scratch_##dtype, joined_dims, JOINED_FIELDS)

/* Channels last: see conv_last.c. */
#define LAST(dtype)                                                                            \
  static int64_t conv_last_scratch_##dtype(const void *desc) {                                 \
    return conv_last_##dtype.scratch(desc, CONV_FORWARD);                                      \
  }                                                                                            \
  static int conv_channels_last_##dtype(const void *desc, void *const *ptr,                    \
                                        const mx_scalar *scalars) {                            \
    (void)scalars;                                                                             \
    const conv_arrays arrays = {ptr, scratch_of(desc, ptr), NULL};                             \
    conv_last_##dtype.run(desc, CONV_FORWARD, &arrays);                                        \
    return MX_OK;                                                                              \
  }
LAST(f32)
LAST(f64)
#define LAST_ENTRY(dtype)                                                                      \
  MX_ENTRY_SCRATCH(conv_channels_last, dtype, conv_last_scratch_##dtype, conv_dims, CONV_FIELDS)

#define ENTRY(name, dtype) \
  MX_ENTRY_SCRATCH(name, dtype, name##_scratch_##dtype, conv_dims, CONV_FIELDS)
#define ENTRIES(dtype) \
  ENTRY(conv, dtype), ENTRY(conv_grad_data, dtype), ENTRY(conv_grad_weight, dtype)

const mx_kernel_entry mx_table_conv[] = {ENTRIES(f32), ENTRIES(f64), ENTRIES(f16), ENTRIES(bf16),
                                         LAST_ENTRY(f32), LAST_ENTRY(f64), JOINED_ENTRY(f32),
                                         JOINED_ENTRY(f64),
                                         {0}};
