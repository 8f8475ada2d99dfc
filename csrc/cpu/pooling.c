/* Max, average, sum and Lp pooling in one to three dimensions, and the gradients. */
#include "pooling.h"

#include <math.h>
#include <string.h>

#include "mx_scratch.h"

#define MX_BODY "pooling_rows.h"
#include "mx_each_float.h"

#define ENTRY(name, dtype) MX_ENTRY(name, dtype, pool_dims, POOL_FIELDS)
#define FLOATS(name) ENTRY(name, f16), ENTRY(name, bf16), ENTRY(name, f32), ENTRY(name, f64)

#define GRAD(name, dtype) \
  MX_ENTRY_SCRATCH(name, dtype, pool_grad_scratch_##dtype, pool_dims, POOL_FIELDS)
#define GRADS(name) GRAD(name, f16), GRAD(name, bf16), GRAD(name, f32), GRAD(name, f64)

const mx_kernel_entry mx_table_pooling[] = {
    FLOATS(pool_max), FLOATS(pool_sum), FLOATS(pool_lp2), FLOATS(pool_lp3),
    GRADS(pool_max_grad), GRADS(pool_sum_grad), FLOATS(pool_max_gather), {0}};
