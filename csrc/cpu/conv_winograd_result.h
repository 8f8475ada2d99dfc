/* conv_winograd.c: results, and with them gradients of the data, from tiles and filters. */
#ifndef CONV_WINOGRAD_RESULT_H
#define CONV_WINOGRAD_RESULT_H
#include <string.h>

#include "conv_winograd_plan.h"
#include "conv_winograd_points.h"
#include "gemm_micro.h"

/* Task: a channel's tiles to points, in panels [point][panel][channel][tile].  A panel is full: what lies
 * behind the last tile is multiplied, too, for which numbers that chance left there, of the smallest, take
 * many times as long as zeros. */
static void tiles_task(void *context, int64_t channel) {
  const winograd *w = context;
  float points[PRODUCTS * MOST_STEP];
  const int64_t tiles = (w->end - w->first) * w->across, panels = tile_panels(w);
  image_to_points(w, channel, points);
  for (int64_t i = 0; i < PRODUCTS; i++)
    for (int64_t t = tiles; t < panels * COLS; t++) points[i * w->step + t] = 0;
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
      const tile_float tile = {.c = c + j, .c_step = PRODUCTS * w->step, .add = k ? c + j : NULL};
      micro_panel_float((int)rows, (int)mx_lesser(COLS, tiles - j), mx_lesser(BLOCK_K, w->in - k),
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
    const int64_t y = row % w->down * TILE, lines = mx_lesser(TILE, w->result_height - y);
    const int64_t at = row / w->down * image + (channel * w->result_height + y) * w->result_width;
    float *to = (float *)result_of(w->d, w->ptr) + at;
    for (int64_t t = 0; t < w->across; t += LANES) {
      UNROLL for (int i = 0; i < PRODUCTS; i++) products[i] = load(from + i * w->step + t);
      transform_tile(products, tiles);
      if (bias) for (int i = 0; i < TILE * TILE; i++) tiles[i] += bias[channel];
      UNROLL for (int i = 0; i < TILE * TILE; i++) zero += zero_of(tiles[i]);
      for (int64_t i = 0; i < lines; i++)
        store_line(tiles + i * TILE, mx_lesser(TILE * LANES, w->result_width - t * TILE),
                   to + i * w->result_width + t * TILE);
    }
    const finish_part part = {channel, 1, at, 0, lines * w->result_width};
    if (w->finish) finish_rows_f32(w->finish, &part, to, 0, to);
  }
  note_overflow(w, zero);
}

/* The filters of a group, to the points. */
static void put_filters(const winograd *w, int64_t group, float *filters) {
  const int64_t first = group * w->group * TILE_ROWS;
  const int64_t end = mx_lesser(w->out, first + w->group * TILE_ROWS);
  for (int64_t o = first; o < end; o += TILE_ROWS)
    filters_to_points(w, o, mx_lesser(TILE_ROWS, end - o),
                      filters + (o - first) / TILE_ROWS * filter_panel(w));
}

static float *kept_filters(const winograd *w, int64_t group) {
  return w->filters + group * PRODUCTS * filter_step(w);
}

static void filters_task(void *context, int64_t group) {
  const winograd *w = context;
  put_filters(w, group, kept_filters(w, group));
}

/* What vectors find behind the last tile must be numbers. */
static void clear_ends(const winograd *w, float *products) {
  for (int64_t i = 0; i < w->group * TILE_ROWS * PRODUCTS; i++)
    for (int64_t t = 0; t < LANES; t++) products[i * w->step + w->tiles + t] = 0;
}

/* The results of a group of filters, with `products` to work in. */
static void result_of_group(const winograd *w, int64_t group, const float *filters,
                            float *products) {
  const int64_t first = group * w->group * TILE_ROWS;
  const int64_t end = mx_lesser(w->out, first + w->group * TILE_ROWS);
  for (int64_t point = 0; point < PRODUCTS; point++)
    for (int64_t o = first; o < end; o += TILE_ROWS)
      multiply_point(w, mx_lesser(TILE_ROWS, end - o),
                     filters + point * filter_step(w) + (o - first) / TILE_ROWS * filter_panel(w),
                     w->points + point * tile_panels(w) * tile_panel(w),
                     products + ((o - first) * PRODUCTS + point) * w->step);
  for (int64_t o = first; o < end; o++)
    products_to_result(w, o, products + (o - first) * PRODUCTS * w->step);
}

/* Task: some of the groups of the one block that all threads are at, with memory for one, which so
 * stays in the thread's cache. */
static void groups_task(void *context, int64_t task) {
  winograd *w = context;
  float *products = w->products + task * products_of_task(w);
  if (w->first == 0) clear_ends(w, products);
  for (;;) {
    const int64_t group = __atomic_fetch_add(&w->next, 1, __ATOMIC_RELAXED);
    if (group >= filter_groups(w)) return;
    float *filters = kept_filters(w, w->keeps ? group : task);
    if (!w->keeps) put_filters(w, group, filters);
    result_of_group(w, group, filters, products);
  }
}

/* Task: some of the blocks, with memory for one. */
static void blocks_task(void *context, int64_t task) {
  winograd w = *(const winograd *)context;
  const int64_t rows = w.d->N * w.down, end = (task + 1) * w.blocks / w.own_blocks;
  w.points += task * points_of_block(&w);
  w.products += task * products_of_task(&w);
  clear_ends(&w, w.products);
  for (int64_t block = task * w.blocks / w.own_blocks; block < end; block++) {
    w.first = block * w.rows;
    w.end = mx_lesser(w.first + w.rows, rows);
    for (int64_t channel = 0; channel < w.in; channel++) tiles_task(&w, channel);
    for (int64_t group = 0; group < filter_groups(&w); group++)
      result_of_group(&w, group, kept_filters(&w, group), w.products);
  }
}

static void find_result(winograd *w) {
  const int64_t rows = w->d->N * w->down, weights = w->in * w->out * PRODUCTS;
  const int64_t work = mx_product(weights, w->tiles);
  if (w->keeps) run_tasks(filter_groups(w), weights, filters_task, w);
  const int64_t threads = mx_rt->num_threads();
  if (threads > 1 && threads <= w->own_blocks) {
    run_tasks(w->own_blocks, work, blocks_task, w);
    return;
  }
  for (w->first = 0; w->first < rows; w->first = w->end) {
    w->end = mx_lesser(w->first + w->rows, rows);
    w->next = 0;
    run_tasks(w->in, w->in * PRODUCTS * w->tiles, tiles_task, w);
    run_tasks(mx_lesser(w->tasks, threads), work, groups_task, w);
  }
}
#endif
