/* smooth_l1: a parabola around 0, lines outside it. */
#include "pointwise.h"

typedef struct { int64_t size; } smooth_l1_dims;

#define MX_BODY "smooth_l1_impl.h"
#include "mx_each_float.h"

#define ENTRY(dtype) MX_ENTRY(smooth_l1, dtype, smooth_l1_dims, "size")
const mx_kernel_entry mx_table_smooth_l1[] = {ENTRY(f16), ENTRY(bf16), ENTRY(f32), ENTRY(f64), {0}};
