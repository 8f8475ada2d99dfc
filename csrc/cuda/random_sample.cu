/* Samplers that need their own sequence for each element, and draws of classes: csrc/cpu/random_sample.c. */
#include "prelude.cuh"
#include "random_sample.h"

struct sample_dims { int64_t n, per, count, kind, output; };

static double sample_parameter(const sample_dims &d, const mx_args &args, int64_t which, int64_t k) {
  if (!d.per) return args.scalar[2 + which].f;
  if (which >= d.count) return 0;
  const int64_t at = k / d.per;
  const void *values = args.ptr[which];
  return number_at(values, d.kind, at);
}

#define SAMPLE(name)                                                                            \
  KERNEL(sample_##name, sample_dims) {                                                          \
    EACH(k, d.n) {                                                                              \
      mx_sequence sequence = mx_sequence_at(args.scalar[0].u, args.scalar[1].u, k);             \
      const double a = sample_parameter(d, args, 0, k), b = sample_parameter(d, args, 1, k);    \
      OUT(d.output)[k] = STORE((wide)draw_##name(&sequence, a, b));                             \
    }                                                                                           \
  }
SAMPLE(uniform)
SAMPLE(normal)
SAMPLE(exponential)
SAMPLE(gamma)
SAMPLE(poisson)
SAMPLE(negative_binomial)
SAMPLE(generalized_negative_binomial)

/* data (rows, classes) of probabilities -> classes (rows, draws), perhaps the logarithms of their
 * probabilities; scratch: the sums of probabilities up to each class. */
struct multinomial_dims { int64_t rows, classes, draws, has_log, out_kind; };

KERNEL(sample_multinomial_first, multinomial_dims) {
  EACH(row, d.rows) {
    double *sums = (double *)args.ptr[2 + d.has_log] + row * d.classes, sum = 0;
    bool is_wrong = false;
    for (int64_t k = 0; k < d.classes; k++) {
      const double p = (double)LOAD(IN(0)[row * d.classes + k]);
      is_wrong |= !(p >= 0);
      sums[k] = sum += p;
    }
    if (d.draws && (is_wrong || !(sum > 0))) WRONG(args, MX_BAD_VALUE);
  }
}

KERNEL(sample_multinomial, multinomial_dims) {
  EACH(i, d.rows * d.draws) {
    const int64_t row = i / d.draws;
    const double *sums = (const double *)args.ptr[2 + d.has_log] + row * d.classes;
    mx_sequence sequence = mx_sequence_at(args.scalar[0].u, args.scalar[1].u, i);
    const double wanted = draw_uniform(&sequence, 0, sums[d.classes - 1]);
    int64_t low = 0, high = d.classes - 1;
    while (low < high) {
      const int64_t middle = (low + high) / 2;
      if (sums[middle] > wanted) high = middle;
      else low = middle + 1;
    }
    store_index(args.ptr[1], d.out_kind, i, low);
    if (d.has_log) OUT(2)[i] = STORE((wide)log((double)LOAD(IN(0)[row * d.classes + low])));
  }
}
