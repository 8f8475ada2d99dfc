/* The outputs of LinearRegressionOutput, LogisticRegressionOutput and MAERegressionOutput. */
#include <string.h>

#include "mx_math.h"
#include "pointwise.h"

typedef struct { int64_t n, is_logistic; } regression_dims;

#define EXP(x) _Generic((x), float: mx_expf, double: mx_exp)(x)
#define MX_BODY "regression_output_impl.h"
#include "mx_each_float.h"

#define ENTRY(dtype) MX_ENTRY(regression_output, dtype, regression_dims, "n is_logistic")
const mx_kernel_entry mx_table_regression_output[] = {
    ENTRY(f16), ENTRY(bf16), ENTRY(f32), ENTRY(f64), {0}};
