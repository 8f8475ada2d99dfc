/* Product and convolution of integers of 8 bits: data of int8 or uint8 and a weight of int8, summed
 * in int32.  Where one factor must be unsigned, data of int8 is packed as data + 128, and 128 times
 * the sum of the weight is taken off again. */
#include "narrow_conv.h"

enum { WORK = 1 << 14, LINES = 4 };     /* multiply-adds, and lines of a factor, that pay */

static void add_biases(const narrow_block *x, const int32_t *of_rows, const int32_t *of_columns) {
  uint32_t *sum = (uint32_t *)(void *)x->sum;
  for (int64_t i = 0; i < x->rows; i++, sum += x->step)
    for (int64_t j = 0; j < x->cols; j++)
      sum[j] += (uint32_t)(of_rows ? of_rows[i] : of_columns[j]);
}

/* 128 times the sum of each line of K weights, taken off its row, or its column, of sums. */
static void take_off(const narrow_block *x, const int8_t *weight, int64_t K, int is_of_rows) {
  const int64_t count = is_of_rows ? x->rows : x->cols;
  uint32_t *sums = (uint32_t *)(void *)x->sum;
  for (int64_t l = 0; l < count; l++, weight += K) {
    uint32_t total = 0;                 /* wraps, as the sums do */
    for (int64_t k = 0; k < K; k++) total += (uint32_t)weight[k];
    const uint32_t more = 128 * total;
    if (is_of_rows) for (int64_t j = 0; j < x->cols; j++) sums[l * x->step + j] -= more;
    else for (int64_t i = 0; i < x->rows; i++) sums[i * x->step + l] -= more;
  }
}

/* `count` sums of each row from column j on, to rows of y that are `step` apart. */
static void put_rows(const narrow_block *x, int64_t j, int64_t count, int32_t *y, int64_t step) {
  for (int64_t i = 0; i < x->rows; i++)
    memcpy(y + i * step, x->sum + i * x->step + j, (size_t)count * sizeof *y);
}

/* The matrix product: data times the weight's lines. */

typedef struct {
  const integer_gemm_dims *d;
  const uint8_t *data, *weight;
  const int32_t *bias;
  int32_t *out;
  int is_shifted;            /* data is packed as data + 128 */
} gemm_job;

static int pack_data(const void *context, const narrow_part *part, uint16_t *to) {
  const gemm_job *job = context;
  const int64_t K = job->d->K;
  narrow_pack_bytes(job->data + part->first * K + part->k0, K, part->count, part->steps, 1,
                    job->is_shifted, to);
  return 0;
}

static int pack_weight(const void *context, const narrow_part *part, uint16_t *to) {
  const gemm_job *job = context;
  const int64_t K = job->d->K;
  narrow_pack_bytes(job->weight + part->first * K + part->k0, K, part->count, part->steps, 0, 0, to);
  return 0;
}

static void put_matrix(const void *context, const narrow_block *x) {
  const gemm_job *job = context;
  const int64_t K = job->d->K;
  if (job->is_shifted) take_off(x, (const int8_t *)job->weight + x->col * K, K, 0);
  if (job->bias) add_biases(x, NULL, job->bias + x->col);
  put_rows(x, 0, x->cols, job->out + x->row * job->d->N + x->col, job->d->N);
}

static narrow_product matrix_product(gemm_job *job, int is_unsigned) {
  const integer_gemm_dims *d = job->d;
  job->is_shifted = !is_unsigned && !narrow_is_by_amx();
  return (narrow_product){.kind = is_unsigned || job->is_shifted ? NARROW_LEFT_UNSIGNED
                                                                 : NARROW_SIGNED,
                          .batch = 1, .M = d->M, .N = d->N, .K = d->K,
                          .left = {pack_data, 0, 0}, .right = {pack_weight, 1, 0},
                          .put = put_matrix, .context = job};
}

int narrow_integer_gemm_pays(const integer_gemm_dims *d) {
  return narrow_has(NARROW_LEFT_UNSIGNED) && d->N >= LINES &&
         mx_product(mx_product(d->M, d->N), d->K) >= WORK;
}

int64_t narrow_integer_gemm_scratch(const integer_gemm_dims *d) {
  gemm_job job = {.d = d};
  const narrow_product p = matrix_product(&job, 0);
  return narrow_scratch(&p);
}

void narrow_integer_gemm(const integer_gemm_dims *d, int is_unsigned, void *const *ptr) {
  void *const *rest = ptr + 2 + d->has_bias;
  gemm_job job = {d, ptr[0], ptr[1], d->has_bias ? ptr[2] : NULL, rest[0], 0};
  const narrow_product p = matrix_product(&job, is_unsigned);
  narrow_multiply(&p, rest[1]);
}

/* Convolution: filters times columns, as in narrow_conv.c. */

typedef struct {
  narrow_conv conv;
  int is_shifted;            /* columns are packed as data + 128 */
} channels_job;

static int pack_filters(const void *context, const narrow_part *part, uint16_t *to) {
  const narrow_conv *job = &((const channels_job *)context)->conv;
  const int64_t K = narrow_conv_steps(job), line = part->entry * job->plan.out + part->first;
  narrow_pack_bytes((const uint8_t *)job->arrays->ptr[1] + line * K + part->k0, K, part->count,
                    part->steps, 1, 0, to);
  return 0;
}

/* TILE_LINES columns of one step as items, each in byte `place` of its own. */
ALWAYS __m512i column_step(const uint8_t *x, const narrow_run *runs, int64_t count, int place) {
  __m128i y = _mm_setzero_si128();
  for (int64_t r = 0; r < count; r++)
    y = _mm_mask_loadu_epi8(y, (__mmask16)runs[r].mask, x + runs[r].at);
  return _mm512_slli_epi32(_mm512_cvtepu8_epi32(y), 8 * place);
}

/* how: the __m512i that shifts all numbers. */
ALWAYS void pack_tile(void *how, const void *image, const narrow_run *runs, int64_t count,
                      const int64_t *offset, int64_t steps, mx_bf16 *to) {
  for (int i = 0; i < TILE_LINES; i++) {
    __m512i item = _mm512_setzero_si512();
    for (int place = 0; place < 4; place++)
      if (4 * i + place < steps)
        item = _mm512_or_si512(item, column_step((const uint8_t *)image + offset[4 * i + place],
                                                 runs, count, place));
    _mm512_store_si512((__m512i *)(void *)to + i, _mm512_xor_si512(item, *(const __m512i *)how));
  }
}

static int pack_columns(const void *context, const narrow_part *part, uint16_t *to) {
  const channels_job *job = context;
  __m512i shift = _mm512_set1_epi8(job->is_shifted ? (char)0x80 : 0);
  narrow_pack_columns(&job->conv, part, 2 * TILE_STEPS, PANEL_ITEMS, pack_tile, &shift, to);
  return 0;
}

static void put_channels(const void *context, const narrow_block *x) {
  const channels_job *whole = context;
  const narrow_conv *job = &whole->conv;
  const conv_plan *p = &job->plan;
  const int64_t pixels = volume(p->result), channel = x->entry * p->out + x->row;
  const int64_t K = narrow_conv_steps(job);
  const int32_t *bias = bias_of(p->d, job->arrays->ptr);
  int32_t *result = result_of(p->d, job->arrays->ptr);
  if (whole->is_shifted) take_off(x, (const int8_t *)job->arrays->ptr[1] + channel * K, K, 1);
  if (bias) add_biases(x, bias + channel, NULL);
  for (int64_t j = 0, run; j < x->cols; j += run) {
    const int64_t column = x->col + j, image = job->first + column / pixels;
    run = mx_lesser(x->cols - j, pixels - column % pixels);
    const int64_t at = (image * p->d->groups * p->out + channel) * pixels + column % pixels;
    put_rows(x, j, run, result + at, pixels);
  }
}

static narrow_product channels_product(channels_job *job, int64_t images, int is_unsigned) {
  const conv_plan *p = &job->conv.plan;
  job->is_shifted = !is_unsigned && !narrow_is_by_amx();
  return (narrow_product){.kind = is_unsigned || job->is_shifted ? NARROW_RIGHT_UNSIGNED
                                                                 : NARROW_SIGNED,
                          .batch = p->d->groups, .M = p->out,
                          .N = mx_product(images, volume(p->result)),
                          .K = narrow_conv_steps(&job->conv),
                          .left = {pack_filters, 0, 0},
                          .right = {pack_columns, 0, 1}, .put = put_channels,
                          .context = job};
}

static channels_job begin_channels(const conv_dims *d, mx_scratch *scratch) {
  channels_job job = {narrow_begin(1, d, 0, scratch), 0};
  job.conv.part = part_at(&job.conv.plan, 0);
  return job;
}

int narrow_integer_conv_pays(const conv_dims *d) {
  return narrow_has(NARROW_RIGHT_UNSIGNED) && !(d->C == 1 && d->groups > 1) && d->F >= LINES;
}

int64_t narrow_integer_conv_scratch(const conv_dims *d) {
  mx_scratch scratch = {0};
  channels_job job = begin_channels(d, &scratch);
  const narrow_product p = channels_product(&job, job.conv.batch, 0);
  const narrow_product rest = channels_product(&job, narrow_rest(&job.conv), 0);
  const int64_t bytes = narrow_scratch(&p), of_rest = narrow_scratch(&rest);
  return mx_sum(mx_lines(scratch.size), bytes > of_rest ? bytes : of_rest);
}

void narrow_integer_conv(const conv_dims *d, int is_unsigned, void *const *ptr) {
  const conv_arrays arrays = {ptr, scratch_of(d, ptr), NULL};
  mx_scratch scratch = {.base = arrays.scratch};
  channels_job job = begin_channels(d, &scratch);
  narrow_conv *conv = &job.conv;
  const conv_plan *p = &conv->plan;
  conv->arrays = &arrays;
  if (d->N * d->groups * p->out * volume(p->result) == 0) return;
  list_taps(p, &conv->part, conv->offset, NULL);
  for (int64_t n = 0; n < d->N; n += conv->batch) {
    narrow_take_images(conv, n);
    const narrow_product product = channels_product(&job, conv->images, is_unsigned);
    narrow_multiply(&product, scratch.base + mx_lines(scratch.size));
  }
}
