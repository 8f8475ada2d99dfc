/* The gradient of the filters of a convolution of 16 bits: for each group the product of dy, a row a
 * filter, and the image, a column a tap of a channel, summed over the pixels of all images. */
#include "narrow_conv.h"

typedef struct {
  narrow_conv conv;
  float *sum;                 /* scratch: of the images so far; NULL: they come all at once */
  const uint16_t *dy;         /* of the images worked on */
} weight_job;

/* Lines of pixels: line l begins at number offset[l], or l * step where there are no offsets. */
typedef struct {
  const uint16_t *at;
  const int64_t *offset;
  int64_t step, length;       /* length: so many pixels lie side by side, */
  narrow_place place;            /* from here on */
} pixel_lines;

static int64_t place_dy(const narrow_conv *job, int64_t column) {
  const conv_dims *d = job->plan.d;
  const int64_t pixels = volume(d->out);
  return column / pixels * d->groups * d->F * pixels + column % pixels;
}

ALWAYS const uint16_t *line_at(const pixel_lines *from, int64_t line) {
  return from->at + (from->offset ? from->offset[line] : line * from->step);
}

/* 32 steps of a line. */
ALWAYS __m512i line_steps(const uint16_t *x, const narrow_run *runs, int64_t count) {
  __m512i y = _mm512_setzero_si512();
  for (int64_t r = 0; r < count; r++) y = _mm512_mask_loadu_epi16(y, runs[r].mask, x + runs[r].at);
  return y;
}

ALWAYS void pack_pixel_tile(narrow_dtype dtype, const pixel_lines *from, int64_t first,
                            int64_t lines, const narrow_run *runs, int64_t count, int is_left,
                            mx_bf16 *to, __m512i *largest) {
  __m512i x[MOST_PARTS][TILE_LINES];
  for (int i = 0; i < TILE_LINES; i++) {
    __m512i steps = _mm512_setzero_si512();
    if (i < lines) steps = line_steps(line_at(from, first + i), runs, count);
    if (dtype == NARROW_BF16) x[0][i] = steps;
    else
      narrow_split(0, narrow_float(dtype, _mm512_castsi512_si256(steps)),
                   narrow_float(dtype, _mm512_extracti64x4_epi64(steps, 1)), x, i, largest);
  }
  narrow_put_tile(narrow_num_parts(dtype), !is_left, x, to);
}

ALWAYS int pack_pixels_as(narrow_dtype dtype, const narrow_conv *job, const narrow_part *part,
                          const pixel_lines *from, int is_left, mx_bf16 *to) {
  const int64_t step = narrow_num_parts(dtype) * PANEL_ITEMS;
  const int64_t panel = mx_ceil_div(part->steps, TILE_STEPS) * step;
  __m512i largest = _mm512_setzero_si512();
  for (int64_t k = 0; k < part->steps; k += TILE_STEPS, to += step) {
    narrow_run runs[TILE_STEPS];
    const int64_t count = narrow_list_runs(job, part->k0 + k, mx_lesser(TILE_STEPS, part->steps - k),
                                           from->length, from->place, runs);
    for (int64_t l = 0; l < part->count; l += TILE_LINES)
      pack_pixel_tile(dtype, from, part->first + l, part->count - l, runs, count, is_left,
                      to + l / PANEL_LINES * panel + l % PANEL_LINES * TILE_STEPS, &largest);
  }
  return dtype == NARROW_F16 && narrow_has_no_parts(largest);
}

static int pack_pixels(const narrow_conv *job, const narrow_part *part, const pixel_lines *from,
                       int is_left, mx_bf16 *to) {
  if (job->dtype == NARROW_BF16) return pack_pixels_as(NARROW_BF16, job, part, from, is_left, to);
  return pack_pixels_as(NARROW_F16, job, part, from, is_left, to);
}

static pixel_lines lines_of_dy(const weight_job *job, int64_t group) {
  const conv_dims *d = job->conv.plan.d;
  const int64_t pixels = volume(d->out);
  return (pixel_lines){job->dy + group * d->F * pixels, NULL, pixels, pixels, place_dy};
}

static pixel_lines lines_of_taps(const weight_job *job, int64_t group) {
  const conv_plan *p = &job->conv.plan;
  const uint16_t *image = (const uint16_t *)job->conv.image + group * p->in * p->channel;
  return (pixel_lines){image, job->conv.offset, 0, narrow_windows_in_line(&job->conv),
                       narrow_window};
}

#define FACTOR(name, is_left)                                                             \
  static int pack_##name(const void *context, const narrow_part *part, mx_bf16 *to) {     \
    const weight_job *job = context;                                                      \
    const pixel_lines from = lines_of_##name(job, part->entry);                           \
    return pack_pixels(&job->conv, part, &from, is_left, to);                             \
  }
FACTOR(dy, 1)
FACTOR(taps, 0)

static void put(const void *context, const narrow_block *x) {
  const weight_job *job = context;
  const narrow_conv *conv = &job->conv;
  const conv_plan *p = &conv->plan;
  const int64_t line = p->in * volume(p->d->kernel);
  const int64_t at = (x->entry * p->out + x->row) * line + x->col;
  uint16_t *dw = conv->arrays->ptr[2];
  const int is_first = conv->first == 0, is_last = conv->first + conv->images == p->d->N;
  for (int64_t i = 0; i < x->rows; i++)
    for (int64_t j = 0; j < x->cols; j += TILE_LINES) {
      const __mmask16 mask = (__mmask16)narrow_first(x->cols - j);
      const int64_t to = at + i * line + j;
      __m512 sum = _mm512_loadu_ps(x->sum + i * x->step + j);
      if (!is_first) sum += _mm512_maskz_loadu_ps(mask, job->sum + to);
      if (is_last) narrow_store(conv->dtype, dw + to, mask, sum);
      else _mm512_mask_storeu_ps(job->sum + to, mask, sum);
    }
}

static narrow_product product_of(const weight_job *job, int64_t images) {
  const conv_plan *p = &job->conv.plan;
  return (narrow_product){.kind = narrow_kind_of(job->conv.dtype), .batch = p->d->groups,
                          .M = p->out, .N = p->in * volume(p->d->kernel),
                          .K = mx_product(images, volume(p->d->out)),
                          .left = {pack_dy, 0, 0}, .right = {pack_taps, 1, 1},
                          .put = put, .context = job};
}

static weight_job begin(narrow_dtype dtype, const conv_dims *d, mx_scratch *scratch) {
  weight_job job = {.conv = narrow_begin(sizeof(uint16_t), d, 0, scratch)};
  job.conv.dtype = dtype;
  job.conv.part = part_at(&job.conv.plan, 0);
  if (job.conv.batch < d->N)
    job.sum = mx_take(scratch, mx_product(d->groups, job.conv.plan.weights), sizeof(float));
  return job;
}

int64_t narrow_weight_scratch(narrow_dtype dtype, const conv_dims *d) {
  mx_scratch scratch = {0};
  const weight_job job = begin(dtype, d, &scratch);
  const narrow_product p = product_of(&job, job.conv.batch);
  const narrow_product rest = product_of(&job, narrow_rest(&job.conv));
  const int64_t bytes = narrow_scratch(&p), of_rest = narrow_scratch(&rest);
  return mx_sum(mx_lines(scratch.size), bytes > of_rest ? bytes : of_rest);
}

int narrow_run_weight(narrow_dtype dtype, const conv_dims *d, const conv_arrays *arrays) {
  mx_scratch scratch = {.base = arrays->scratch};
  weight_job job = begin(dtype, d, &scratch);
  const conv_plan *p = &job.conv.plan;
  const int64_t weights = d->groups * p->weights, pixels = volume(d->out);
  job.conv.arrays = arrays;
  if (weights == 0) return 1;
  if (d->N * pixels == 0) {
    memset(arrays->ptr[2], 0, (size_t)weights * sizeof(uint16_t));
    return 1;
  }
  list_taps(p, &job.conv.part, job.conv.offset, NULL);
  for (int64_t n = 0; n < d->N; n += job.conv.batch) {
    narrow_take_images(&job.conv, n);
    job.dy = (const uint16_t *)arrays->ptr[1] + n * d->groups * d->F * pixels;
    const narrow_product product = product_of(&job, job.conv.images);
    if (!narrow_multiply(&product, scratch.base + mx_lines(scratch.size))) return 0;
  }
  return 1;
}
