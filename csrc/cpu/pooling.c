/* Max, average, sum and Lp pooling in one to three dimensions, and the gradients. */
#include "pooling.h"

#include <math.h>
#include <string.h>

#include "half_parts.h"

#define MX_BODY "pooling_rows.h"
#include "mx_each_wide.h"

/* data (outer, D, H, W, inner) and out (outer, OD, OH, OW, inner), the output last.
 * is_data: which arrays are as large as data. */
static half_plan half_pool(const pool_dims *d, int64_t arrays, const int *is_data) {
  half_plan plan = {.outer = d->outer, .inner = d->inner, .inner_at = 1,
                    .fields = sizeof *d / sizeof(int64_t), .arrays = arrays};
  for (int64_t k = 0; k < arrays; k++) {
    plan.at[k] = k;
    const int64_t *size = is_data[k] ? d->size : d->out;
    plan.rows[k] = mx_product(mx_product(size[0], size[1]), size[2]);
  }
  return plan;
}
#define OUT_OF_DATA(d) half_pool(d, 2, (int[]){1, 0})
#define DATA_OF_OUT(d) half_pool(d, 2, (int[]){0, 1})
#define DATA_OF_OUT_AND_DATA(d) half_pool(d, 3, (int[]){0, 1, 1})
#define OUT_OF_TWO_DATA(d) half_pool(d, 3, (int[]){1, 1, 0})

HALF_KERNEL(pool_max, OUT_OF_DATA)
HALF_KERNEL(pool_sum, OUT_OF_DATA)
HALF_KERNEL(pool_lp2, OUT_OF_DATA)
HALF_KERNEL(pool_lp3, OUT_OF_DATA)
HALF_KERNEL(pool_max_grad, DATA_OF_OUT_AND_DATA)
HALF_KERNEL(pool_sum_grad, DATA_OF_OUT)
HALF_KERNEL(pool_max_gather, OUT_OF_TWO_DATA)

#define FLOATS(name)                              \
  MX_ENTRY(name, f32, pool_dims, POOL_FIELDS),    \
      MX_ENTRY(name, f64, pool_dims, POOL_FIELDS), HALF_ENTRIES(name, pool_dims, POOL_FIELDS)

const mx_kernel_entry mx_table_pooling[] = {
    FLOATS(pool_max), FLOATS(pool_sum), FLOATS(pool_lp2), FLOATS(pool_lp3),
    FLOATS(pool_max_grad), FLOATS(pool_sum_grad), FLOATS(pool_max_gather), {0}};
