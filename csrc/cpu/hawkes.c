/* The log likelihood of marked, self-exciting point processes (Hawkes processes), and its gradient.
 *
 * Mark k has the intensity mu[k] + alpha[k] beta[k] s[k] e^(-beta[k] d), d the time since its last
 * point, s[k] its state just after that point: 1 + what the points before have left there. */
#include <math.h>
#include <string.h>

#include "index_common.h"
#include "mx_scratch.h"

/* N sequences of up to T points of K marks. */
typedef struct { int64_t N, T, K; } hawkes_dims;
#define HAWKES_FIELDS "N T K"

typedef struct {
  const hawkes_dims *d;
  void *const *ptr;
  int64_t tasks;
  int status;
} hawkes_job;

/* Of each mark of each sequence the time of its last point, its state, and the slope of that. */
static int64_t hawkes_scratch(const void *desc) {
  const hawkes_dims *d = desc;
  return mx_product(mx_product(d->N, d->K), 3 * sizeof(double));
}

#define MX_BODY "hawkes_impl.h"
#include "mx_each_wide.h"

#define HAWKES(kernel, dtype) \
  MX_ENTRY_SCRATCH(kernel, dtype, hawkes_scratch, hawkes_dims, HAWKES_FIELDS)

const mx_kernel_entry mx_table_hawkes[] = {
    HAWKES(hawkes, f32), HAWKES(hawkes, f64), HAWKES(hawkes_grad, f32), HAWKES(hawkes_grad, f64),
    {0}};
