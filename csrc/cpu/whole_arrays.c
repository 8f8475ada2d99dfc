/* Several arrays at once: whether all values are finite; zeros; an array written over another. */
#include <math.h>
#include <string.h>

#include "mx_kernel.h"

enum { MOST_ARRAYS = 1024 };

/* x0, x1, ... of n[i] values each -> float32 (1): 0 where one is not finite, else 1, or as it was
 * unless `init`. */
typedef struct { int64_t count, init, n[MOST_ARRAYS]; } all_finite_dims;

#define MX_BODY "all_finite_impl.h"
#include "mx_each_float.h"

/* x0, x1, ... of nbytes[i] each become zeros; no output. */
typedef struct { int64_t count, nbytes[MOST_ARRAYS]; } reset_dims;

static int reset_arrays_bytes(const void *desc, void *const *ptr, const mx_scalar *scalars) {
  (void)scalars;
  const reset_dims *d = desc;
  for (int64_t i = 0; i < d->count; i++)
    if (d->nbytes[i]) memset(ptr[i], 0, (size_t)d->nbytes[i]);
  return MX_OK;
}

/* x, y of nbytes each: x becomes y; no output. */
typedef struct { int64_t nbytes; } overwrite_dims;

static int overwrite_bytes(const void *desc, void *const *ptr, const mx_scalar *scalars) {
  (void)scalars;
  const overwrite_dims *d = desc;
  if (d->nbytes) memmove(ptr[0], ptr[1], (size_t)d->nbytes);
  return MX_OK;
}

#define FINITE(dtype) MX_ENTRY(all_finite, dtype, all_finite_dims, "count init n:1024")

const mx_kernel_entry mx_table_whole_arrays[] = {
    FINITE(f16), FINITE(bf16), FINITE(f32), FINITE(f64),
    MX_ENTRY(reset_arrays, bytes, reset_dims, "count nbytes:1024"),
    MX_ENTRY(overwrite, bytes, overwrite_dims, "nbytes"), {0}};
