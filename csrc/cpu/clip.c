/* clip: values outside two bounds moved to them; and its gradient. */
#include "pointwise.h"

typedef struct { int64_t size; } clip_dims;

#define POINTWISE(name)                                                                  \
  static int FN(name)(const void *desc, void *const *ptr, const mx_scalar *scalars) {    \
    const pointwise_call call = {ptr, scalars};                                          \
    return pointwise_run(((const clip_dims *)desc)->size, FN(name##_range), &call);      \
  }

/* LIMIT: the type of the bounds; integers need one that holds bounds outside their range. */
#define MX_BODY "clip_impl.h"
#define LIMIT wide
#define TO_LIMIT(x) (wide)(x)
#include "mx_each_float.h"
#undef LIMIT
#undef TO_LIMIT
#undef FN
#undef MX_JOIN
#undef MX_JOIN_
#define LIMIT int64_t
#define TO_LIMIT(x) mx_to_int64(x)
#include "mx_each_integer.h"

#define ENTRIES(dtype) \
  MX_ENTRY(clip, dtype, clip_dims, "size"), MX_ENTRY(grad_clip, dtype, clip_dims, "size")

const mx_kernel_entry mx_table_clip[] = {
    ENTRIES(f16), ENTRIES(bf16), ENTRIES(f32), ENTRIES(f64),
    ENTRIES(i8), ENTRIES(u8), ENTRIES(i32), ENTRIES(i64), {0}};
