/* conv_winograd.c: the gradient of the weight, from tiles of the image and of dy. */
#ifndef CONV_WINOGRAD_WEIGHT_H
#define CONV_WINOGRAD_WEIGHT_H
#include "conv_winograd_plan.h"
#include "conv_winograd_points.h"
#include "gemm_micro.h"

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
                 mx_lesser(COLS, w->out - f), (w->end - w->first) * w->across, COLS,
                 w->filters + task * w->tiles * COLS);
}

/* The windows of a panel of filters for a channel, from its sums[point][filter]. */
static void store_windows(const winograd *w, int64_t channel, int64_t f, const float *from) {
  const int64_t end = mx_lesser(w->out, f + COLS);
  vec sums[PRODUCTS], window[WINDOW * WINDOW], zero = {0};
  for (; f < end; f += LANES, from += LANES) {
    float *dw = (float *)w->ptr[2] + (f * w->in + channel) * WINDOW * WINDOW;
    UNROLL for (int i = 0; i < PRODUCTS; i++) sums[i] = load(from + i * COLS);
    transform_window(sums, window);
    UNROLL for (int k = 0; k < WINDOW * WINDOW; k++) zero += zero_of(window[k]);
    for (int64_t i = 0; i < mx_lesser(LANES, end - f); i++, dw += w->in * WINDOW * WINDOW)
      for (int k = 0; k < WINDOW * WINDOW; k++) dw[k] = window[k][i];
  }
  note_overflow(w, zero);
}

/* Task: a panel of filters for a chunk of channels.  Blocks add up in sums[panel][channel]. */
static void sums_task(void *context, int64_t task) {
  const winograd *w = context;
  const int64_t panel = task / w->chunks, f = panel * COLS, line = 0;
  const int64_t tiles = (w->end - w->first) * w->across;
  const int64_t last = mx_lesser(w->in, (task % w->chunks + 1) * w->chunk);
  float here[TILE_ROWS * PRODUCTS * COLS];
  for (int64_t c = task % w->chunks * w->chunk; c < last; c += TILE_ROWS) {
    const int64_t rows = mx_lesser(TILE_ROWS, last - c);
    float *sums = w->keeps ? w->sums + (panel * w->in + c) * PRODUCTS * COLS : here;
    for (int64_t point = 0; point < PRODUCTS; point++) {
      int64_t row[TILE_ROWS];
      for (int64_t i = 0; i < TILE_ROWS; i++) row[i] = ((c + i) * PRODUCTS + point) * w->step;
      const lines_float lines = {w->points, row, &line, 1, tiles};
      float *to = sums + point * COLS;
      const tile_float tile = {.c = to, .c_step = PRODUCTS * COLS, .add = w->adds ? to : NULL};
      micro_lines_float((int)rows, COLS, &lines,
                        w->filters + (panel * PRODUCTS + point) * w->tiles * COLS, COLS, &tile);
    }
    for (int64_t i = 0; i < rows && !w->keeps; i++)
      store_windows(w, c + i, f, sums + i * PRODUCTS * COLS);
  }
}

/* Task: the same part of the result, when all blocks are summed. */
static void windows_task(void *context, int64_t task) {
  const winograd *w = context;
  const int64_t panel = task / w->chunks, last = mx_lesser(w->in, (task % w->chunks + 1) * w->chunk);
  for (int64_t c = task % w->chunks * w->chunk; c < last; c++) {
    float *sums = w->sums + (panel * w->in + c) * PRODUCTS * COLS;
    for (int64_t other = 1; other < w->own_blocks; other++)
      for (int64_t i = 0; i < PRODUCTS * COLS; i++) sums[i] += sums[other * sums_of_task(w) + i];
    store_windows(w, c, panel * COLS, sums);
  }
}

/* The sums of a task's blocks, in a place for one block. */
static void sum_blocks(winograd w, int64_t task, int64_t place) {
  const int64_t rows = w.d->N * w.down, first = task * w.blocks / w.own_blocks;
  w.points += place * w.in * PRODUCTS * w.step;
  w.products += place * w.out * PRODUCTS * w.step;
  w.filters += place * w.panels * PRODUCTS * w.tiles * COLS;
  w.sums += task * sums_of_task(&w);
  for (int64_t block = first; block < (task + 1) * w.blocks / w.own_blocks; block++) {
    w.first = block * w.rows;
    w.end = mx_lesser(w.first + w.rows, rows);
    w.adds = block > first;
    for (int64_t channel = 0; channel < w.in; channel++) image_task(&w, channel);
    for (int64_t channel = 0; channel < w.out; channel++) gradient_task(&w, channel);
    for (int64_t panel = 0; panel < PRODUCTS * w.panels; panel++) pack_task(&w, panel);
    for (int64_t part = 0; part < w.panels * w.chunks; part++) sums_task(&w, part);
  }
}

static void own_sums_task(void *context, int64_t task) {
  sum_blocks(*(const winograd *)context, task, task);
}

static void find_weight_gradient(winograd *w) {
  const int64_t rows = w->d->N * w->down, transforms = PRODUCTS * w->tiles;
  const int64_t weights = w->in * w->out * PRODUCTS, work = mx_product(weights, w->tiles);
  if (w->own_blocks > 1 && mx_rt->num_threads() == 1)
    for (int64_t task = 0; task < w->own_blocks; task++) sum_blocks(*w, task, 0);
  else if (w->own_blocks > 1) run_tasks(w->own_blocks, work, own_sums_task, w);
  else for (w->first = 0; w->first < rows; w->first = w->end) {
    w->end = mx_lesser(w->first + w->rows, rows);
    w->adds = w->first > 0;
    run_tasks(w->in, w->in * transforms, image_task, w);
    run_tasks(w->out, w->out * transforms, gradient_task, w);
    run_tasks(PRODUCTS * w->panels, w->out * transforms, pack_task, w);
    run_tasks(w->panels * w->chunks, work, sums_task, w);
  }
  if (w->keeps) run_tasks(w->panels * w->chunks, weights, windows_task, w);
}
#endif
