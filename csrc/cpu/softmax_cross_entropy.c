/* softmax_cross_entropy: a loss as one number. */
#include <math.h>

#include "mx_kernel.h"

typedef struct { int64_t rows, classes; } cross_entropy_dims;

#define MX_BODY "softmax_cross_entropy_impl.h"
#include "mx_each_float.h"

#define ENTRY(dtype) MX_ENTRY(softmax_cross_entropy, dtype, cross_entropy_dims, "rows classes")
const mx_kernel_entry mx_table_softmax_cross_entropy[] = {
    ENTRY(f16), ENTRY(bf16), ENTRY(f32), ENTRY(f64), {0}};
