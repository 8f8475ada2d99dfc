/* softmax and log_softmax along one axis, and their gradients. */
#include "softmax.h"

#include "mx_math.h"

#define EXP(x) _Generic((x), float: mx_expf, double: mx_exp)(x)
#define MX_BODY "softmax_rows.h"
#include "mx_each_float.h"

#define ENTRY(name, dtype) MX_ENTRY(name, dtype, softmax_dims, SOFTMAX_FIELDS)
#define FLOATS(name) ENTRY(name, f16), ENTRY(name, bf16), ENTRY(name, f32), ENTRY(name, f64)

const mx_kernel_entry mx_table_softmax[] = {
    FLOATS(softmax), FLOATS(log_softmax), FLOATS(softmax_grad), FLOATS(log_softmax_grad), {0}};
