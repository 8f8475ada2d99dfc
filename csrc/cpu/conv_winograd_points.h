/* Images, gradients and filters of conv_winograd.c, to the points. */
#ifndef CONV_WINOGRAD_POINTS_H
#define CONV_WINOGRAD_POINTS_H
#include <string.h>

#include "conv_winograd_plan.h"

#define DT f32
#define FN(name) name##_f32
#define real float
#define wide float
#define LOAD(x) (x)
#define IS_HALF 0
enum { COLS_f32 = COLS };
#include "gemm_pack_impl.h"
#undef real
#undef wide
#undef LOAD
#undef IS_HALF
#undef DT

/* split[k][j] = element 4 * j + k - pad of a line of the image, 0 outside; line NULL: all 0. */
static void split_line(const float *line, int64_t width, int64_t pad, int64_t across,
                       float (*split)[SPLIT]) {
  float padded[TILE * SPLIT];
  const int64_t end = TILE * (across + 4);
  if (line) {
    for (int64_t x = 0; x < pad; x++) padded[x] = 0;
    memcpy(padded + pad, line, (size_t)width * sizeof(float));
    for (int64_t x = pad + width; x < end; x++) padded[x] = 0;
  } else {
    memset(padded, 0, (size_t)end * sizeof(float));
  }
  for (int64_t j = 0; j <= across; j += 4)
    FN(transpose_four)(padded + TILE * j, TILE, SPLIT, split[0] + j);
}

/* Zeros where vectors of tiles read; some will be written over. */
static void clear_lines(float (*lines)[SPLIT], int64_t count, int64_t across) {
  const int64_t read = mx_ceil_div(across, LANES) * LANES + LANES;
  for (int64_t i = 0; i < count; i++) memset(lines[i], 0, (size_t)read * sizeof(float));
}

/* The tiles of a channel to the points: to[point][tile].  Vectors that reach past the end of a row
 * of tiles are written over by the next row. */
static void image_to_points(const winograd *w, int64_t channel, float *to) {
  float split[POINTS][TILE][SPLIT];
  vec image[PRODUCTS], points[PRODUCTS];
  clear_lines(split[0], POINTS * TILE, w->across);
  for (int64_t row = w->first; row < w->end; row++, to += w->across) {
    const float *x = (const float *)w->ptr[0] +
                     (row / w->down * w->in + channel) * w->height * w->width;
    for (int64_t i = 0; i < POINTS; i++) {
      const int64_t y = row % w->down * TILE + i - w->pad[0];
      split_line(y >= 0 && y < w->height ? x + y * w->width : NULL, w->width, w->pad[1], w->across,
                 split[i]);
    }
    for (int64_t t = 0; t < w->across; t += LANES) {
      UNROLL for (int i = 0; i < PRODUCTS; i++) {
        const int at = i % POINTS;
        image[i] = load(split[i / POINTS][at % TILE] + t + at / TILE);
      }
      transform_image(image, points);
      UNROLL for (int i = 0; i < PRODUCTS; i++) store(to + i * w->step + t, points[i]);
    }
  }
}

/* The same of dy, whose tiles are the 4 x 4 taps of a filter. */
static void gradient_to_points(const winograd *w, int64_t channel, float *to) {
  float split[TILE][TILE][SPLIT];
  vec taps[TILE * TILE], points[PRODUCTS];
  clear_lines(split[0], TILE * TILE, w->across);
  for (int64_t row = w->first; row < w->end; row++, to += w->across) {
    const float *dy = (const float *)w->ptr[1] + (row / w->down * w->out + channel) *
                                                     w->result_height * w->result_width;
    for (int64_t i = 0; i < TILE; i++) {
      const int64_t y = row % w->down * TILE + i;
      split_line(y < w->result_height ? dy + y * w->result_width : NULL, w->result_width, 0,
                 w->across, split[i]);
    }
    for (int64_t t = 0; t < w->across; t += LANES) {
      UNROLL for (int i = 0; i < TILE * TILE; i++) taps[i] = load(split[i / TILE][i % TILE] + t);
      transform_gradient(taps, points);
      UNROLL for (int i = 0; i < PRODUCTS; i++) store(to + i * w->step + t, points[i]);
    }
  }
}

/* A panel of filters, to[point][channel][filter].  Vectors reach past a channel's filters into the
 * next one's, which come after. */
static void filters_to_points(const winograd *w, int64_t o, int64_t rows, float *to) {
  const int64_t taps = WINDOW * WINDOW, step = filter_step(w);
  const int is_grad = w->pass == CONV_GRAD_DATA;
  const int64_t o_step = is_grad ? taps : w->in * taps, i_step = is_grad ? w->out * taps : taps;
  const float *filter = (const float *)w->ptr[1] + o * o_step;
  float windows[GATHERED * WINDOW * WINDOW][TILE_ROWS + LANES] = {{0}};
  vec x[WINDOW * WINDOW], points[PRODUCTS];
  for (int64_t in = 0; in < w->in; in += GATHERED) {
    const int64_t channels = mx_lesser(GATHERED, w->in - in);
    if (is_grad)
      for (int64_t i = 0; i < channels; i++)
        FN(turn_rows)(filter + (in + i) * i_step, o_step, rows, taps, TILE_ROWS + LANES,
                      windows[i * taps]);
    else
      FN(turn_rows)(filter + in * i_step, o_step, rows, channels * taps, TILE_ROWS + LANES,
                    windows[0]);
    for (int64_t i = 0; i < channels; i++)
      for (int64_t r = 0; r < rows; r += LANES) {
        float *y = to + (in + i) * rows + r;
        UNROLL for (int k = 0; k < WINDOW * WINDOW; k++)
          x[k] = load(windows[i * taps + (is_grad ? taps - 1 - k : k)] + r);
        transform_filter(x, points);
        UNROLL for (int k = 0; k < PRODUCTS; k++) store(y + k * step, points[k]);
      }
  }
}
#endif
