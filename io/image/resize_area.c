/* Shrinking: a pixel is the mean of the source pixels that it covers, in parts at its edges. */
#include "four.h"
#include "multiversion.h"
#include "resize.h"
#include "rounding.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

/* The source pixels under one pixel and their weights, which sum to 1. */
typedef struct cover {
  int64_t first, count;
  float head, body, tail;            /* of the first, those between and the last */
  int has_head, has_tail;
} cover;

/* Less than a thousandth of a source pixel is left out. */
static cover cover_of(const resize_axis *axis, int64_t index) {
  const double begin = (double)index * axis->scale, end = begin + axis->scale;
  const double width = fmin(axis->scale, (double)axis->from - begin);
  int64_t from = (int64_t)ceil(begin), to = (int64_t)floor(end);
  if (to > axis->from - 1) to = axis->from - 1;
  if (from > to) from = to;
  cover made = {from, to - from, 0, (float)(1.0 / width), 0, 0, 0};
  if ((double)from - begin > 1e-3) {
    made.has_head = 1;
    made.head = (float)(((double)from - begin) / width);
    made.first--;
    made.count++;
  }
  if (end - (double)to > 1e-3) {
    made.has_tail = 1;
    made.tail = (float)(fmin(fmin(end - (double)to, 1.0), width) / width);
    made.count++;
  }
  return made;
}

static float weight_of(const cover *cover, int64_t k) {
  if (k == 0 && cover->has_head) return cover->head;
  return k == cover->count - 1 && cover->has_tail ? cover->tail : cover->body;
}

/* sums and row: with three more values behind them, which may be anything. */
INLINE void across_fours(float *restrict sums, const float *restrict row, const cover *covers,
                         int64_t count, const int64_t channels) {
  for (int64_t x = 0; x < count; x++) {
    const cover *here = &covers[x];
    const float *pixel = row + here->first * channels;
    const int64_t body = here->count - here->has_head - here->has_tail;
    four sum = {0};
    if (here->has_head) sum += four_at(pixel) * here->head;
    pixel += here->has_head * channels;
    for (int64_t k = 0; k < body; k++) sum += four_at(pixel + k * channels) * here->body;
    if (here->has_tail) sum += four_at(pixel + body * channels) * here->tail;
    put_four(sums + x * channels, sum);
  }
}

INLINE void across_each(float *restrict sums, const float *restrict row, const cover *covers,
                        int64_t count, const int64_t channels) {
  for (int64_t x = 0; x < count; x++) {
    const float *pixel = row + covers[x].first * channels;
    for (int64_t c = 0; c < channels; c++) {
      float sum = 0;
      for (int64_t k = 0; k < covers[x].count; k++) {
        sum += pixel[k * channels + c] * weight_of(&covers[x], k);
      }
      sums[x * channels + c] = sum;
    }
  }
}

MULTIVERSION static void across(float *restrict sums, const float *restrict row,
                                const cover *covers, int64_t count, int64_t channels) {
  switch (channels) {
    case 1: across_each(sums, row, covers, count, 1); return;
    case 3: across_fours(sums, row, covers, count, 3); return;
    case 4: across_fours(sums, row, covers, count, 4); return;
    default: across_each(sums, row, covers, count, channels);
  }
}

/* The source row's values as floats; `wide` has room for them. */
MULTIVERSION static const float *floats_of(const mx_image *src, int64_t y, int64_t from, int64_t to,
                                           float *restrict wide) {
  const int64_t first = from * src->channels, last = to * src->channels;
  if (src->dtype == MX_IMAGE_U8) {
    const uint8_t *restrict bytes = row_of(src, y);
    for (int64_t x = first; x < last; x++) wide[x] = bytes[x];
  } else {
    memcpy(wide + first, (const float *)row_of(src, y) + first,
           (size_t)(last - first) * sizeof *wide);
  }
  return wide;
}

MULTIVERSION static void add(float *restrict total, const float *restrict sums, float weight,
                             int64_t count) {
  for (int64_t x = 0; x < count; x++) total[x] += sums[x] * weight;
}

MULTIVERSION static void round_to_bytes(uint8_t *restrict out, const float *restrict total,
                                        int64_t count) {
  for (int64_t x = 0; x < count; x++) out[x] = rounded(total[x]);
}

static void fill(const resize_job *job, const cover *covers, float *wide, float *sums,
                 float *total) {
  const int64_t channels = job->src.channels, pixels = job->dst.width, count = pixels * channels;
  const int64_t from = covers[0].first,
                to = covers[pixels - 1].first + covers[pixels - 1].count;
  for (int64_t y = 0; y < job->dst.height; y++) {
    const cover rows = cover_of(&job->down, job->down.first + y);
    memset(total, 0, (size_t)count * sizeof *total);
    for (int64_t k = 0; k < rows.count; k++) {
      across(sums, floats_of(&job->src, rows.first + k, from, to, wide), covers, pixels, channels);
      add(total, sums, weight_of(&rows, k), count);
    }
    if (job->src.dtype == MX_IMAGE_U8) {
      round_to_bytes(row_of(&job->dst, y), total, count);
    } else {
      memcpy(row_of(&job->dst, y), total, (size_t)count * sizeof *total);
    }
  }
}

int resize_area(const resize_job *job) {
  const int64_t channels = job->src.channels, count = job->dst.width;
  const int64_t wide = job->src.width * channels + 4, narrow = count * channels + 4;
  cover *covers = malloc((size_t)count * sizeof *covers);
  float *memory = calloc((size_t)(wide + 2 * narrow), sizeof *memory);
  const int is_ready = covers && memory;
  if (is_ready) {
    for (int64_t x = 0; x < count; x++) covers[x] = cover_of(&job->across, job->across.first + x);
    fill(job, covers, memory, memory + wide, memory + wide + narrow);
  }
  free(covers);
  free(memory);
  return is_ready ? MX_IMAGE_OK : MX_IMAGE_MEMORY;
}
