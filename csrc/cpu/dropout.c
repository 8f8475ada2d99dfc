/* Dropout: data -> out, mask. */
#include "mx_random.h"
#include "mx_size.h"

#include "mx_kernel.h"

/* ndim 0: mask is like data.  Otherwise data has `size`, and mask these strides, 0 along axes
 * whose elements are dropped together. */
typedef struct {
  int64_t n, mask_n, ndim, size[MX_MAX_NDIM], stride[MX_MAX_NDIM];
  double keep;
} dropout_dims;

typedef struct {
  int64_t n;
  const void *x;
  void *y, *mask;
  uint64_t seed, stream;
  uint32_t threshold;
  double scale;
} dropout_job;

enum { DROPOUT_CHUNK = 1 << 14 };

#define MX_BODY "dropout_impl.h"
#include "mx_each_float.h"

#define ENTRY(dtype) \
  MX_ENTRY(dropout, dtype, dropout_dims, "n mask_n ndim size:12 stride:12 keep:d")

const mx_kernel_entry mx_table_dropout[] = {ENTRY(f16), ENTRY(bf16), ENTRY(f32), ENTRY(f64), {0}};
