/* Shrinking by whole factors: means of blocks of source pixels. */
#include "multiversion.h"
#include "resize.h"
#include "rounding.h"

#include <stdlib.h>

typedef struct block {
  int64_t height, width, channels, stride;       /* stride: bytes from a row to the next */
} block;

MULTIVERSION static void add_rows(uint32_t *restrict sums, const uint8_t *rows, int64_t stride,
                                  int64_t height, int64_t count) {
  for (int64_t x = 0; x < count; x++) sums[x] = rows[x];
  for (int64_t y = 1; y < height; y++) {
    const uint8_t *restrict row = rows + y * stride;
    for (int64_t x = 0; x < count; x++) sums[x] += row[x];
  }
}

/* sums: (count, size.width, channels), those of the columns. */
INLINE void blocks_u8(uint8_t *restrict out, const uint32_t *restrict sums, block size,
                      int64_t count, const int64_t channels) {
  const float scale = 1.f / (float)(size.height * size.width);
  for (int64_t x = 0; x < count; x++, sums += size.width * channels) {
    for (int64_t c = 0; c < channels; c++) {
      int64_t sum = 0;
      for (int64_t i = 0; i < size.width; i++) sum += sums[i * channels + c];
      out[x * channels + c] = rounded((float)sum * scale);
    }
  }
}

/* Of 1, 3 or 4 channels.  Halves are rounded up here, and to even in all other blocks. */
INLINE void quarters_u8(uint8_t *restrict out, const uint8_t *restrict rows, int64_t stride,
                        int64_t count, const int64_t channels) {
  const uint8_t *restrict next = rows + stride;
  for (int64_t x = 0; x < count; x++) {
    for (int64_t c = 0; c < channels; c++) {
      const int64_t left = 2 * x * channels + c, right = left + channels;
      out[x * channels + c] =
          (uint8_t)((rows[left] + rows[right] + next[left] + next[right] + 2) >> 2);
    }
  }
}

/* Four pixels are added to each other before they are added to the sum. */
static float block_sum(const uint8_t *rows, block size, int64_t at) {
  float sum = 0, held[4];
  int count = 0;
  for (int64_t y = 0; y < size.height; y++) {
    const float *row = (const float *)(rows + y * size.stride) + at;
    for (int64_t x = 0; x < size.width; x++) {
      held[count++] = row[x * size.channels];
      if (count < 4) continue;
      sum += held[0] + held[1] + held[2] + held[3];
      count = 0;
    }
  }
  for (int k = 0; k < count; k++) sum += held[k];
  return sum;
}

static void blocks_f32(float *restrict out, const uint8_t *restrict rows, block size,
                       int64_t count) {
  const float scale = 1.f / (float)(size.height * size.width);
  for (int64_t x = 0; x < count; x++) {
    for (int64_t c = 0; c < size.channels; c++) {
      out[x * size.channels + c] =
          block_sum(rows, size, x * size.width * size.channels + c) * scale;
    }
  }
}

/* Of a 2 x 2 block.  Where OpenCV has vectors it adds the rows' sums. */
INLINE float quarter(const float *row, const float *next, int64_t channels, int is_paired) {
  const float a = row[0], b = row[channels], c = next[0], d = next[channels];
  return (is_paired ? (a + b) + (c + d) : a + b + c + d) * 0.25f;
}

/* It has vectors of four pixels of one channel, and of one of four: `vectors` pixels. */
INLINE void quarters_f32(float *restrict out, const uint8_t *restrict rows, int64_t stride,
                         int64_t count, int64_t vectors, const int64_t channels) {
  const float *row = (const float *)rows, *next = (const float *)(rows + stride);
  const int has_vectors = channels == 1 || channels == 4;
  for (int64_t x = 0; x < count; x++) {
    for (int64_t c = 0; c < channels; c++) {
      const int64_t at = 2 * x * channels + c;
      out[x * channels + c] = quarter(row + at, next + at, channels, has_vectors && x < vectors);
    }
  }
}

MULTIVERSION static void row_of_blocks_f32(float *out, const uint8_t *rows, block size,
                                           int64_t count, int64_t vectors) {
  if (size.height != 2 || size.width != 2) {
    blocks_f32(out, rows, size, count);
    return;
  }
  switch (size.channels) {
    case 1: quarters_f32(out, rows, size.stride, count, vectors, 1); return;
    case 3: quarters_f32(out, rows, size.stride, count, vectors, 3); return;
    case 4: quarters_f32(out, rows, size.stride, count, vectors, 4); return;
    default: quarters_f32(out, rows, size.stride, count, vectors, size.channels);
  }
}

MULTIVERSION static void row_of_quarters_u8(uint8_t *out, const uint8_t *rows, block size,
                                            int64_t count) {
  switch (size.channels) {
    case 1: quarters_u8(out, rows, size.stride, count, 1); return;
    case 3: quarters_u8(out, rows, size.stride, count, 3); return;
    default: quarters_u8(out, rows, size.stride, count, 4);
  }
}

MULTIVERSION static void row_of_blocks_u8(uint8_t *out, const uint8_t *rows, block size,
                                          int64_t count, uint32_t *sums) {
  add_rows(sums, rows, size.stride, size.height, count * size.width * size.channels);
  switch (size.channels) {
    case 1: blocks_u8(out, sums, size, count, 1); return;
    case 3: blocks_u8(out, sums, size, count, 3); return;
    default: blocks_u8(out, sums, size, count, size.channels);
  }
}

int resize_area_whole(const resize_job *job, int64_t y, int64_t x) {
  const block size = {y, x, job->src.channels, job->src.stride};
  const int is_u8 = job->src.dtype == MX_IMAGE_U8;
  const int is_quarters = x == 2 && y == 2 && size.channels != 2 && size.channels <= 4;
  const int64_t skip = job->across.first * x * pixel_bytes(&job->src), count = job->dst.width;
  /* how many pixels from here on OpenCV takes in whole vectors */
  const int64_t vectors = (size.channels == 1 ? job->across.to / 4 * 4 : job->across.to) -
                          job->across.first;
  uint32_t *sums = malloc((size_t)(count * x * size.channels) * sizeof *sums);
  if (!sums) return MX_IMAGE_MEMORY;
  for (int64_t row = 0; row < job->dst.height; row++) {
    const uint8_t *rows = row_of(&job->src, (job->down.first + row) * y) + skip;
    uint8_t *out = row_of(&job->dst, row);
    if (!is_u8) {
      row_of_blocks_f32((float *)out, rows, size, count, vectors);
    } else if (is_quarters) {
      row_of_quarters_u8(out, rows, size, count);
    } else {
      row_of_blocks_u8(out, rows, size, count, sums);
    }
  }
  free(sums);
  return MX_IMAGE_OK;
}
