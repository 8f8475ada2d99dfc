/* Convolution of 3 x 3 windows of stride 1 by Winograd's filtering (conv_winograd.h), in float.
 *
 * Block by block of tiles, in whole rows of tiles:
 *   1. channel by channel, tiles of the image go to the points
 *   2. group by group of filters: the filters go to the points, point by point they are multiplied
 *      with the tiles, and the products go back to tiles of the result
 * The gradient of the data is the same of dy, with the windows turned round.  For the gradient of
 * the weight dy goes to the points too, and the products are over the tiles.
 *
 * An infinity or NaN would spread over its tile.  Where one comes out, all is computed anew in the
 * general way, which keeps it to the windows that hold it. */
#include "conv_winograd.h"

#include <string.h>

#include "conv_winograd_plan.h"
#include "conv_winograd_points.h"
#include "gemm_micro.h"

/* ---------------------------------------------------------------- the result */

/* Task: a channel's tiles to points, in panels [point][panel][channel][tile]. */
static void tiles_task(void *context, int64_t channel) {
  const winograd *w = context;
  float points[PRODUCTS * MOST_STEP];
  const int64_t panels = tile_panels(w);
  image_to_points(w, channel, points);
  for (int64_t i = 0; i < PRODUCTS; i++)
    for (int64_t j = 0; j < panels; j++)
      memcpy(w->points + (i * panels + j) * tile_panel(w) + channel * COLS,
             points + i * w->step + j * COLS, COLS * sizeof(float));
}

/* A panel of filters times all tiles at a point: c[filter][point][tile]. */
static void multiply_point(const winograd *w, int64_t rows, const float *a, const float *b,
                           float *c) {
  const int64_t tiles = (w->end - w->first) * w->across;
  for (int64_t k = 0; k < w->in; k += BLOCK_K)
    for (int64_t j = 0; j < tiles; j += COLS) {
      const tile_float tile = {c + j, PRODUCTS * w->step, k > 0, NULL, NULL};
      micro_panel_float((int)rows, (int)lesser(COLS, tiles - j), lesser(BLOCK_K, w->in - k),
                        a + k * rows, rows, b + j / COLS * tile_panel(w) + k * COLS, COLS, &tile);
    }
}

/* Up to LANES tiles of results next to each other, one row of them: y[4 * t + k] = tiles[k][t]. */
static void store_line(const vec *tiles, int64_t count, float *y) {
  float line[TILE * LANES];
  for (int t = 0; t < LANES; t += 4)
    FN(transpose_four)((const float *)tiles + t, LANES, TILE, line + TILE * t);
  memcpy(y, line, (size_t)count * sizeof(float));
}

/* A channel of the result from its products. */
static void products_to_result(const winograd *w, int64_t channel, const float *from) {
  const float *bias = bias_of(w->d, w->ptr);
  const int64_t image = w->out * w->result_height * w->result_width;
  vec products[PRODUCTS], tiles[TILE * TILE], zero = {0};
  for (int64_t row = w->first; row < w->end; row++, from += w->across) {
    const int64_t y = row % w->down * TILE, lines = lesser(TILE, w->result_height - y);
    float *to = (float *)result_of(w->d, w->ptr) + row / w->down * image +
                (channel * w->result_height + y) * w->result_width;
    for (int64_t t = 0; t < w->across; t += LANES) {
      UNROLL for (int i = 0; i < PRODUCTS; i++) products[i] = load(from + i * w->step + t);
      transform_tile(products, tiles);
      if (bias) for (int i = 0; i < TILE * TILE; i++) tiles[i] += bias[channel];
      UNROLL for (int i = 0; i < TILE * TILE; i++) zero += zero_of(tiles[i]);
      for (int64_t i = 0; i < lines; i++)
        store_line(tiles + i * TILE, lesser(TILE * LANES, w->result_width - t * TILE),
                   to + i * w->result_width + t * TILE);
    }
  }
  note_overflow(w, zero);
}

/* A group of filters, with `products` and `filters` to work in. */
static void result_of_group(const winograd *w, int64_t group, float *filters, float *products) {
  const int64_t first = group * w->group * TILE_ROWS;
  const int64_t end = lesser(w->out, first + w->group * TILE_ROWS);
  for (int64_t o = first; o < end && (w->first == 0 || !w->keeps); o += TILE_ROWS)
    filters_to_points(w, o, lesser(TILE_ROWS, end - o),
                      filters + (o - first) / TILE_ROWS * filter_panel(w));
  for (int64_t point = 0; point < PRODUCTS; point++)
    for (int64_t o = first; o < end; o += TILE_ROWS)
      multiply_point(w, lesser(TILE_ROWS, end - o),
                     filters + point * filter_step(w) + (o - first) / TILE_ROWS * filter_panel(w),
                     w->points + point * tile_panels(w) * tile_panel(w),
                     products + ((o - first) * PRODUCTS + point) * w->step);
  for (int64_t o = first; o < end; o++)
    products_to_result(w, o, products + (o - first) * PRODUCTS * w->step);
}

static void groups_task(void *context, int64_t task) {
  const winograd *w = context;
  float *products = w->products + task * w->group * TILE_ROWS * PRODUCTS * w->step;
  if (w->first == 0)          /* what vectors find behind the last tile must be numbers */
    for (int64_t i = 0; i < w->group * TILE_ROWS * PRODUCTS; i++)
      for (int64_t t = w->tiles; t < w->step; t++) products[i * w->step + t] = 0;
  for (int64_t group = task; group < filter_groups(w); group += w->tasks)
    result_of_group(w, group, w->filters + (w->keeps ? group : task) * PRODUCTS * filter_step(w),
                    products);
}

/* ---------------------------------------------------------------- the gradient of the weight */

static void image_task(void *context, int64_t channel) {
  const winograd *w = context;
  image_to_points(w, channel, w->points + channel * PRODUCTS * w->step);
}

static void gradient_task(void *context, int64_t channel) {
  const winograd *w = context;
  gradient_to_points(w, channel, w->products + channel * PRODUCTS * w->step);
}

/* Task: a panel of dy's channels at a point, [tile][channel]. */
static void pack_task(void *context, int64_t task) {
  const winograd *w = context;
  const int64_t point = task % PRODUCTS, f = task / PRODUCTS * COLS;
  FN(pack_panel)(w->products + (f * PRODUCTS + point) * w->step, PRODUCTS * w->step, 1,
                 lesser(COLS, w->out - f), (w->end - w->first) * w->across, COLS,
                 w->filters + task * w->tiles * COLS);
}

/* The windows of a panel of filters for a channel, from its sums[point][filter]. */
static void store_windows(const winograd *w, int64_t channel, int64_t f, const float *from) {
  const int64_t end = lesser(w->out, f + COLS);
  vec sums[PRODUCTS], window[WINDOW * WINDOW], zero = {0};
  for (; f < end; f += LANES, from += LANES) {
    float *dw = (float *)w->ptr[2] + (f * w->in + channel) * WINDOW * WINDOW;
    UNROLL for (int i = 0; i < PRODUCTS; i++) sums[i] = load(from + i * COLS);
    transform_window(sums, window);
    UNROLL for (int k = 0; k < WINDOW * WINDOW; k++) zero += zero_of(window[k]);
    for (int64_t i = 0; i < lesser(LANES, end - f); i++, dw += w->in * WINDOW * WINDOW)
      for (int k = 0; k < WINDOW * WINDOW; k++) dw[k] = window[k][i];
  }
  note_overflow(w, zero);
}

/* Task: a panel of filters for a chunk of channels.  Blocks add up in sums[panel][channel]. */
static void sums_task(void *context, int64_t task) {
  const winograd *w = context;
  const int64_t panel = task / w->chunks, f = panel * COLS, line = 0;
  const int64_t tiles = (w->end - w->first) * w->across;
  const int64_t last = lesser(w->in, (task % w->chunks + 1) * w->chunk);
  float here[TILE_ROWS * PRODUCTS * COLS];
  for (int64_t c = task % w->chunks * w->chunk; c < last; c += TILE_ROWS) {
    const int64_t rows = lesser(TILE_ROWS, last - c);
    float *sums = w->keeps ? w->sums + (panel * w->in + c) * PRODUCTS * COLS : here;
    for (int64_t point = 0; point < PRODUCTS; point++) {
      int64_t row[TILE_ROWS];
      for (int64_t i = 0; i < TILE_ROWS; i++) row[i] = ((c + i) * PRODUCTS + point) * w->step;
      const lines_float lines = {w->points, row, &line, 1, tiles};
      const tile_float tile = {sums + point * COLS, PRODUCTS * COLS, w->first > 0, NULL, NULL};
      micro_lines_float((int)rows, COLS, &lines,
                        w->filters + (panel * PRODUCTS + point) * w->tiles * COLS, COLS, &tile);
    }
    if (w->end < w->d->N * w->down) continue;
    for (int64_t i = 0; i < rows; i++) store_windows(w, c + i, f, sums + i * PRODUCTS * COLS);
  }
}

/* ---------------------------------------------------------------- the passes */

static winograd begin(const conv_dims *d, conv_pass pass, mx_scratch *scratch) {
  winograd w = plan_winograd(d, pass);
  const int64_t item = sizeof(float);
  if (pass == CONV_GRAD_WEIGHT) {
    w.points = mx_take(scratch, mx_product(w.in, PRODUCTS * w.step), item);
    w.products = mx_take(scratch, mx_product(w.out, PRODUCTS * w.step), item);
    w.filters = mx_take(scratch, mx_product(w.panels, PRODUCTS * w.tiles * COLS), item);
    if (w.keeps)
      w.sums = mx_take(scratch, mx_product(w.in * PRODUCTS, w.panels * COLS), item);
  } else {
    const int64_t slices = w.keeps ? filter_groups(&w) : w.tasks;
    w.filters = mx_take(scratch, mx_product(slices * PRODUCTS, filter_step(&w)), item);
    w.points = mx_take(scratch, mx_product(PRODUCTS * tile_panels(&w), tile_panel(&w)), item);
    w.products = mx_take(scratch, w.tasks * w.group * TILE_ROWS * PRODUCTS * w.step, item);
  }
  return w;
}

static int64_t winograd_scratch(const conv_dims *d, conv_pass pass) {
  mx_scratch scratch = {0};
  begin(d, pass, &scratch);
  const int64_t general = conv_general_f32.scratch(d, pass);
  return scratch.size > general ? scratch.size : general;
}

static void winograd_run(const conv_dims *d, conv_pass pass, void *const *ptr, void *scratch) {
  winograd w = begin(d, pass, &(mx_scratch){.base = scratch});
  const int64_t rows = d->N * w.down, weights = w.in * w.out * PRODUCTS;
  int overflow = 0;
  w.ptr = ptr;
  w.overflow = &overflow;
  for (w.first = 0; w.first < rows; w.first = w.end) {
    w.end = lesser(w.first + w.rows, rows);
    const int64_t transforms = PRODUCTS * w.tiles, work = mx_product(weights, w.tiles);
    if (pass == CONV_GRAD_WEIGHT) {
      run_tasks(w.in, w.in * transforms, image_task, &w);
      run_tasks(w.out, w.out * transforms, gradient_task, &w);
      run_tasks(PRODUCTS * w.panels, w.out * transforms, pack_task, &w);
      run_tasks(w.panels * w.chunks, work, sums_task, &w);
    } else {
      run_tasks(w.in, w.in * transforms, tiles_task, &w);
      run_tasks(w.tasks, work, groups_task, &w);
    }
  }
  if (overflow) conv_general_f32.run(d, pass, ptr, scratch);
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
  const double vectors = rows * (double)((w.across + LANES - 1) / LANES);
  const double direct = DIRECT_LOSS * WINDOW * WINDOW * (double)(d->N * volume(d->out)) / LANES;
  const double products = PRODUCTS_LOSS * PRODUCTS * rows * (double)w.across / LANES;
  const double transforms = VECTOR_COST * vectors * (double)(w.in + w.out);
  return w.across <= MOST_ACROSS && pairs * (products + FILTER_COST) + transforms < pairs * direct;
}
