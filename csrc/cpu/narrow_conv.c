/* Convolution of 16 bits, and the gradient of its data: for each group one product for all images,
 * filters times columns, which are packed from where they lie in the image.  As in conv_plan.h, the
 * gradient of the data is a convolution of dy for each part of the positions, by the filters' taps
 * that reach it. */
#include "narrow_conv.h"

/* Numbers of 16 bits, and of 8, are copied as they are. */
#define LOAD(x) (x)
#define FN(name) name##_16
#define real uint16_t
#define wide uint16_t
#include "conv_copy_impl.h"
#undef FN
#undef real
#undef wide
#define FN(name) name##_8
#define real uint8_t
#define wide uint8_t
#include "conv_copy_impl.h"
#undef FN
#undef real
#undef wide
#undef LOAD

/* That pay: channels of the result; of numbers of two parts steps and columns, too. */
enum { CHANNELS = 8, STEPS = 16, COLUMNS = 8 };

typedef struct {
  narrow_conv conv;
  uint16_t *turned;           /* scratch: filters of the parts, [part][group][out][in][tap]; or NULL */
  const uint16_t *filters;    /* of the part: [group][out][in][tap] */
  int64_t *number;            /* scratch: of taps in the window, part by part */
} taps_job;

static void copy_task(void *context, int64_t i) {
  const narrow_conv *job = context;
  const conv_plan *p = &job->plan;
  const int64_t from = (job->first * p->d->groups * p->in + i) * volume(p->size);
  const char *x = (const char *)job->arrays->ptr[0] + from * job->item;
  char *y = (char *)job->copy + i * p->channel * job->item;
  if (job->item == 1) copy_channel_8(p, (const uint8_t *)x, (uint8_t *)y);
  else copy_channel_16(p, (const uint16_t *)(const void *)x, (uint16_t *)(void *)y);
}

void narrow_take_images(narrow_conv *job, int64_t first) {
  const conv_plan *p = &job->plan;
  job->first = first;
  job->images = mx_lesser(job->batch, p->d->N - first);
  const int64_t channels = job->images * p->d->groups * p->in;
  job->image = job->copy ? job->copy : job->arrays->ptr[0];      /* bare ones come all at once */
  if (job->copy) run_tasks(channels, channels * p->channel, copy_task, job);
}

/* Where the result of a column is, of the first filter, and how many columns' lie side by side. */
static int64_t place_result(const narrow_conv *job, int64_t column) {
  const conv_plan *p = &job->plan;
  const conv_part *part = &job->part;
  const int64_t *count = part->count, *first = part->first, *step = part->step;
  const int64_t x = column % count[2], y = column / count[2] % count[1];
  const int64_t z = column / count[2] / count[1] % count[0], image = column / volume(count);
  return image * p->d->groups * p->out * volume(p->result) + first[2] + x * step[2] +
         ((first[0] + z * step[0]) * p->result[1] + first[1] + y * step[1]) * p->result[2];
}

static int64_t results_in_line(const narrow_conv *job) {
  const conv_part *part = &job->part;
  if (part->step[2] != 1) return 1;
  return volume(part->count) == volume(job->plan.result) ? volume(part->count) : part->count[2];
}

static narrow_lines filter_lines(const taps_job *job, const narrow_part *part) {
  const int64_t K = narrow_conv_steps(&job->conv);
  const int64_t line = part->entry * job->conv.plan.out + part->first;
  return (narrow_lines){job->filters + line * K + part->k0, K, 1};
}

static int pack_filters(const void *context, const narrow_part *part, mx_bf16 *to) {
  const taps_job *job = context;
  return narrow_pack(job->conv.dtype, filter_lines(job, part), part->count, part->steps, 1, to);
}

/* TILE_LINES columns of one step. */
ALWAYS __m256i column_step(const uint16_t *x, const narrow_run *runs, int64_t count) {
  __m256i y = _mm256_setzero_si256();
  for (int64_t r = 0; r < count; r++)
    y = _mm256_mask_loadu_epi16(y, (__mmask16)runs[r].mask, x + runs[r].at);
  return y;
}

ALWAYS void pack_tile(narrow_dtype dtype, __m512i *largest, const uint16_t *image,
                      const narrow_run *runs, int64_t count, const int64_t *offset, int64_t steps,
                      mx_bf16 *to) {
  __m512i x[MOST_PARTS][TILE_LINES];
  for (int i = 0; i < TILE_LINES; i++) {
    const int64_t k = 2 * i;
    __m256i first = _mm256_setzero_si256(), next = first;
    if (k < steps) first = column_step(image + offset[k], runs, count);
    if (k + 1 < steps) next = column_step(image + offset[k + 1], runs, count);
    if (dtype == NARROW_BF16) x[0][i] = narrow_pairs(first, next);
    else narrow_split(1, narrow_float(dtype, first), narrow_float(dtype, next), x, i, largest);
  }
  narrow_put_tile(narrow_num_parts(dtype), 0, x, to);
}

ALWAYS void pack_bf16(void *how, const void *image, const narrow_run *runs, int64_t count,
                      const int64_t *offset, int64_t steps, mx_bf16 *to) {
  pack_tile(NARROW_BF16, how, image, runs, count, offset, steps, to);
}
ALWAYS void pack_f16(void *how, const void *image, const narrow_run *runs, int64_t count,
                     const int64_t *offset, int64_t steps, mx_bf16 *to) {
  pack_tile(NARROW_F16, how, image, runs, count, offset, steps, to);
}

static int pack_columns(const void *context, const narrow_part *part, mx_bf16 *to) {
  const narrow_conv *job = &((const taps_job *)context)->conv;
  __m512i largest = _mm512_setzero_si512();
  if (job->dtype == NARROW_BF16)
    narrow_pack_columns(job, part, TILE_STEPS, PANEL_ITEMS, pack_bf16, NULL, to);
  else narrow_pack_columns(job, part, TILE_STEPS, 2 * PANEL_ITEMS, pack_f16, &largest, to);
  return narrow_has_no_parts(largest);
}

/* Results of each row from column j on, as the runs say. */
ALWAYS void put_some(narrow_dtype dtype, const narrow_conv *job, const narrow_block *x, int64_t j,
                     const narrow_run *runs, int64_t count) {
  const conv_plan *p = &job->plan;
  const int64_t pixels = volume(p->result), channel = x->entry * p->out + x->row;
  uint16_t *y = (uint16_t *)result_of(p->d, job->arrays->ptr) +
                (job->first * p->d->groups * p->out + channel) * pixels;
  for (int64_t i = 0; i < x->rows; i++) {
    const __m512 sum = _mm512_loadu_ps(x->sum + i * x->step + j);
    for (int64_t r = 0; r < count; r++)
      narrow_store(dtype, y + i * pixels + runs[r].at, (__mmask16)runs[r].mask, sum);
  }
}

/* `count` results of each row from column j on, which lie side by side. */
ALWAYS void put_line(narrow_dtype dtype, const narrow_conv *job, const narrow_block *x, int64_t j,
                     int64_t count) {
  const conv_plan *p = &job->plan;
  const int64_t pixels = volume(p->result), channel = x->entry * p->out + x->row;
  uint16_t *y = (uint16_t *)result_of(p->d, job->arrays->ptr) +
                (job->first * p->d->groups * p->out + channel) * pixels +
                place_result(job, x->col + j);
  for (int64_t i = 0; i < x->rows; i++)
    for (int64_t c = 0; c < count; c += TILE_LINES)
      narrow_store(dtype, y + i * pixels + c, (__mmask16)narrow_first(count - c),
                   _mm512_loadu_ps(x->sum + i * x->step + j + c));
}

ALWAYS void put_all(narrow_dtype dtype, const narrow_conv *job, const narrow_block *x) {
  const int64_t length = results_in_line(job);
  for (int64_t j = 0, run; j < x->cols; j += run) {
    run = mx_lesser(x->cols - j, length - (x->col + j) % length);
    if (length >= TILE_LINES) {
      put_line(dtype, job, x, j, run);
      continue;
    }
    narrow_run runs[TILE_LINES];
    run = mx_lesser(TILE_LINES, x->cols - j);
    put_some(dtype, job, x, j, runs,
             narrow_list_runs(job, x->col + j, run, length, place_result, runs));
  }
}

static void add_biases(const narrow_conv *job, const narrow_block *x) {
  const conv_plan *p = &job->plan;
  const uint16_t *bias = bias_of(p->d, job->arrays->ptr);
  for (int64_t i = 0; bias && i < x->rows; i++) {
    const float b = narrow_number(job->dtype, bias + x->entry * p->out + x->row + i);
    for (int64_t j = 0; j < x->cols; j++) x->sum[i * x->step + j] += b;
  }
}

static void put(const void *context, const narrow_block *x) {
  const narrow_conv *job = &((const taps_job *)context)->conv;
  add_biases(job, x);
  if (job->dtype == NARROW_BF16) put_all(NARROW_BF16, job, x);
  else put_all(NARROW_F16, job, x);
}

static narrow_product product_of(const taps_job *job, int64_t images) {
  const conv_plan *p = &job->conv.plan;
  return (narrow_product){.kind = narrow_kind_of(job->conv.dtype), .batch = p->d->groups,
                          .M = p->out, .N = mx_product(images, volume(job->conv.part.count)),
                          .K = narrow_conv_steps(&job->conv), .left = {pack_filters, 0, 0},
                          .right = {pack_columns, 0, 1}, .put = put, .context = job};
}

static taps_job begin(narrow_dtype dtype, const conv_dims *d, int is_grad, mx_scratch *scratch) {
  taps_job job = {.conv = narrow_begin(sizeof(uint16_t), d, is_grad, scratch)};
  job.conv.dtype = dtype;
  job.number = mx_take(scratch, volume(d->kernel), sizeof *job.number);
  if (is_grad)
    job.turned = mx_take(scratch, mx_product(d->groups, job.conv.plan.weights),
                         sizeof *job.turned);
  return job;
}

/* The scratch of the products, of any part. */
static int64_t product_scratch(taps_job *job) {
  const int64_t images[] = {job->conv.batch, narrow_rest(&job->conv)};
  int64_t most = 0;
  for (int64_t i = 0; i < job->conv.plan.num_parts; i++)
    for (int n = 0; n < 2; n++) {
      job->conv.part = part_at(&job->conv.plan, i);
      const narrow_product p = product_of(job, images[n]);
      const int64_t bytes = narrow_scratch(&p);
      if (bytes > most) most = bytes;
    }
  return most;
}

static uint16_t *filters_of_part(const taps_job *job) {
  const conv_plan *p = &job->conv.plan;
  if (!job->turned) return job->conv.arrays->ptr[1];
  return job->turned + p->d->groups * p->in * p->out * job->conv.part.taps_before;
}

/* Task: what of the filters makes channel `task` of the groups' data. */
static void turn_task(void *context, int64_t task) {
  const taps_job *job = context;
  const conv_plan *p = &job->conv.plan;
  const int64_t window = volume(p->d->kernel), taps = job->conv.part.taps;
  const int64_t *number = job->number + job->conv.part.taps_before;
  const uint16_t *w = (const uint16_t *)job->conv.arrays->ptr[1] + task / p->out * p->weights +
                      task % p->out * window;
  uint16_t *y = filters_of_part(job) + task * p->in * taps;
  for (int64_t f = 0; f < p->in; f++, w += p->out * window, y += taps)
    for (int64_t t = 0; t < taps; t++) y[t] = w[number[t]];
}

static int run_taps(narrow_dtype dtype, const conv_dims *d, int is_grad,
                    const conv_arrays *arrays) {
  mx_scratch scratch = {.base = arrays->scratch};
  taps_job job = begin(dtype, d, is_grad, &scratch);
  narrow_conv *conv = &job.conv;
  const conv_plan *p = &conv->plan;
  conv->arrays = arrays;
  if (d->N * d->groups * p->out * volume(p->result) == 0) return 1;
  for (int64_t i = 0; i < p->num_parts; i++) {
    conv->part = part_at(p, i);
    list_taps(p, &conv->part, conv->offset + conv->part.taps_before * p->in, NULL);
    list_taps(p, &conv->part, NULL, job.number + conv->part.taps_before);
    if (is_grad) run_tasks(d->groups * p->out, d->groups * p->weights, turn_task, &job);
  }
  for (int64_t n = 0; n < d->N; n += conv->batch) {
    narrow_take_images(conv, n);
    for (int64_t i = 0; i < p->num_parts; i++) {
      conv->part = part_at(p, i);
      job.filters = filters_of_part(&job);
      const narrow_product product = product_of(&job, conv->images);
      if (!narrow_multiply(&product, scratch.base + mx_lines(scratch.size))) return 0;
    }
  }
  return 1;
}

int narrow_conv_pays(narrow_dtype dtype, const conv_dims *d, conv_pass pass) {
  if (!narrow_has(narrow_kind_of(dtype))) return 0;
  if ((pass == CONV_GRAD_DATA ? d->C : d->F) < CHANNELS) return 0;
  const int64_t steps = mx_product(d->C, volume(d->kernel));
  return dtype == NARROW_BF16 || (steps >= STEPS && volume(d->out) >= COLUMNS);
}

static int64_t scratch_of_pass(narrow_dtype dtype, const conv_dims *d, conv_pass pass) {
  if (pass == CONV_GRAD_WEIGHT) return narrow_weight_scratch(dtype, d);
  mx_scratch scratch = {0};
  taps_job job = begin(dtype, d, pass == CONV_GRAD_DATA, &scratch);
  return mx_sum(mx_lines(scratch.size), product_scratch(&job));
}

static int run_pass(narrow_dtype dtype, const conv_dims *d, conv_pass pass,
                    const conv_arrays *arrays) {
  if (pass == CONV_GRAD_WEIGHT) return narrow_run_weight(dtype, d, arrays);
  return run_taps(dtype, d, pass == CONV_GRAD_DATA, arrays);
}

static int64_t scratch_bf16(const conv_dims *d, conv_pass pass) {
  return scratch_of_pass(NARROW_BF16, d, pass);
}
static void run_bf16(const conv_dims *d, conv_pass pass, const conv_arrays *arrays) {
  run_pass(NARROW_BF16, d, pass, arrays);
}
const conv_way conv_narrow_bf16 = {scratch_bf16, run_bf16};

/* Infinities and NaN have no two parts: what has some goes the other way. */
static int64_t scratch_f16(const conv_dims *d, conv_pass pass) {
  const int64_t bytes = scratch_of_pass(NARROW_F16, d, pass);
  const int64_t otherwise = conv_general_f16.scratch(d, pass);
  return bytes > otherwise ? bytes : otherwise;
}
static void run_f16(const conv_dims *d, conv_pass pass, const conv_arrays *arrays) {
  if (!run_pass(NARROW_F16, d, pass, arrays)) conv_general_f16.run(d, pass, arrays);
}
const conv_way conv_narrow_f16 = {scratch_f16, run_f16};
