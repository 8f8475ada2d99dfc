/* The product of integer_product.h: blocks of 2 x 4 sums, so that each loaded row is used again. */
#include "integer_product.h"
#include "mx_size.h"

#include "narrow.h"

enum {
  TILE_ROWS = 2,
  TILE_COLUMNS = 4,
  /* Products are at most 255 * 128: so many of them stay within int32. */
  MOST_TERMS = 1 << 15
};

/* sums (2, 4) = a (2, count) @ b (4, count).T; `count` is a multiple of INTEGER_STEP. */
static void tile(const int16_t *const *a, const int16_t *const *b, int64_t count, int32_t *sums) {
  int32_t s00 = 0, s01 = 0, s02 = 0, s03 = 0, s10 = 0, s11 = 0, s12 = 0, s13 = 0;
  const int16_t *a0 = a[0], *a1 = a[1], *b0 = b[0], *b1 = b[1], *b2 = b[2], *b3 = b[3];
  for (int64_t k = 0; k < count; k++) {
    s00 += a0[k] * b0[k];
    s01 += a0[k] * b1[k];
    s02 += a0[k] * b2[k];
    s03 += a0[k] * b3[k];
    s10 += a1[k] * b0[k];
    s11 += a1[k] * b1[k];
    s12 += a1[k] * b2[k];
    s13 += a1[k] * b3[k];
  }
  const int32_t all[TILE_ROWS * TILE_COLUMNS] = {s00, s01, s02, s03, s10, s11, s12, s13};
  memcpy(sums, all, sizeof all);
}

void integer_product_run(const integer_product *p) {
  for (int64_t j = 0; j < p->N; j += TILE_COLUMNS)
    for (int64_t i = 0; i < p->M; i += TILE_ROWS) {
      uint32_t total[TILE_ROWS * TILE_COLUMNS] = {0};
      for (int64_t k = 0; k < p->width; k += MOST_TERMS) {
        const int64_t left = p->width - k, count = left < MOST_TERMS ? left : MOST_TERMS;
        const int16_t *a[TILE_ROWS], *b[TILE_COLUMNS];
        int32_t sums[TILE_ROWS * TILE_COLUMNS];
        for (int64_t r = 0; r < TILE_ROWS; r++)     /* rows beyond the last one: the last again */
          a[r] = p->a + (i + r < p->M ? i + r : p->M - 1) * p->width + k;
        for (int64_t c = 0; c < TILE_COLUMNS; c++)
          b[c] = p->b + (j + c < p->N ? j + c : p->N - 1) * p->width + k;
        tile(a, b, count, sums);
        for (int s = 0; s < TILE_ROWS * TILE_COLUMNS; s++) total[s] += (uint32_t)sums[s];
      }
      for (int64_t r = 0; r < TILE_ROWS && i + r < p->M; r++)
        for (int64_t c = 0; c < TILE_COLUMNS && j + c < p->N; c++) {
          const int32_t *bias = p->bias ? p->bias + (p->bias_of_columns ? j + c : i + r) : NULL;
          p->c[(i + r) * p->row + (j + c) * p->column] =
              (int32_t)(total[r * TILE_COLUMNS + c] + (bias ? (uint32_t)*bias : 0));
        }
    }
}

#define INTEGER_GEMM_FIELDS "M N K has_bias"

enum { GEMM_TASKS = 64, GEMM_ROWS = 16, GEMM_GRAIN = 1 << 15 };

/* The pieces of scratch: data in 16 bits, and for each task some rows of the weight. */
typedef struct {
  const integer_gemm_dims *d;
  const int8_t *weight;
  const int32_t *bias;
  int32_t *out;
  int16_t *data, *rows;
  int64_t tasks;
} integer_gemm_job;

static int64_t integer_gemm_cut(const integer_gemm_dims *d, void *base, integer_gemm_job *job) {
  mx_scratch scratch = {base, 0};
  const int64_t width = integer_width(d->K), blocks = mx_ceil_div(d->N, GEMM_ROWS);
  job->d = d;
  job->tasks = mx_task_count(mx_product(mx_product(d->M, d->N), width) / 16, GEMM_GRAIN,
                             blocks < GEMM_TASKS ? blocks : GEMM_TASKS);
  job->data = mx_take(&scratch, mx_product(d->M, width), sizeof *job->data);
  job->rows = mx_take(&scratch, mx_product(job->tasks * GEMM_ROWS, width), sizeof *job->rows);
  return scratch.size;
}

static int64_t integer_gemm_scratch(const void *desc) {
  integer_gemm_job job;
  if (narrow_integer_gemm_pays(desc)) return narrow_integer_gemm_scratch(desc);
  return integer_gemm_cut(desc, NULL, &job);
}

static void integer_gemm_task(void *context, int64_t task) {
  const integer_gemm_job *job = context;
  const integer_gemm_dims *d = job->d;
  const int64_t width = integer_width(d->K), blocks = mx_ceil_div(d->N, GEMM_ROWS);
  int16_t *rows = job->rows + task * GEMM_ROWS * width;
  for (int64_t block = task; block < blocks; block += job->tasks) {
    const int64_t first = block * GEMM_ROWS, left = d->N - first;
    const int64_t count = left < GEMM_ROWS ? left : GEMM_ROWS;
    integer_widen_i8(job->weight + first * d->K, count, d->K, rows);
    const integer_product product = {
        .a = job->data, .b = rows, .bias = job->bias ? job->bias + first : NULL,
        .c = job->out + first, .M = d->M, .N = count, .width = width, .row = d->N, .column = 1,
        .bias_of_columns = 1};
    integer_product_run(&product);
  }
}

#define INTEGER_GEMM(dtype, type)                                                             \
  static int integer_gemm_##dtype(const void *desc, void *const *ptr,                         \
                                  const mx_scalar *scalars) {                                 \
    const integer_gemm_dims *d = desc;                                                        \
    void *const *rest = ptr + 2 + d->has_bias;                                                \
    integer_gemm_job job;                                                                     \
    (void)scalars;                                                                            \
    if (narrow_integer_gemm_pays(d)) {                                                           \
      narrow_integer_gemm(d, (type)-1 > 0, ptr);                                                 \
      return MX_OK;                                                                           \
    }                                                                                         \
    integer_gemm_cut(d, rest[1], &job);                                                       \
    job.weight = ptr[1];                                                                      \
    job.bias = d->has_bias ? ptr[2] : NULL;                                                   \
    job.out = rest[0];                                                                        \
    integer_widen_##dtype((const type *)ptr[0], d->M, d->K, job.data);                        \
    mx_rt->parallel_for(job.tasks, integer_gemm_task, &job);                                  \
    return MX_OK;                                                                             \
  }
INTEGER_GEMM(i8, int8_t)
INTEGER_GEMM(u8, uint8_t)

#define ENTRY(dtype) \
  MX_ENTRY_SCRATCH(integer_gemm, dtype, integer_gemm_scratch, integer_gemm_dims, \
                   INTEGER_GEMM_FIELDS)

const mx_kernel_entry mx_table_integer_product[] = {ENTRY(i8), ENTRY(u8), {0}};
