/* What losses need: regression outputs, the gradient of SoftmaxOutput, softmax_cross_entropy. */
#include "block.cuh"

struct regression_dims { int64_t n, is_logistic; };
struct softmax_output_dims {
  int64_t outer, axis, inner, is_dense, use_ignore, by_valid, has_dy;
  double grad_scale, norm, ignore_label, smooth_alpha;
};
struct cross_entropy_dims { int64_t rows, classes; };

/* data, label -> out: data itself, or its sigmoid. */
KERNEL(regression_output, regression_dims) {
  EACH(i, d.n) {
    const real x = IN(0)[i];
    OUT(2)[i] = d.is_logistic ? STORE((wide)(1 / (1 + V_(exp)(-LOAD(x))))) : x;
  }
}

/* Before the gradient: wrong labels are found, and the valid ones counted, in the scratch.  Labels as
 * in csrc/cpu/softmax_output_impl.h. */
LARGE_KERNEL(softmax_output_grad_first, softmax_output_dims) {
  double count = 0;
  for (int64_t i = threadIdx.x; i < d.outer * d.inner && !d.is_dense; i += blockDim.x) {
    const double label = (double)LOAD(IN(1)[i]);
    if (d.axis && !(label > -1 && label < (double)d.axis) && label != d.ignore_label)
      WRONG_INDEX(args);
    count += label != d.ignore_label;
  }
  count = block_sum(count);
  if (threadIdx.x == 0) *(double *)args.ptr[3 + d.has_dy] = count > 0 ? count : 1;
}

/* out, label, and dy if has_dy -> dx = (out - one_hot(label)) * grad_scale / norm [* dy] */
KERNEL(softmax_output_grad, softmax_output_dims) {
  const double valid = *(const double *)args.ptr[3 + d.has_dy];
  const double scale = d.grad_scale / (d.by_valid && !d.is_dense ? valid : d.norm);
  const double others = d.axis > 1 ? d.smooth_alpha / (double)(d.axis - 1) : 0;
  EACH(k, d.outer * d.axis * d.inner) {
    const int64_t i = k / d.inner % d.axis, place = k / (d.axis * d.inner) * d.inner + k % d.inner;
    const double wanted = (double)LOAD(IN(1)[d.is_dense ? k : place]);
    const bool is_ignored = !d.is_dense && d.use_ignore && wanted == d.ignore_label;
    const bool is_label = wanted > -1 && wanted < (double)d.axis && (int64_t)wanted == i;
    const double target = d.is_dense ? wanted : is_label ? 1 - d.smooth_alpha : others;
    const double error = is_ignored ? 0 : ((double)LOAD(IN(0)[k]) - target) * scale;
    OUT(2 + d.has_dy)[k] = STORE((wide)(d.has_dy ? error * (double)LOAD(IN(2)[k]) : error));
  }
}

/* data (rows, classes), label (rows) -> loss (1).  First each row's, by a block, in the scratch. */
KERNEL(softmax_cross_entropy_first, cross_entropy_dims) {
  for (int64_t r = blockIdx.x; r < d.rows; r += gridDim.x) {
    const real *x = IN(0) + r * d.classes;
    double most = -INFINITY, total = 0;
    for (int64_t k = threadIdx.x; k < d.classes; k += blockDim.x) most = fmax(most, (double)LOAD(x[k]));
    most = block_merge(most, [](double a, double b) { return fmax(a, b); });
    for (int64_t k = threadIdx.x; k < d.classes; k += blockDim.x) total += exp((double)LOAD(x[k]) - most);
    total = block_sum(total);
    if (threadIdx.x == 0) {
      const double label = (double)LOAD(IN(1)[r]);
      const bool is_class = label > -1 && label < (double)d.classes;
      if (!is_class) WRONG_INDEX(args);
      ((double *)args.ptr[3])[r] = most + log(total) - (is_class ? (double)LOAD(x[(int64_t)label]) : 0);
    }
  }
}
KERNEL(softmax_cross_entropy, cross_entropy_dims) {
  double loss = 0;
  for (int64_t r = threadIdx.x; r < d.rows; r += blockDim.x) loss += ((const double *)args.ptr[3])[r];
  loss = block_sum(loss);
  if (threadIdx.x == 0) OUT(2)[0] = STORE((wide)loss);
}
