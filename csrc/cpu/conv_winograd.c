/* Convolution of 3 x 3 windows of stride 1 by Winograd's filtering (conv_winograd.h), in float.
 *
 * Block by block of tiles, in whole rows of tiles:
 *   1. channel by channel, tiles of the image go to the points
 *   2. group by group of filters: the filters go to the points, point by point they are multiplied
 *      with the tiles, and the products go back to tiles of the result
 * A thread has blocks of its own if there are enough; else the threads share out each step.  What
 * filters become is kept if there are several blocks.
 * The gradient of the data is the same of dy, with the windows turned round.  For the gradient of
 * the weight dy goes to the points too, and the products are over the tiles.
 *
 * An infinity or NaN would spread over its tile.  Where one comes out, all is computed anew in the
 * general way, which keeps it to the windows that hold it. */
#include "conv_winograd.h"

#include "conv_winograd_plan.h"
#include "conv_winograd_result.h"
#include "conv_winograd_weight.h"

static winograd begin(const conv_dims *d, conv_pass pass, mx_scratch *scratch) {
  winograd w = plan_winograd(d, pass);
  const int64_t item = sizeof(float);
  if (pass == CONV_GRAD_WEIGHT) {
    const int64_t apart = w.own_blocks;
    w.points = mx_take(scratch, mx_product(apart * w.in, PRODUCTS * w.step), item);
    w.products = mx_take(scratch, mx_product(apart * w.out, PRODUCTS * w.step), item);
    w.filters = mx_take(scratch, mx_product(apart * w.panels, PRODUCTS * w.tiles * COLS), item);
    if (w.keeps) w.sums = mx_take(scratch, mx_product(apart, sums_of_task(&w)), item);
  } else {
    const int64_t slices = w.keeps ? filter_groups(&w) : w.tasks;
    const int64_t tasks = w.tasks > w.own_blocks ? w.tasks : w.own_blocks;
    w.filters = mx_take(scratch, mx_product(slices * PRODUCTS, filter_step(&w)), item);
    w.points = mx_take(scratch, mx_product(w.own_blocks, points_of_block(&w)), item);
    w.products = mx_take(scratch, mx_product(tasks, products_of_task(&w)), item);
  }
  return w;
}

static int64_t winograd_scratch(const conv_dims *d, conv_pass pass) {
  mx_scratch scratch = {0};
  begin(d, pass, &scratch);
  const int64_t general = conv_general_f32.scratch(d, pass);
  return scratch.size > general ? scratch.size : general;
}

static void winograd_run(const conv_dims *d, conv_pass pass, const conv_arrays *arrays) {
  winograd w = begin(d, pass, &(mx_scratch){.base = arrays->scratch});
  int overflow = 0;
  w.ptr = arrays->ptr;
  w.finish = arrays->finish;
  w.overflow = &overflow;
  if (pass == CONV_GRAD_WEIGHT) find_weight_gradient(&w);
  else find_result(&w);
  if (overflow) conv_general_f32.run(d, pass, arrays);
}

const conv_way conv_winograd_f32 = {winograd_scratch, winograd_run};

/* What the ways cost, in multiply-adds of vectors, as fitted to times of many sizes. */
#define DIRECT_LOSS 1.25     /* time of the general way by its multiply-adds */
#define PRODUCTS_LOSS 1.15   /* the same of the products at the points */
#define FILTER_COST 60.0     /* a filter to the points, for one channel */
#define VECTOR_COST 600.0    /* a vector of tiles to the points, or back */

static int is_winograd(const conv_dims *d) {
  for (int i = 0; i < 3; i++) {
    const int64_t window = i ? WINDOW : 1;
    if (d->kernel[i] != window || d->stride[i] != 1 || d->dilate[i] != 1) return 0;
    if (d->pad[i] > window - 1) return 0;
  }
  return d->groups == 1 && d->size[0] == 1 && d->N && d->C && d->F && volume(d->out);
}

int conv_winograd_pays(const conv_dims *d, conv_pass pass) {
  if (!is_winograd(d)) return 0;
  const winograd w = plan_winograd(d, pass);
  const double pairs = (double)w.in * (double)w.out, rows = (double)(d->N * w.down);
  const double vectors = rows * (double)mx_ceil_div(w.across, LANES);
  const double direct = DIRECT_LOSS * WINDOW * WINDOW * (double)(d->N * volume(d->out)) / LANES;
  const double products = PRODUCTS_LOSS * PRODUCTS * rows * (double)w.across / LANES;
  const double transforms = VECTOR_COST * vectors * (double)(w.in + w.out);
  return w.across <= MOST_ACROSS && pairs * (products + FILTER_COST) + transforms < pairs * direct;
}
