/* The gradient of SoftmaxOutput. */
#include "mx_kernel.h"
#include "mx_size.h"

/* y (outer, axis, inner); label (outer, inner), or like y if is_dense.  The gradient is divided
 * by norm, or by the number of labels that are not ignored if by_valid. */
typedef struct {
  int64_t outer, axis, inner, is_dense, use_ignore, by_valid, has_dy;
  double grad_scale, norm, ignore_label, smooth_alpha;
} softmax_output_dims;
#define OUTPUT_FIELDS                                                        \
  "outer axis inner is_dense use_ignore by_valid has_dy grad_scale:d norm:d " \
  "ignore_label:d smooth_alpha:d"

typedef struct {
  const softmax_output_dims *d;
  const void *y, *label, *dy;
  void *dx;
  double scale;
  int64_t group;   /* rows to a task */
} output_job;

enum { OUTPUT_WORK = 1 << 14 };   /* elements to a task, about */

#define MX_BODY "softmax_output_impl.h"
#include "mx_each_float.h"

#define OUTPUT(dtype) MX_ENTRY(softmax_output_grad, dtype, softmax_output_dims, OUTPUT_FIELDS)

const mx_kernel_entry mx_table_softmax_output[] = {
    OUTPUT(f16), OUTPUT(bf16), OUTPUT(f32), OUTPUT(f64), {0}};
