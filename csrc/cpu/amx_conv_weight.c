/* The gradient of the filters of a convolution of bfloat16 by AMX: for each group the product of dy,
 * a row a filter, and the image, a column a tap of a channel, summed over the pixels of all images. */
#include "amx_conv.h"

typedef struct {
  amx_conv conv;
  float *sum;                 /* scratch: of the images so far; NULL: they come all at once */
  const mx_bf16 *dy;          /* of the images worked on */
} weight_job;

static int64_t place_dy(const amx_conv *job, int64_t column) {
  const conv_dims *d = job->plan.d;
  const int64_t pixels = volume(d->out);
  return column / pixels * d->groups * d->F * pixels + column % pixels;
}

static inline __m512i line_steps(const mx_bf16 *x, const amx_run *runs, int64_t count) {
  __m512i y = _mm512_maskz_loadu_epi16(runs[0].mask, x + runs[0].at);
  for (int64_t r = 1; r < count; r++)
    y = _mm512_mask_loadu_epi16(y, runs[r].mask, x + runs[r].at);
  return y;
}

/* Lines of pixels, from x[offset[i]], or x[i * step] where there are no offsets, on, in panels. */
static void pack_pixels(const weight_job *job, const amx_part *part, amx_place place,
                        int64_t length, const mx_bf16 *x, const int64_t *offset, int64_t step,
                        int is_left, mx_bf16 *to) {
  const int64_t panel = amx_parts(part->steps, TILE_STEPS) * PANEL_ITEMS;
  for (int64_t k = 0; k < part->steps; k += TILE_STEPS, to += PANEL_ITEMS) {
    amx_run runs[TILE_STEPS];
    const int64_t count = amx_list_runs(&job->conv, part->k0 + k,
                                        lesser(TILE_STEPS, part->steps - k), length, place, runs);
    for (int64_t l = 0; l < part->count; l += TILE_LINES) {
      __m512i *tile = (void *)(to + l / PANEL_LINES * panel + l % PANEL_LINES * TILE_STEPS);
      __m512i lines[TILE_LINES];
      for (int64_t i = 0; i < TILE_LINES; i++) {
        const int64_t line = part->first + l + i;
        lines[i] = l + i < part->count
                       ? line_steps(x + (offset ? offset[line] : line * step), runs, count)
                       : _mm512_setzero_si512();
      }
      if (!is_left) amx_turn(lines);
      for (int i = 0; i < TILE_LINES; i++) _mm512_store_si512(tile + i, lines[i]);
    }
  }
}

static void pack_dy(const void *context, const amx_part *part, mx_bf16 *to) {
  const weight_job *job = context;
  const conv_dims *d = job->conv.plan.d;
  const int64_t pixels = volume(d->out);
  pack_pixels(job, part, place_dy, pixels, job->dy + part->entry * d->F * pixels, NULL, pixels, 1,
              to);
}

static void pack_taps(const void *context, const amx_part *part, mx_bf16 *to) {
  const weight_job *job = context;
  const conv_plan *p = &job->conv.plan;
  pack_pixels(job, part, amx_window, amx_windows_in_line(&job->conv),
              job->conv.image + part->entry * p->in * p->channel, job->conv.offset, 0, 0, to);
}

static void put(const void *context, const amx_block *x) {
  const weight_job *job = context;
  const conv_plan *p = &job->conv.plan;
  const int64_t line = p->in * volume(p->d->kernel);
  const int64_t at = (x->entry * p->out + x->row) * line + x->col;
  const int is_first = job->conv.first == 0, is_last = job->conv.first + job->conv.images == p->d->N;
  mx_bf16 *dw = job->conv.ptr[2];
  for (int64_t i = 0; i < x->rows; i++)
    for (int64_t j = 0; j < x->cols; j += 16) {
      const __mmask16 mask = (__mmask16)amx_first(x->cols - j);
      const int64_t to = at + i * line + j;
      __m512 sum = _mm512_loadu_ps(x->sum + i * x->step + j);
      if (!is_first) sum += _mm512_maskz_loadu_ps(mask, job->sum + to);
      if (is_last) amx_store(dw + to, mask, sum);
      else _mm512_mask_storeu_ps(job->sum + to, mask, sum);
    }
}

static amx_product product_of(const weight_job *job, int64_t images) {
  const conv_plan *p = &job->conv.plan;
  return (amx_product){.batch = p->d->groups, .M = p->out, .N = p->in * volume(p->d->kernel),
                       .K = mx_product(images, volume(p->d->out)), .keeps_right_apart = 1,
                       .turns_right = 1, .pack_left = pack_dy, .pack_right = pack_taps, .put = put,
                       .context = job};
}

static weight_job begin(const conv_dims *d, mx_scratch *scratch) {
  weight_job job = {.conv = amx_begin(d, 0, scratch)};
  job.conv.part = nth_part(&job.conv.plan, 0);
  if (job.conv.batch < d->N)
    job.sum = mx_take(scratch, mx_product(d->groups, job.conv.plan.weights), sizeof(float));
  return job;
}

int64_t amx_weight_scratch(const conv_dims *d) {
  mx_scratch scratch = {0};
  const weight_job job = begin(d, &scratch);
  const amx_product p = product_of(&job, job.conv.batch);
  const amx_product rest = product_of(&job, amx_rest(&job.conv));
  const int64_t bytes = amx_scratch(&p), of_rest = amx_scratch(&rest);
  return mx_sum(mx_lines(scratch.size), bytes > of_rest ? bytes : of_rest);
}

void amx_run_weight(const conv_dims *d, void *const *ptr, void *memory) {
  mx_scratch scratch = {.base = memory};
  weight_job job = begin(d, &scratch);
  const conv_plan *p = &job.conv.plan;
  job.conv.ptr = ptr;
  if (d->groups * p->weights == 0) return;
  if (d->N * volume(d->out) == 0) {
    memset(ptr[2], 0, (size_t)(d->groups * p->weights) * sizeof(mx_bf16));
    return;
  }
  list_taps(p, &job.conv.part, job.conv.offset, NULL);
  for (int64_t n = 0; n < d->N; n += job.conv.batch) {
    amx_take_images(&job.conv, n);
    job.dy = (const mx_bf16 *)ptr[1] + n * d->groups * d->F * volume(d->out);
    const amx_product product = product_of(&job, job.conv.images);
    amx_multiply(&product, (char *)memory + mx_lines(scratch.size));
  }
}
