/* Convolution of 8-bit integers, added up in int32.
 *
 * Windows are laid out as panels of 16 pixels, whose taps lie in pairs: one instruction multiplies a
 * pair of a filter with that of 8 pixels and adds the two products.  Where each channel has filters
 * of its own, taps are multiplied with whole rows of the image instead. */
#include <string.h>

#include "conv.h"
#include "mx_kernel.h"
#include "mx_scratch.h"
#include "mx_size.h"
#include "narrow.h"
#if defined(__AVX2__)
#include <immintrin.h>
#endif

/* data (N, groups * C, *size) of 8 bits, weight (groups * F, C, *kernel) of int8, bias (groups * F)
 * of int32 if has_bias -> (N, groups * F, *out) of int32.  Sums wrap beyond 32 bits. */

enum {
  TILE_ROWS = 4,               /* filters */
  TILE_COLUMNS = 16,           /* pixels of a panel */
  MOST_PAIRS = 1 << 14,        /* products are at most 255 * 128: twice as many fit int32 */
  CONV_BYTES = 1 << 17,        /* of the panels of a block */
  CONV_PIXELS = 256,
  CONV_TASKS = 64,
  CONV_GRAIN = 1 << 15
};

typedef struct {
  const conv_dims *d;
  const void *data;
  const int8_t *weight;
  const int32_t *bias;
  int32_t *out;
  int16_t *filters, *panels;      /* (groups * F, 2 * pairs); a block of pixels for each task */
  int64_t pairs, pixels, blocks, tasks;   /* pixels of a block; blocks of all images and groups */
} integer_conv_job;

/* Whether a channel has filters of its own. */
static int is_depthwise(const conv_dims *d) { return d->C == 1 && d->groups > 1; }

static int64_t integer_conv_cut(const conv_dims *d, void *base, integer_conv_job *job) {
  mx_scratch scratch = {base, 0};
  const int64_t items = mx_product(d->C, volume(d->kernel));
  job->d = d;
  job->pairs = items / 2 + items % 2;
  if (is_depthwise(d)) {
    job->blocks = mx_product(mx_product(d->N, d->groups), d->F);
    job->tasks = mx_task_count(mx_product(mx_product(job->blocks, volume(d->out)), items) / 4,
                               CONV_GRAIN, mx_lesser(job->blocks, CONV_TASKS));
    return 0;
  }
  const int64_t panel = mx_product(mx_product(job->pairs, TILE_COLUMNS), 2 * sizeof *job->panels);
  const int64_t panels = mx_lesser(mx_greater(CONV_BYTES / mx_greater(panel, 1), 1),
                                   CONV_PIXELS / TILE_COLUMNS);
  job->pixels = panels * TILE_COLUMNS;
  job->blocks = mx_product(mx_product(d->N, d->groups),
                           mx_ceil_div(volume(d->out), job->pixels));
  const int64_t work = mx_product(mx_product(job->blocks * job->pixels, d->F + 16), items) / 16;
  job->tasks = mx_task_count(work, CONV_GRAIN, mx_lesser(job->blocks, CONV_TASKS));
  job->filters = mx_take(&scratch, mx_product(mx_product(d->groups, d->F), 2 * job->pairs),
                         sizeof *job->filters);
  job->panels = mx_take(&scratch, mx_product(job->tasks, panels), panel);
  return scratch.size;
}

static int64_t integer_conv_scratch(const void *desc) {
  integer_conv_job job;
  if (narrow_integer_conv_pays(desc)) return narrow_integer_conv_scratch(desc);
  return integer_conv_cut(desc, NULL, &job);
}

/* Filters in 16 bits; one with an odd number of items ends in 0. */
static void widen_filters(const integer_conv_job *job) {
  const int64_t items = job->d->C * volume(job->d->kernel), width = 2 * job->pairs;
  const int8_t *from = job->weight;
  int16_t *to = job->filters;
  for (int64_t f = 0; f < job->d->groups * job->d->F; f++, from += items, to += width) {
    for (int64_t i = 0; i < items; i++) to[i] = from[i];
    if (items < width) to[items] = 0;
  }
}

/* sums (4, 16) += filters (4, 2 * count) @ a panel (count, 16, 2). */
static void tile(const int16_t *const *filters, const int16_t *panel, int64_t count, uint32_t *sums) {
#if defined(__AVX2__)
  __m256i s[TILE_ROWS][2];
  for (int r = 0; r < TILE_ROWS; r++) s[r][0] = s[r][1] = _mm256_setzero_si256();
  for (int64_t k = 0; k < count; k++, panel += 2 * TILE_COLUMNS) {
    const __m256i low = _mm256_loadu_si256((const __m256i *)panel);
    const __m256i high = _mm256_loadu_si256((const __m256i *)(panel + TILE_COLUMNS));
    for (int r = 0; r < TILE_ROWS; r++) {
      int32_t pair;
      memcpy(&pair, filters[r] + 2 * k, sizeof pair);
      const __m256i both = _mm256_set1_epi32(pair);
      s[r][0] = _mm256_add_epi32(s[r][0], _mm256_madd_epi16(both, low));
      s[r][1] = _mm256_add_epi32(s[r][1], _mm256_madd_epi16(both, high));
    }
  }
  for (int r = 0; r < TILE_ROWS; r++)
    for (int half = 0; half < 2; half++) {
      __m256i *to = (__m256i *)(sums + r * TILE_COLUMNS + half * TILE_COLUMNS / 2);
      _mm256_storeu_si256(to, _mm256_add_epi32(_mm256_loadu_si256(to), s[r][half]));
    }
#else
  for (int r = 0; r < TILE_ROWS; r++)
    for (int64_t k = 0; k < count; k++)
      for (int c = 0; c < TILE_COLUMNS; c++) {
        const int16_t *pair = panel + (k * TILE_COLUMNS + c) * 2;
        sums[r * TILE_COLUMNS + c] +=
            (uint32_t)(filters[r][2 * k] * pair[0] + filters[r][2 * k + 1] * pair[1]);
      }
#endif
}

/* One group's filters on a block of pixels; out: the block's first pixel of the first filter. */
static void multiply(const integer_conv_job *job, int64_t group, const int16_t *panels,
                     int64_t count, int32_t *out) {
  const conv_dims *d = job->d;
  const int64_t width = 2 * job->pairs, plane = volume(d->out);
  const int16_t *filters = job->filters + group * d->F * width;
  const int32_t *bias = job->bias ? job->bias + group * d->F : NULL;
  for (int64_t p = 0; p < count; p += TILE_COLUMNS, panels += TILE_COLUMNS * width)
    for (int64_t f = 0; f < d->F; f += TILE_ROWS) {
      uint32_t sums[TILE_ROWS * TILE_COLUMNS] = {0};
      for (int64_t k = 0; k < job->pairs; k += MOST_PAIRS) {
        const int16_t *rows[TILE_ROWS];
        for (int64_t r = 0; r < TILE_ROWS; r++)      /* filters beyond the last: the last again */
          rows[r] = filters + mx_lesser(f + r, d->F - 1) * width + 2 * k;
        tile(rows, panels + k * TILE_COLUMNS * 2, mx_lesser(job->pairs - k, MOST_PAIRS), sums);
      }
      for (int64_t r = 0; r < mx_lesser(TILE_ROWS, d->F - f); r++) {
        const uint32_t more = bias ? (uint32_t)bias[f + r] : 0;
        int32_t *to = out + (f + r) * plane + p;
        for (int64_t c = 0; c < mx_lesser(TILE_COLUMNS, count - p); c++)
          to[c] = (int32_t)(sums[r * TILE_COLUMNS + c] + more);
      }
    }
}

/* Where the last axis of outputs meets the image with tap k: outputs low .. high - 1. */
static void outputs_inside(const conv_dims *d, int64_t k, int64_t *low, int64_t *high) {
  const int64_t start = k * d->dilate[2] - d->pad[2], stride = d->stride[2];
  const int64_t end = start >= d->size[2] ? 0 : mx_ceil_div(d->size[2] - start, stride);
  *low = start < 0 ? mx_ceil_div(-start, stride) : 0;
  *high = end < d->out[2] ? end : d->out[2];
}

/* The row of an image that taps (kz, ky) of a row of outputs meet; -1: none. */
static int64_t image_row(const conv_dims *d, int64_t row, int64_t kz, int64_t ky) {
  const int64_t z = row / d->out[1] * d->stride[0] + kz * d->dilate[0] - d->pad[0];
  const int64_t y = row % d->out[1] * d->stride[1] + ky * d->dilate[1] - d->pad[1];
  if (z < 0 || z >= d->size[0] || y < 0 || y >= d->size[1]) return -1;
  return z * d->size[1] + y;
}

/* A tap of a filter. */
typedef struct { int64_t c, z, y, x; } tap_place;

#define MX_BODY "integer_conv_impl.h"
#define DT i8
#define real int8_t
#define FN(name) name##_i8
#include MX_BODY
#undef DT
#undef real
#undef FN
#define DT u8
#define real uint8_t
#define FN(name) name##_u8
#include MX_BODY

#define ENTRY(dtype) \
  MX_ENTRY_SCRATCH(integer_conv, dtype, integer_conv_scratch, conv_dims, CONV_FIELDS)

const mx_kernel_entry mx_table_integer_conv[] = {ENTRY(i8), ENTRY(u8), {0}};
