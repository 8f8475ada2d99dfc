/* Convolution, 3-D; of fewer dimensions, the leading axes have length 1.
 *
 * data (N, groups * C, *size), weight (groups * F, C, *kernel) -> (N, groups * F, *out):
 * position h of an axis of data meets tap k of the window in out where
 * h = out * stride + k * dilate - pad. */
#ifndef CONV_H
#define CONV_H
#include <stddef.h>
#include <stdint.h>

#include "row_finish.h"

typedef struct {
  int64_t N, groups, C, F, size[3], out[3], kernel[3], stride[3], dilate[3], pad[3], has_bias;
} conv_dims;

#define CONV_FIELDS "N groups C F size:3 out:3 kernel:3 stride:3 dilate:3 pad:3 has_bias"

/* What is computed.  ptr of each pass (has_bias: of the first alone):
 *   CONV_FORWARD      data weight bias? -> out
 *   CONV_GRAD_DATA    dy weight -> the gradient of data
 *   CONV_GRAD_WEIGHT  data dy -> the gradient of weight */
typedef enum { CONV_FORWARD, CONV_GRAD_DATA, CONV_GRAD_WEIGHT } conv_pass;

/* What a way works on.  finish: of the channels of each image's result, in CONV_FORWARD of f32 and f64;
 * or NULL. */
typedef struct {
  void *const *ptr;
  void *scratch;
  const row_finish *finish;
} conv_arrays;

/* One way to compute the passes for one dtype: the bytes of scratch it takes; the computation. */
typedef struct {
  int64_t (*scratch)(const conv_dims *d, conv_pass pass);
  void (*run)(const conv_dims *d, conv_pass pass, const conv_arrays *arrays);
} conv_way;

/* conv_pointwise and conv_strided have no CONV_GRAD_WEIGHT. */
#define CONV_WAYS(dtype)                                                          \
  extern const conv_way conv_general_##dtype, conv_depthwise_##dtype,             \
      conv_pointwise_##dtype, conv_strided_##dtype;
CONV_WAYS(f32)
CONV_WAYS(f64)
CONV_WAYS(f16)
CONV_WAYS(bf16)

/* Windows of 3 x 3 by fewer products, in float; pays: whether it computes this, and faster. */
extern const conv_way conv_winograd_f32;
int conv_winograd_pays(const conv_dims *d, conv_pass pass);

/* Of one filter to each channel or several, small windows over planes; take: whether it computes this. */
extern const conv_way conv_rows_f32, conv_rows_f64;
int conv_rows_take(const conv_dims *d, conv_pass pass);

/* Of images whose channels come last: CONV_FORWARD alone. */
extern const conv_way conv_last_f32, conv_last_f64;

static inline int64_t volume(const int64_t *size) { return size[0] * size[1] * size[2]; }
static inline const void *bias_of(const conv_dims *d, void *const *ptr) {
  return d->has_bias ? ptr[2] : NULL;
}
static inline void *result_of(const conv_dims *d, void *const *ptr) {
  return ptr[d->has_bias ? 3 : 2];
}
static inline void *scratch_of(const conv_dims *d, void *const *ptr) {
  return ptr[d->has_bias ? 4 : 3];
}
#endif
