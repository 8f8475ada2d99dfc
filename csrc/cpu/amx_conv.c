/* Convolution of bfloat16 by AMX, and the gradient of its data: for each group one product for all
 * images, filters times columns, which are packed from where they lie in the image.  As in
 * conv_plan.h, the gradient of the data is a convolution of dy for each part of the positions, by the
 * filters' taps that reach it. */
#include "amx_conv.h"

typedef struct {
  amx_conv conv;
  mx_bf16 *turned;            /* scratch: filters of the parts, [part][group][out][in][tap]; or NULL */
  const mx_bf16 *filters;     /* of the part: [group][out][in][tap] */
  int64_t *number;            /* scratch: of taps in the window, part by part */
} taps_job;

#define FN(name) name
#define real mx_bf16
#define wide mx_bf16
#define LOAD(x) (x)
#include "conv_copy_impl.h"
#undef FN
#undef real
#undef wide
#undef LOAD

static void copy_task(void *context, int64_t i) {
  const amx_conv *job = context;
  const conv_plan *p = &job->plan;
  const int64_t channels = p->d->groups * p->in;
  copy_channel(p, (const mx_bf16 *)job->ptr[0] + (job->first * channels + i) * volume(p->size),
               job->copy + i * p->channel);
}

void amx_take_images(amx_conv *job, int64_t first) {
  const conv_plan *p = &job->plan;
  job->first = first;
  job->images = lesser(job->batch, p->d->N - first);
  job->image = job->copy ? job->copy : job->ptr[0];
  const int64_t channels = job->images * p->d->groups * p->in;
  if (job->copy) run_tasks(channels, channels * p->channel, copy_task, job);
}

/* Where the result of a column is, of the first filter, and how many columns' lie side by side. */
static int64_t place_result(const amx_conv *job, int64_t column) {
  const conv_plan *p = &job->plan;
  const conv_part *part = &job->part;
  const int64_t *count = part->count, *first = part->first, *step = part->step;
  const int64_t x = column % count[2], y = column / count[2] % count[1];
  const int64_t z = column / count[2] / count[1] % count[0], image = column / volume(count);
  return image * p->d->groups * p->out * volume(p->result) + first[2] + x * step[2] +
         ((first[0] + z * step[0]) * p->result[1] + first[1] + y * step[1]) * p->result[2];
}

static int64_t results_in_line(const amx_conv *job) {
  const conv_part *part = &job->part;
  if (part->step[2] != 1) return 1;
  return volume(part->count) == volume(job->plan.result) ? volume(part->count) : part->count[2];
}

static int64_t steps_of(const amx_conv *job) { return job->plan.in * job->part.taps; }

static void pack_filters(const void *context, const amx_part *part, mx_bf16 *to) {
  const taps_job *job = context;
  const int64_t K = steps_of(&job->conv), line = part->entry * job->conv.plan.out + part->first;
  amx_pack((amx_lines){job->filters + line * K + part->k0, K, 1}, part->count, part->steps, 1, to);
}

static inline __m256i column_step(const mx_bf16 *x, const amx_run *runs, int64_t count) {
  __m256i y = _mm256_maskz_loadu_epi16((__mmask16)runs[0].mask, x + runs[0].at);
  for (int64_t r = 1; r < count; r++)
    y = _mm256_mask_loadu_epi16(y, (__mmask16)runs[r].mask, x + runs[r].at);
  return y;
}

/* A tile of 16 columns for the steps at `offset`. */
static void pack_column_tile(const mx_bf16 *image, const amx_run *runs, int64_t count,
                             const int64_t *offset, int64_t steps, mx_bf16 *to) {
  for (int64_t k = 0; k < TILE_STEPS; k += 2, to += 2 * TILE_LINES) {
    __m256i first = _mm256_setzero_si256(), second = first;
    if (k < steps) first = column_step(image + offset[k], runs, count);
    if (k + 1 < steps) second = column_step(image + offset[k + 1], runs, count);
    _mm512_store_si512((void *)to, amx_pairs(first, second));
  }
}

static void pack_columns(const void *context, const amx_part *part, mx_bf16 *to) {
  const amx_conv *job = &((const taps_job *)context)->conv;
  const conv_plan *p = &job->plan;
  const mx_bf16 *image = job->image + part->entry * p->in * p->channel;
  const int64_t *offset = job->offset + job->part.taps_before * p->in + part->k0;
  const int64_t panel = amx_parts(part->steps, TILE_STEPS) * PANEL_ITEMS;
  for (int64_t j = 0; j < part->count; j += TILE_LINES) {
    amx_run runs[TILE_LINES];
    const int64_t count = amx_list_runs(job, part->first + j, lesser(TILE_LINES, part->count - j),
                                        amx_windows_in_line(job), amx_window, runs);
    mx_bf16 *tile = to + j / PANEL_LINES * panel + j % PANEL_LINES * TILE_STEPS;
    for (int64_t k = 0; k < part->steps; k += TILE_STEPS, tile += PANEL_ITEMS)
      pack_column_tile(image, runs, count, offset + k, part->steps - k, tile);
  }
}

static void put(const void *context, const amx_block *x) {
  const amx_conv *job = &((const taps_job *)context)->conv;
  const conv_plan *p = &job->plan;
  const int64_t pixels = volume(p->result), channel = x->entry * p->out + x->row;
  const mx_bf16 *bias = bias_of(p->d, job->ptr);
  mx_bf16 *y = (mx_bf16 *)result_of(p->d, job->ptr) +
               (job->first * p->d->groups * p->out + channel) * pixels;
  for (int64_t j = 0; j < x->cols; j += TILE_LINES) {
    amx_run runs[TILE_LINES];
    const int64_t count = amx_list_runs(job, x->col + j, lesser(TILE_LINES, x->cols - j),
                                        results_in_line(job), place_result, runs);
    for (int64_t i = 0; i < x->rows; i++) {
      __m512 sum = _mm512_loadu_ps(x->sum + i * x->step + j);
      if (bias) sum += mx_bf16_to_float(bias[channel + i]);
      for (int64_t r = 0; r < count; r++)
        amx_store(y + i * pixels + runs[r].at, (__mmask16)runs[r].mask, sum);
    }
  }
}

static amx_product product_of(const taps_job *job, int64_t images) {
  const conv_plan *p = &job->conv.plan;
  return (amx_product){.batch = p->d->groups, .M = p->out,
                       .N = mx_product(images, volume(job->conv.part.count)),
                       .K = steps_of(&job->conv), .keeps_right_apart = 1,
                       .pack_left = pack_filters, .pack_right = pack_columns, .put = put,
                       .context = job};
}

static taps_job begin(const conv_dims *d, int is_grad, mx_scratch *scratch) {
  taps_job job = {.conv = amx_begin(d, is_grad, scratch)};
  job.number = mx_take(scratch, volume(d->kernel), sizeof *job.number);
  if (is_grad)
    job.turned = mx_take(scratch, mx_product(d->groups, job.conv.plan.weights), sizeof(mx_bf16));
  return job;
}

/* The scratch of the products, of any part. */
static int64_t product_scratch(taps_job *job) {
  const int64_t images[] = {job->conv.batch, amx_rest(&job->conv)};
  int64_t most = 0;
  for (int64_t i = 0; i < job->conv.plan.num_parts; i++)
    for (int n = 0; n < 2; n++) {
      job->conv.part = nth_part(&job->conv.plan, i);
      const amx_product p = product_of(job, images[n]);
      const int64_t bytes = amx_scratch(&p);
      if (bytes > most) most = bytes;
    }
  return most;
}

static const mx_bf16 *filters_of_part(const taps_job *job) {
  const conv_plan *p = &job->conv.plan;
  if (!job->turned) return job->conv.ptr[1];
  return job->turned + p->d->groups * p->in * p->out * job->conv.part.taps_before;
}

/* Task: what of the filters makes channel `task` of the groups' data. */
static void turn_task(void *context, int64_t task) {
  const taps_job *job = context;
  const conv_plan *p = &job->conv.plan;
  const int64_t window = volume(p->d->kernel), taps = job->conv.part.taps;
  const int64_t *number = job->number + job->conv.part.taps_before;
  const mx_bf16 *w = (const mx_bf16 *)job->conv.ptr[1] + task / p->out * p->weights +
                     task % p->out * window;
  mx_bf16 *y = (mx_bf16 *)filters_of_part(job) + task * p->in * taps;
  for (int64_t f = 0; f < p->in; f++, w += p->out * window, y += taps)
    for (int64_t t = 0; t < taps; t++) y[t] = w[number[t]];
}

static int64_t scratch_of_pass(const conv_dims *d, conv_pass pass) {
  if (d->C == 1 && d->groups > 1) return conv_depthwise_bf16.scratch(d, pass);
  if (pass == CONV_GRAD_WEIGHT) return amx_weight_scratch(d);
  mx_scratch scratch = {0};
  taps_job job = begin(d, pass == CONV_GRAD_DATA, &scratch);
  return mx_sum(mx_lines(scratch.size), product_scratch(&job));
}

static void run_taps(const conv_dims *d, int is_grad, void *const *ptr, void *memory) {
  mx_scratch scratch = {.base = memory};
  taps_job job = begin(d, is_grad, &scratch);
  amx_conv *conv = &job.conv;
  const conv_plan *p = &conv->plan;
  conv->ptr = ptr;
  if (d->N * d->groups * p->out * volume(p->result) == 0) return;
  for (int64_t i = 0; i < p->num_parts; i++) {
    conv->part = nth_part(p, i);
    list_taps(p, &conv->part, conv->offset + conv->part.taps_before * p->in, NULL);
    list_taps(p, &conv->part, NULL, job.number + conv->part.taps_before);
    if (is_grad) run_tasks(d->groups * p->out, d->groups * p->weights, turn_task, &job);
  }
  for (int64_t n = 0; n < d->N; n += conv->batch) {
    amx_take_images(conv, n);
    for (int64_t i = 0; i < p->num_parts; i++) {
      conv->part = nth_part(p, i);
      job.filters = filters_of_part(&job);
      const amx_product product = product_of(&job, conv->images);
      amx_multiply(&product, (char *)memory + mx_lines(scratch.size));
    }
  }
}

static void run_pass(const conv_dims *d, conv_pass pass, void *const *ptr) {
  void *scratch = scratch_of(d, ptr);
  if (d->C == 1 && d->groups > 1)
    conv_depthwise_bf16.run(d, pass, &(conv_arrays){ptr, scratch, NULL});
  else if (pass == CONV_GRAD_WEIGHT) amx_run_weight(d, ptr, scratch);
  else run_taps(d, pass == CONV_GRAD_DATA, ptr, scratch);
}

#define PASS(name, pass)                                                                \
  static int64_t name##_scratch(const void *desc) { return scratch_of_pass(desc, pass); } \
  static int name##_bf16(const void *desc, void *const *ptr, const mx_scalar *scalars) {  \
    (void)scalars;                                                                      \
    run_pass(desc, pass, ptr);                                                          \
    return MX_OK;                                                                       \
  }
PASS(conv, CONV_FORWARD)
PASS(conv_grad_data, CONV_GRAD_DATA)
PASS(conv_grad_weight, CONV_GRAD_WEIGHT)

#define ENTRY(name) MX_ENTRY_SCRATCH(name, bf16, name##_scratch, conv_dims, CONV_FIELDS)
const mx_kernel_entry mx_table_amx_conv[] = {ENTRY(conv), ENTRY(conv_grad_data),
                                             ENTRY(conv_grad_weight), {0}};
