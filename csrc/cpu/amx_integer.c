/* Product and convolution of integers of 8 bits by AMX: data of int8 or uint8 and a weight of int8, summed
 * in int32. */
#include "amx_conv.h"

enum { WORK = 1 << 14, LINES = 4 };     /* multiply-adds, and lines of a factor, that pay */

static void add_biases(const amx_block *x, const int32_t *of_rows, const int32_t *of_columns) {
  uint32_t *sum = (uint32_t *)(void *)x->sum;
  for (int64_t i = 0; i < x->rows; i++, sum += x->step)
    for (int64_t j = 0; j < x->cols; j++)
      sum[j] += (uint32_t)(of_rows ? of_rows[i] : of_columns[j]);
}

/* `count` sums of each row from column j on, to rows of y that are `step` apart. */
static void put_rows(const amx_block *x, int64_t j, int64_t count, int32_t *y, int64_t step) {
  for (int64_t i = 0; i < x->rows; i++)
    memcpy(y + i * step, x->sum + i * x->step + j, (size_t)count * sizeof *y);
}

/* The matrix product ------------------------------------------------------------------------- */

typedef struct {
  const integer_gemm_dims *d;
  const uint8_t *data, *weight;
  const int32_t *bias;
  int32_t *out;
} gemm_job;

static int pack_data(const void *context, const amx_part *part, uint16_t *to) {
  const gemm_job *job = context;
  const int64_t K = job->d->K;
  amx_pack_bytes(job->data + part->first * K + part->k0, K, part->count, part->steps, 1, to);
  return 0;
}

static int pack_weight(const void *context, const amx_part *part, uint16_t *to) {
  const gemm_job *job = context;
  const int64_t K = job->d->K;
  amx_pack_bytes(job->weight + part->first * K + part->k0, K, part->count, part->steps, 0, to);
  return 0;
}

static void put_matrix(const void *context, const amx_block *x) {
  const gemm_job *job = context;
  if (job->bias) add_biases(x, NULL, job->bias + x->col);
  put_rows(x, 0, x->cols, job->out + x->row * job->d->N + x->col, job->d->N);
}

static amx_product matrix_product(const gemm_job *job, int is_unsigned) {
  const integer_gemm_dims *d = job->d;
  return (amx_product){.kind = is_unsigned ? AMX_LEFT_UNSIGNED : AMX_SIGNED, .batch = 1, .M = d->M,
                       .N = d->N, .K = d->K, .left = {pack_data, NULL, 0, 0},
                       .right = {pack_weight, NULL, 1, 0}, .put = put_matrix, .context = job};
}

int amx_integer_gemm_pays(const integer_gemm_dims *d) {
  return amx_is_on && mx_product(mx_product(d->M, d->N), d->K) >= WORK && d->N >= LINES;
}

int64_t amx_integer_gemm_scratch(const integer_gemm_dims *d) {
  const gemm_job job = {.d = d};
  const amx_product p = matrix_product(&job, 0);
  return amx_scratch(&p);
}

void amx_integer_gemm(const integer_gemm_dims *d, int is_unsigned, void *const *ptr) {
  void *const *rest = ptr + 2 + d->has_bias;
  const gemm_job job = {d, ptr[0], ptr[1], d->has_bias ? ptr[2] : NULL, rest[0]};
  const amx_product p = matrix_product(&job, is_unsigned);
  amx_multiply(&p, rest[1]);
}

/* Convolution: filters times columns, as in amx_conv.c --------------------------------------- */

static int64_t steps_of(const amx_conv *job) { return job->plan.in * volume(job->plan.d->kernel); }

static int pack_filters(const void *context, const amx_part *part, uint16_t *to) {
  const amx_conv *job = context;
  const int64_t K = steps_of(job), line = part->entry * job->plan.out + part->first;
  amx_pack_bytes((const uint8_t *)job->arrays->ptr[1] + line * K + part->k0, K, part->count,
                 part->steps, 1, to);
  return 0;
}

/* 16 columns of one step as items, each in byte `place` of its own. */
ALWAYS __m512i column_step(const uint8_t *x, const amx_run *runs, int64_t count, int place) {
  __m128i y = _mm_setzero_si128();
  for (int64_t r = 0; r < count; r++)
    y = _mm_mask_loadu_epi8(y, (__mmask16)runs[r].mask, x + runs[r].at);
  return _mm512_slli_epi32(_mm512_cvtepu8_epi32(y), 8 * place);
}

static int pack_columns(const void *context, const amx_part *part, uint16_t *to) {
  const amx_conv *job = context;
  const conv_plan *p = &job->plan;
  const uint8_t *image = (const uint8_t *)job->image + part->entry * p->in * p->channel;
  const int64_t *offset = job->offset + part->k0;
  const int64_t panel = amx_ceil(part->steps, 2 * TILE_STEPS) * PANEL_ITEMS;
  for (int64_t j = 0; j < part->count; j += TILE_LINES) {
    amx_run runs[TILE_LINES];
    const int64_t count = amx_list_runs(job, part->first + j, lesser(TILE_LINES, part->count - j),
                                        amx_windows_in_line(job), amx_window, runs);
    uint16_t *tile = to + j / PANEL_LINES * panel + j % PANEL_LINES * TILE_STEPS;
    for (int64_t k0 = 0; k0 < part->steps; k0 += 2 * TILE_STEPS, tile += PANEL_ITEMS)
      for (int64_t i = 0; i < 16; i++) {
        __m512i item = _mm512_setzero_si512();
        for (int64_t k = k0 + 4 * i; k < lesser(k0 + 4 * i + 4, part->steps); k++)
          item = _mm512_or_si512(item, column_step(image + offset[k], runs, count, k & 3));
        _mm512_store_si512((__m512i *)(void *)tile + i, item);
      }
  }
  return 0;
}

static void put_channels(const void *context, const amx_block *x) {
  const amx_conv *job = context;
  const conv_plan *p = &job->plan;
  const int64_t pixels = volume(p->result), channel = x->entry * p->out + x->row;
  const int32_t *bias = bias_of(p->d, job->arrays->ptr);
  int32_t *result = result_of(p->d, job->arrays->ptr);
  if (bias) add_biases(x, bias + channel, NULL);
  for (int64_t j = 0, run; j < x->cols; j += run) {
    const int64_t column = x->col + j, image = job->first + column / pixels;
    run = lesser(x->cols - j, pixels - column % pixels);
    put_rows(x, j, run, result + (image * p->d->groups * p->out + channel) * pixels + column % pixels,
             pixels);
  }
}

static amx_product channels_product(const amx_conv *job, int64_t images, int is_unsigned) {
  const conv_plan *p = &job->plan;
  return (amx_product){.kind = is_unsigned ? AMX_RIGHT_UNSIGNED : AMX_SIGNED,
                       .batch = p->d->groups, .M = p->out,
                       .N = mx_product(images, volume(p->result)), .K = steps_of(job),
                       .left = {pack_filters, NULL, 0, 0}, .right = {pack_columns, NULL, 0, 1},
                       .put = put_channels, .context = job};
}

int amx_integer_conv_pays(const conv_dims *d) {
  return amx_is_on && !(d->C == 1 && d->groups > 1) && d->F >= LINES;
}

int64_t amx_integer_conv_scratch(const conv_dims *d) {
  mx_scratch scratch = {0};
  const amx_conv job = amx_begin(1, d, 0, &scratch);
  const amx_product p = channels_product(&job, job.batch, 0);
  const amx_product rest = channels_product(&job, amx_rest(&job), 0);
  const int64_t bytes = amx_scratch(&p), of_rest = amx_scratch(&rest);
  return mx_sum(mx_lines(scratch.size), bytes > of_rest ? bytes : of_rest);
}

void amx_integer_conv(const conv_dims *d, int is_unsigned, void *const *ptr) {
  const conv_arrays arrays = {ptr, scratch_of(d, ptr), NULL};
  mx_scratch scratch = {.base = arrays.scratch};
  amx_conv job = amx_begin(1, d, 0, &scratch);
  const conv_plan *p = &job.plan;
  job.arrays = &arrays;
  if (d->N * d->groups * p->out * volume(p->result) == 0) return;
  job.part = nth_part(p, 0);
  list_taps(p, &job.part, job.offset, NULL);
  for (int64_t n = 0; n < d->N; n += job.batch) {
    amx_take_images(&job, n);
    const amx_product product = channels_product(&job, job.images, is_unsigned);
    amx_multiply(&product, scratch.base + mx_lines(scratch.size));
  }
}
