/* where, clip, sums of many arrays, smooth_l1, hard_sigmoid. */
#include "mx_kernel.h"

/* condition, x, y, out: size items of inner elements; the condition has one entry an item. */
typedef struct { int64_t size, inner; } where_dims;
typedef struct { int64_t size; } clip_dims;
typedef struct { int64_t size, count; } add_n_dims;

#define IS_NONZERO(x) ((x) != 0)
#define IS_NONZERO_HALF(x) (((x) & 0x7fff) != 0)
#define EACH_CONDITION(M)                                                            \
  M(f32, float, IS_NONZERO) M(f64, double, IS_NONZERO) M(f16, mx_f16, IS_NONZERO_HALF) \
  M(bf16, mx_bf16, IS_NONZERO_HALF) M(u8, uint8_t, IS_NONZERO) M(i32, int32_t, IS_NONZERO) \
  M(i8, int8_t, IS_NONZERO) M(i64, int64_t, IS_NONZERO) M(b8, mx_b8, IS_NONZERO)

/* LIMIT: the type of clip's bounds; integers need one that holds bounds outside their range. */
#define LIMIT wide
#define TO_LIMIT(x) (wide)(x)
#define MX_BODY "choose_impl.h"
#include "mx_each_float.h"
#undef MX_BODY
#undef LIMIT
#undef TO_LIMIT
#define MX_BODY "choose_float_impl.h"
#undef FN
#undef MX_JOIN
#undef MX_JOIN_
#include "mx_each_float.h"
#undef MX_BODY
#undef FN
#undef MX_JOIN
#undef MX_JOIN_
#define LIMIT int64_t
#define TO_LIMIT(x) mx_to_int64(x)
#define MX_BODY "choose_impl.h"
#include "mx_each_integer.h"
#undef MX_BODY

#define WHERE(kind, dtype) MX_ENTRY(where_##kind, dtype, where_dims, "size inner"),
#define POINTWISE(name, dtype) MX_ENTRY(name, dtype, clip_dims, "size"),
#define ENTRIES(dtype)                                                                     \
  WHERE(f32, dtype) WHERE(f64, dtype) WHERE(f16, dtype) WHERE(bf16, dtype) WHERE(u8, dtype) \
  WHERE(i32, dtype) WHERE(i8, dtype) WHERE(i64, dtype) WHERE(b8, dtype)                    \
  POINTWISE(clip, dtype) POINTWISE(grad_clip, dtype)                                       \
  MX_ENTRY(add_n, dtype, add_n_dims, "size count"),
#define FLOATS(dtype) ENTRIES(dtype) POINTWISE(smooth_l1, dtype) POINTWISE(hard_sigmoid, dtype)

const mx_kernel_entry mx_table_choose[] = {
    FLOATS(f16) FLOATS(bf16) FLOATS(f32) FLOATS(f64)
    ENTRIES(i8) ENTRIES(u8) ENTRIES(i32) ENTRIES(i64) {0}};
