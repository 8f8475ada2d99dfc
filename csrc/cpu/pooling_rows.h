/* The kernels of pooling.c, for one dtype. */

/* One task is some rows (OW, inner) of the output. */
static int FN(pool_forward)(const pool_dims *d, void *const *ptr,
                            void (*task)(void *, int64_t)) {
  const int64_t work = d->out[2] * d->inner * d->kernel[0] * d->kernel[1] * d->kernel[2];
  return pool_run(d, ptr, d->outer * d->out[0] * d->out[1], work, task);
}

#include "pooling_max_impl.h"

#define NAME pool_sum
#define POWER(x) (x)
#define ROOT(a) (a)
#include "pooling_sum_impl.h"

#define NAME pool_lp2
#define POWER(x) ((x) * (x))
#define ROOT(a) (real)sqrt(a)
#include "pooling_sum_impl.h"

#define NAME pool_lp3
#define POWER(x) ((x) * (x) * (x))
#define ROOT(a) (real)cbrt(a)
#include "pooling_sum_impl.h"

#include "pooling_grad_impl.h"
