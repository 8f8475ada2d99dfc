/* softmax, log_softmax and their gradients along one axis: a block a line, sums in double.
 * data (outer, axis, inner); y = softmax(scale * data); output: which pointer is written to. */
#include "block.cuh"

struct softmax_dims {
  int64_t outer, axis, inner, output;
  double scale;
};

static wide block_most(wide x) {
  return block_merge(x, [](wide a, wide b) { return b > a ? b : a; });
}

#define EACH_LINE(line) \
  for (int64_t line = blockIdx.x; line < d.outer * d.inner; line += gridDim.x)
#define ALONG(i) for (int64_t i = threadIdx.x; i < d.axis; i += blockDim.x)
#define START(line) ((line) / d.inner * d.axis * d.inner + (line) % d.inner)

template <bool IS_LOG> static void forward(const softmax_dims &d, const real *x, real *y) {
  const wide scale = (wide)d.scale;
  EACH_LINE(line) {
    const int64_t start = START(line);
    wide most = -INFINITY;
    ALONG(i) {
      const wide value = LOAD(x[start + i * d.inner]) * scale;
      most = value > most ? value : most;
    }
    most = block_most(most);
    double total = 0;
    ALONG(i) total += (double)V_(exp_flushed)(LOAD(x[start + i * d.inner]) * scale - most);
    total = block_sum(total);
    const wide shift = most + (wide)log(total), factor = (wide)(1 / total);
    ALONG(i) {
      const wide value = LOAD(x[start + i * d.inner]) * scale;
      const wide power = V_(exp_flushed)(value - most);
      y[start + i * d.inner] = STORE(IS_LOG ? value - shift : power * factor);
    }
  }
}

template <bool IS_LOG>
static void backward(const softmax_dims &d, const real *dy, const real *y, real *dx) {
  const wide scale = (wide)d.scale;
  EACH_LINE(line) {
    const int64_t start = START(line);
    double sum = 0;
    ALONG(i) {
      const int64_t at = start + i * d.inner;
      sum += IS_LOG ? (double)LOAD(dy[at]) : (double)(LOAD(dy[at]) * LOAD(y[at]));
    }
    const wide total = (wide)block_sum(sum);
    ALONG(i) {
      const int64_t at = start + i * d.inner;
      const wide slope = LOAD(dy[at]), value = LOAD(y[at]);
      const wide log_slope = slope - V_(exp_flushed)(value) * total;
      dx[at] = STORE(scale * (IS_LOG ? log_slope : value * (slope - total)));
    }
  }
}

KERNEL(softmax, softmax_dims) { forward<false>(d, IN(0), OUT(d.output)); }
KERNEL(log_softmax, softmax_dims) { forward<true>(d, IN(0), OUT(d.output)); }
KERNEL(softmax_grad, softmax_dims) { backward<false>(d, IN(0), IN(1), OUT(d.output)); }
KERNEL(log_softmax_grad, softmax_dims) { backward<true>(d, IN(0), IN(1), OUT(d.output)); }
