/* The gradient of the filters of a convolution by AMX: for each group the product of dy, a row a
 * filter, and the image, a column a tap of a channel, summed over the pixels of all images. */
#include "amx_conv.h"

typedef struct {
  amx_conv conv;
  float *sum;                 /* scratch: of the images so far; NULL: they come all at once */
  const uint16_t *dy;         /* of the images worked on */
} weight_job;

/* Lines of pixels: line l begins at number offset[l], or l * step where there are no offsets. */
typedef struct {
  const uint16_t *at;
  const int64_t *offset;
  int64_t step, length;       /* length: so many pixels lie side by side, */
  amx_place place;            /* from here on */
} pixel_lines;

static int64_t place_dy(const amx_conv *job, int64_t column) {
  const conv_dims *d = job->plan.d;
  const int64_t pixels = volume(d->out);
  return column / pixels * d->groups * d->F * pixels + column % pixels;
}

ALWAYS const uint16_t *line_at(const pixel_lines *from, int64_t line) {
  return from->at + (from->offset ? from->offset[line] : line * from->step);
}

/* 32 steps of a line. */
ALWAYS __m512i line_steps(const uint16_t *x, const amx_run *runs, int64_t count) {
  __m512i y = _mm512_setzero_si512();
  for (int64_t r = 0; r < count; r++) y = _mm512_mask_loadu_epi16(y, runs[r].mask, x + runs[r].at);
  return y;
}

ALWAYS void pack_pixel_tile(amx_dtype dtype, const pixel_lines *from, int64_t first, int64_t lines,
                            const amx_run *runs, int64_t count, int is_left, mx_bf16 *to,
                            __m512i *largest) {
  __m512i x[MOST_PARTS][16];
  for (int i = 0; i < 16; i++) {
    __m512i steps = _mm512_setzero_si512();
    if (i < lines) steps = line_steps(line_at(from, first + i), runs, count);
    if (dtype == AMX_BF16) x[0][i] = steps;
    else
      amx_split(0, amx_float(dtype, _mm512_castsi512_si256(steps)),
                amx_float(dtype, _mm512_extracti64x4_epi64(steps, 1)), x, i, largest);
  }
  amx_put_tile(amx_num_parts(dtype), !is_left, x, to);
}

ALWAYS int pack_pixels_as(amx_dtype dtype, const amx_conv *job, const amx_part *part,
                          const pixel_lines *from, int is_left, mx_bf16 *to) {
  const int64_t step = amx_num_parts(dtype) * PANEL_ITEMS;
  const int64_t panel = amx_ceil(part->steps, TILE_STEPS) * step;
  __m512i largest = _mm512_setzero_si512();
  for (int64_t k = 0; k < part->steps; k += TILE_STEPS, to += step) {
    amx_run runs[TILE_STEPS];
    const int64_t count = amx_list_runs(job, part->k0 + k, lesser(TILE_STEPS, part->steps - k),
                                        from->length, from->place, runs);
    for (int64_t l = 0; l < part->count; l += TILE_LINES)
      pack_pixel_tile(dtype, from, part->first + l, part->count - l, runs, count, is_left,
                      to + l / PANEL_LINES * panel + l % PANEL_LINES * TILE_STEPS, &largest);
  }
  return dtype == AMX_F16 && amx_has_no_parts(largest);
}

static int pack_pixels(const amx_conv *job, const amx_part *part, const pixel_lines *from,
                       int is_left, mx_bf16 *to) {
  if (job->dtype == AMX_BF16) return pack_pixels_as(AMX_BF16, job, part, from, is_left, to);
  return pack_pixels_as(AMX_F16, job, part, from, is_left, to);
}

static void copy_pixels(const amx_conv *job, const amx_part *part, const pixel_lines *from,
                        float *to) {
  for (int64_t l = 0; l < part->count; l++)
    for (int64_t k = 0; k < part->steps; k++)
      *to++ = amx_number(job->dtype,
                         line_at(from, part->first + l) + from->place(job, part->k0 + k));
}

static pixel_lines lines_of_dy(const weight_job *job, int64_t group) {
  const conv_dims *d = job->conv.plan.d;
  const int64_t pixels = volume(d->out);
  return (pixel_lines){job->dy + group * d->F * pixels, NULL, pixels, pixels, place_dy};
}

static pixel_lines lines_of_taps(const weight_job *job, int64_t group) {
  const conv_plan *p = &job->conv.plan;
  const uint16_t *image = (const uint16_t *)job->conv.image + group * p->in * p->channel;
  return (pixel_lines){image, job->conv.offset, 0, amx_windows_in_line(&job->conv), amx_window};
}

#define FACTOR(name, is_left)                                                             \
  static int pack_##name(const void *context, const amx_part *part, mx_bf16 *to) {        \
    const weight_job *job = context;                                                      \
    const pixel_lines from = lines_of_##name(job, part->entry);                           \
    return pack_pixels(&job->conv, part, &from, is_left, to);                             \
  }                                                                                       \
  static void copy_##name(const void *context, const amx_part *part, float *to) {         \
    const weight_job *job = context;                                                      \
    const pixel_lines from = lines_of_##name(job, part->entry);                           \
    copy_pixels(&job->conv, part, &from, to);                                             \
  }
FACTOR(dy, 1)
FACTOR(taps, 0)

static void put(const void *context, const amx_block *x) {
  const weight_job *job = context;
  const amx_conv *conv = &job->conv;
  const conv_plan *p = &conv->plan;
  const int64_t line = p->in * volume(p->d->kernel);
  const int64_t at = (x->entry * p->out + x->row) * line + x->col;
  uint16_t *dw = conv->arrays->ptr[2];
  const int is_first = conv->first == 0, is_last = conv->first + conv->images == p->d->N;
  for (int64_t i = 0; i < x->rows; i++)
    for (int64_t j = 0; j < x->cols; j += 16) {
      const __mmask16 mask = (__mmask16)amx_first(x->cols - j);
      const int64_t to = at + i * line + j;
      __m512 sum = _mm512_loadu_ps(x->sum + i * x->step + j);
      if (!is_first) sum += _mm512_maskz_loadu_ps(mask, job->sum + to);
      if (is_last) amx_store(conv->dtype, dw + to, mask, sum);
      else _mm512_mask_storeu_ps(job->sum + to, mask, sum);
    }
}

static amx_product product_of(const weight_job *job, int64_t images) {
  const conv_plan *p = &job->conv.plan;
  return (amx_product){.kind = amx_kind_of(job->conv.dtype), .batch = p->d->groups, .M = p->out,
                       .N = p->in * volume(p->d->kernel), .K = mx_product(images, volume(p->d->out)),
                       .left = {pack_dy, copy_dy, 0, 0}, .right = {pack_taps, copy_taps, 1, 1},
                       .put = put, .context = job};
}

static weight_job begin(amx_dtype dtype, const conv_dims *d, mx_scratch *scratch) {
  weight_job job = {.conv = amx_begin(sizeof(uint16_t), d, 0, scratch)};
  job.conv.dtype = dtype;
  job.conv.part = nth_part(&job.conv.plan, 0);
  if (job.conv.batch < d->N)
    job.sum = mx_take(scratch, mx_product(d->groups, job.conv.plan.weights), sizeof(float));
  return job;
}

int64_t amx_weight_scratch(amx_dtype dtype, const conv_dims *d) {
  mx_scratch scratch = {0};
  const weight_job job = begin(dtype, d, &scratch);
  const amx_product p = product_of(&job, job.conv.batch);
  const amx_product rest = product_of(&job, amx_rest(&job.conv));
  const int64_t bytes = amx_scratch(&p), of_rest = amx_scratch(&rest);
  return mx_sum(mx_lines(scratch.size), bytes > of_rest ? bytes : of_rest);
}

void amx_run_weight(amx_dtype dtype, const conv_dims *d, const conv_arrays *arrays) {
  mx_scratch scratch = {.base = arrays->scratch};
  weight_job job = begin(dtype, d, &scratch);
  const conv_plan *p = &job.conv.plan;
  const int64_t weights = d->groups * p->weights, pixels = volume(d->out);
  job.conv.arrays = arrays;
  if (weights == 0) return;
  if (d->N * pixels == 0) {
    memset(arrays->ptr[2], 0, (size_t)weights * sizeof(uint16_t));
    return;
  }
  list_taps(p, &job.conv.part, job.conv.offset, NULL);
  for (int64_t n = 0; n < d->N; n += job.conv.batch) {
    amx_take_images(&job.conv, n);
    job.dy = (const uint16_t *)arrays->ptr[1] + n * d->groups * d->F * pixels;
    const amx_product product = product_of(&job, job.conv.images);
    amx_multiply(&product, scratch.base + mx_lines(scratch.size));
  }
}
