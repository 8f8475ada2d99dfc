/* What the passes of conv_winograd.c share: how a convolution is cut into blocks of tiles. */
#ifndef CONV_WINOGRAD_PLAN_H
#define CONV_WINOGRAD_PLAN_H
#include "conv_plan.h"
#include "conv_winograd.h"

enum {
  MOST_ACROSS = 128,          /* tiles in a row of an image */
  SPLIT = MOST_ACROSS + 4 + LANES,     /* of one phase of a line: every fourth element */
  BLOCK_BYTES = 2 << 20,      /* of a block's points and products: they stay in the caches; */
  FEWEST_TILES = 64, MOST_TILES = 256,
  MOST_SUMMED = 128,          /* tiles of a block of the weight's gradient */
  MOST_STEP = MOST_TILES + COLS + LANES,
  BLOCK_K = 256,              /* channels multiplied at a time */
  GATHERED = 8,               /* channels whose windows are read at a time */
  /* Panels of filters in a group, if there are more than a few: those of AVX-512 are tall, and one
   * of them at the points is what L2 has room for beside the tiles. */
  GROUP = TILE_ROWS > 6 ? 1 : 2, FEW_PANELS = 8,
  CHUNK_PANELS = 4,           /* of channels in a task of the weight's gradient */
  MOST_TASKS = 16, MOST_OWN_BLOCKS = 8,
  SUMS_APART = 4, MOST_SUMS = 1 << 18, /* tasks with sums of their own; elements of the sums */
};

/* `in` channels of an image of height x width go to `out` channels of a result, in tiles. */
typedef struct {
  const conv_dims *d;
  conv_pass pass;
  int64_t in, out, height, width, result_height, result_width, pad[2];
  int64_t down, across;       /* rows of tiles in a result, tiles in a row */
  int64_t rows, tiles, step;  /* of a block: rows of tiles, tiles, elements from point to point */
  int64_t group, tasks;       /* panels of filters in a group; at most so many tasks take groups */
  int64_t blocks, own_blocks; /* their number; how many are worked on at a time by a thread each */
  int64_t panels;             /* of dy's channels */
  int64_t chunk, chunks;      /* channels in a task of the weight's gradient; their number */
  int adds;                   /* to the sums of blocks before */
  int keeps;                  /* there are several blocks: what filters have is kept for the next */
  void *const *ptr;
  const row_finish *finish;
  /* Scratch: filters and tiles of the image at the points, and their products.  Of the weight's
   * gradient: packed dy, the image's and dy's tiles at the points, and sums over blocks. */
  float *filters, *points, *products, *sums;
  int64_t first, end;         /* rows of tiles, of all images, in the block worked on */
  int64_t next;               /* group of the block that no task has taken */
  int *overflow;              /* whether a result was not finite */
} winograd;

/* 0 of numbers; NaN of what is not finite. */
static inline vec zero_of(vec x) { return x * 0.0f; }

static inline void note_overflow(const winograd *w, vec zero) {
  for (int i = 0; i < LANES; i++)
    if (zero[i] != 0) __atomic_store_n(w->overflow, 1, __ATOMIC_RELAXED);
}

/* Elements from a panel of filters or tiles to the next, and from a point to the next: odd numbers
 * of lines, so that not all of them fall on the same places of the caches. */
static inline int64_t filter_panel(const winograd *w) { return TILE_ROWS * w->in + LANES; }
static inline int64_t filter_step(const winograd *w) {
  return (w->group * filter_panel(w) / COLS | 1) * COLS + COLS;
}
static inline int64_t filter_groups(const winograd *w) {
  return mx_ceil_div(w->out, TILE_ROWS * w->group);
}
static inline int64_t tile_panel(const winograd *w) { return (w->in | 1) * COLS; }
static inline int64_t tile_panels(const winograd *w) { return mx_ceil_div(w->tiles, COLS); }

/* Elements of a block's tiles at the points; of the sums and products that a task works with. */
static inline int64_t points_of_block(const winograd *w) {
  return mx_product(PRODUCTS * tile_panels(w), tile_panel(w));
}
static inline int64_t sums_of_task(const winograd *w) {
  return mx_product(w->in * PRODUCTS, w->panels * COLS);
}
static inline int64_t products_of_task(const winograd *w) {
  return w->group * TILE_ROWS * PRODUCTS * w->step;
}

static inline winograd plan_winograd(const conv_dims *d, conv_pass pass) {
  const int is_grad = pass == CONV_GRAD_DATA;
  const int64_t *image = is_grad ? d->out : d->size, *result = is_grad ? d->size : d->out;
  winograd w = {.d = d, .pass = pass, .in = is_grad ? d->F : d->C, .out = is_grad ? d->C : d->F,
                .height = image[1], .width = image[2], .result_height = result[1],
                .result_width = result[2], .down = mx_ceil_div(result[1], TILE),
                .across = mx_ceil_div(result[2], TILE)};
  for (int i = 0; i < 2; i++) w.pad[i] = is_grad ? WINDOW - 1 - d->pad[1 + i] : d->pad[1 + i];
  const int64_t fit = BLOCK_BYTES / ((int64_t)sizeof(float) * PRODUCTS * (w.in + w.out));
  const int64_t most_tiles = pass == CONV_GRAD_WEIGHT ? MOST_SUMMED : MOST_TILES;
  const int64_t tiles = fit < FEWEST_TILES ? FEWEST_TILES : mx_lesser(fit, most_tiles);
  const int64_t all = d->N * w.down, most = tiles < w.across ? 1 : tiles / w.across;
  const int64_t fewest = mx_ceil_div(all, most);
  w.rows = mx_ceil_div(all, fewest);
  w.blocks = mx_ceil_div(all, w.rows);
  w.tiles = w.rows * w.across;
  w.step = mx_ceil_div(w.tiles, COLS) * COLS + LANES;
  w.panels = mx_ceil_div(w.out, COLS);
  w.keeps = w.blocks > 1;
  w.own_blocks = mx_lesser(w.blocks, MOST_OWN_BLOCKS);
  if (pass == CONV_GRAD_WEIGHT)
    w.own_blocks = sums_of_task(&w) > MOST_SUMS ? 1 : mx_lesser(w.blocks, SUMS_APART);
  w.chunk = CHUNK_PANELS * TILE_ROWS;
  w.chunks = mx_ceil_div(w.in, w.chunk);
  w.group = w.out <= FEW_PANELS * TILE_ROWS ? 1 : GROUP;
  w.tasks = mx_lesser(filter_groups(&w), MOST_TASKS);
  return w;
}
#endif
