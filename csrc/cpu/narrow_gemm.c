/* The matrix product of 16 bits; see narrow_product.h. */
#include <stddef.h>

#include "mx_scratch.h"
#include "narrow_pack.h"
#include "narrow_product.h"

enum {
  STEPS_OF_A_RESULT = 2,         /* that need not be turned then pay for turning a result */
  WORK = 1 << 16, FEWEST = 8,    /* multiply-adds, and lines of a factor, that pay for parts */
};

/* The rows of op(A) and the columns of op(B) as lines.  is_swapped: B is the left factor, as
 * then less has to be turned, and the product is C turned. */
typedef struct {
  const gemm_product *p;
  narrow_dtype dtype;
  narrow_lines rows, cols;
  int is_swapped;
} gemm_job;

/* Lines of a factor, by its side: those of A, or those of B. */
static narrow_lines lines_of(const gemm_job *job, int is_left, const narrow_part *part) {
  const gemm_product *p = job->p;
  const int is_a = is_left != job->is_swapped;
  narrow_lines x = is_a ? job->rows : job->cols;
  const int64_t matrix = is_a ? (p->shares_a ? 0 : p->M * p->K) : p->K * p->N;
  x.at = (const uint16_t *)(is_a ? p->a : p->b) + part->entry * matrix + part->first * x.line +
         part->k0 * x.step;
  return x;
}

#define FACTOR(side, is_left)                                                                 \
  static int pack_##side(const void *context, const narrow_part *part, mx_bf16 *to) {         \
    const gemm_job *job = context;                                                            \
    return narrow_pack(job->dtype, lines_of(job, is_left, part), part->count, part->steps,    \
                       is_left, to);                                                          \
  }
FACTOR(left, 1)
FACTOR(right, 0)

/* 16 results of row m of C, from column n on, those that the mask has. */
ALWAYS void put_row(narrow_dtype dtype, const gemm_product *p, uint16_t *c, int64_t m, int64_t n,
                    __mmask16 mask, __m512 sum) {
  const uint16_t *bias = p->bias;
  if (bias && p->bias_of_rows) sum += narrow_number(dtype, bias + m);
  else if (bias) sum += narrow_load(dtype, mask, bias + n);
  narrow_store(dtype, c + m * p->N + n, mask, sum);
}

ALWAYS void put_as(narrow_dtype dtype, const gemm_job *job, const narrow_block *x, uint16_t *c) {
  if (!job->is_swapped) {
    for (int64_t j = 0; j < x->cols; j += TILE_LINES) {
      const __mmask16 mask = (__mmask16)narrow_first(x->cols - j);
      for (int64_t i = 0; i < x->rows; i++)
        put_row(dtype, job->p, c, x->row + i, x->col + j, mask,
                _mm512_loadu_ps(x->sum + i * x->step + j));
    }
    return;
  }
  for (int64_t i = 0; i < x->rows; i += TILE_LINES) {
    const __mmask16 mask = (__mmask16)narrow_first(x->rows - i);
    for (int64_t j = 0; j < x->cols; j += TILE_LINES) {
      __m512i sum[TILE_LINES];
      for (int r = 0; r < TILE_LINES; r++)
        sum[r] = _mm512_loadu_si512(x->sum + (i + r) * x->step + j);
      narrow_turn(sum);
      for (int64_t r = 0; r < mx_lesser(x->cols - j, TILE_LINES); r++)
        put_row(dtype, job->p, c, x->col + j + r, x->row + i, mask, (__m512)sum[r]);
    }
  }
}

static void put(const void *context, const narrow_block *x) {
  const gemm_job *job = context;
  uint16_t *c = (uint16_t *)job->p->c + x->entry * job->p->M * job->p->N;
  if (job->dtype == NARROW_BF16) put_as(NARROW_BF16, job, x, c);
  else put_as(NARROW_F16, job, x, c);
}

static narrow_product product_of(narrow_dtype dtype, const gemm_product *p, gemm_job *job) {
  *job = (gemm_job){.p = p, .dtype = dtype};
  job->rows = (narrow_lines){NULL, p->trans_a ? 1 : p->K, p->trans_a ? p->M : 1};
  job->cols = (narrow_lines){NULL, p->trans_b ? p->K : 1, p->trans_b ? 1 : p->N};
  /* On the left, lines whose steps are not adjacent are turned, on the right those whose steps
   * are. */
  const int64_t turned = (job->rows.step > 1 ? p->M : 0) + (job->cols.step == 1 ? p->N : 0);
  const int64_t if_swapped = (job->cols.step > 1 ? p->N : 0) + (job->rows.step == 1 ? p->M : 0);
  const int64_t results = mx_product(STEPS_OF_A_RESULT, mx_product(p->M, p->N));
  job->is_swapped = turned > if_swapped && mx_product(turned - if_swapped, p->K) > results;
  const narrow_lines *left = job->is_swapped ? &job->cols : &job->rows;
  const narrow_lines *right = job->is_swapped ? &job->rows : &job->cols;
  return (narrow_product){.kind = narrow_kind_of(dtype), .batch = p->batch,
                          .M = job->is_swapped ? p->N : p->M, .N = job->is_swapped ? p->M : p->N,
                          .K = p->K, .left = {pack_left, left->step > 1, 0},
                          .right = {pack_right, right->step == 1, 0},
                          .put = put, .context = job};
}

int narrow_gemm_pays(narrow_dtype dtype, const gemm_product *p) {
  if (!narrow_has(narrow_kind_of(dtype))) return 0;
  const int64_t work = mx_product(mx_product(p->batch, p->M), mx_product(p->N, p->K));
  return dtype == NARROW_BF16 ||
         (work >= WORK && p->M >= FEWEST && p->N >= FEWEST && p->K >= FEWEST);
}

int64_t narrow_gemm_scratch(narrow_dtype dtype, const gemm_product *p) {
  gemm_job job;
  const narrow_product product = product_of(dtype, p, &job);
  return narrow_scratch(&product);
}

int narrow_gemm_run(narrow_dtype dtype, const gemm_product *p, void *scratch) {
  gemm_job job;
  const narrow_product product = product_of(dtype, p, &job);
  return narrow_multiply(&product, scratch);
}
