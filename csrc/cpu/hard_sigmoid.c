/* hard_sigmoid: a line cut off at 0 and 1. */
#include "pointwise.h"

typedef struct { int64_t size; } hard_sigmoid_dims;

#define MX_BODY "hard_sigmoid_impl.h"
#include "mx_each_float.h"

#define ENTRY(dtype) MX_ENTRY(hard_sigmoid, dtype, hard_sigmoid_dims, "size")
const mx_kernel_entry mx_table_hard_sigmoid[] = {
    ENTRY(f16), ENTRY(bf16), ENTRY(f32), ENTRY(f64), {0}};
