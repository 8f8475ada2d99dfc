/* softmax and log_softmax along one axis, and their gradients. */
#include "softmax.h"

#include "half_parts.h"
#include "mx_math.h"

#define EXP(x) _Generic((x), float: mx_exp_flushedf, double: mx_exp_flushed)(x)
#define MX_BODY "softmax_rows.h"
#include "mx_each_wide.h"

static half_plan half_softmax(const softmax_dims *d, int64_t inputs) {
  half_plan plan = {.outer = d->outer, .inner = d->inner, .inner_at = 2,
                    .fields = sizeof *d / sizeof(int64_t), .arrays = inputs + 1};
  for (int64_t k = 0; k <= inputs; k++) {
    plan.at[k] = k < inputs ? k : d->output;
    plan.rows[k] = d->axis;
  }
  return plan;
}
#define FORWARD(d) half_softmax(d, 1)
#define GRADIENT(d) half_softmax(d, 2)

HALF_KERNEL(softmax, FORWARD)
HALF_KERNEL(log_softmax, FORWARD)
HALF_KERNEL(softmax_grad, GRADIENT)
HALF_KERNEL(log_softmax_grad, GRADIENT)

#define FLOATS(name)                                    \
  MX_ENTRY(name, f32, softmax_dims, SOFTMAX_FIELDS),    \
      MX_ENTRY(name, f64, softmax_dims, SOFTMAX_FIELDS), \
      HALF_ENTRIES(name, softmax_dims, SOFTMAX_FIELDS)

const mx_kernel_entry mx_table_softmax[] = {
    FLOATS(softmax), FLOATS(log_softmax), FLOATS(softmax_grad), FLOATS(log_softmax_grad), {0}};
