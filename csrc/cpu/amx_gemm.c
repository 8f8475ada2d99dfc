/* The matrix product of bfloat16 by AMX; see amx_product.h. */
#include "amx_pack.h"
#include "amx_product.h"
#include "gemm.h"
#include "mx_kernel.h"
#include "mx_scratch.h"

enum {
  /* As many numbers of a line that need not be turned pay for turning a result. */
  STEPS_OF_A_RESULT = 2,
};

/* The rows of op(A) and the columns of op(B) as lines.  is_swapped: B is the left factor, as
 * then less has to be turned, and the product is C turned. */
typedef struct {
  const gemm_dims *d;
  amx_lines rows, cols;
  const mx_bf16 *bias;
  mx_bf16 *c;
  int is_swapped;
} gemm_job;

static amx_lines part_of(amx_lines lines, const amx_part *part, int64_t entry_items) {
  lines.at += part->entry * entry_items + part->first * lines.line + part->k0 * lines.step;
  return lines;
}

static void pack_left(const void *context, const amx_part *part, mx_bf16 *to) {
  const gemm_job *job = context;
  const amx_lines from = job->is_swapped ? part_of(job->cols, part, job->d->K * job->d->N)
                                         : part_of(job->rows, part, job->d->M * job->d->K);
  amx_pack(from, part->count, part->steps, 1, to);
}

static void pack_right(const void *context, const amx_part *part, mx_bf16 *to) {
  const gemm_job *job = context;
  const amx_lines from = job->is_swapped ? part_of(job->rows, part, job->d->M * job->d->K)
                                         : part_of(job->cols, part, job->d->K * job->d->N);
  amx_pack(from, part->count, part->steps, 0, to);
}

/* The biases of the columns of C from n on that the mask has. */
static inline __m512 biases(const gemm_job *job, int64_t n, __mmask16 mask) {
  if (!job->bias) return _mm512_setzero_ps();
  const __m256i bias = _mm256_maskz_loadu_epi16(mask, job->bias + n);
  return (__m512)_mm512_slli_epi32(_mm512_cvtepu16_epi32(bias), 16);
}

static void put_turned(const gemm_job *job, const amx_block *x, mx_bf16 *c) {
  for (int64_t i = 0; i < x->rows; i += 16) {
    const __mmask16 mask = (__mmask16)amx_first(x->rows - i);
    const __m512 bias = biases(job, x->row + i, mask);
    for (int64_t j = 0; j < x->cols; j += 16) {
      __m512i sum[16];
      for (int r = 0; r < 16; r++)
        sum[r] = _mm512_loadu_si512(x->sum + (i + r) * x->step + j);
      amx_turn(sum);
      for (int64_t r = 0; r < amx_least(x->cols - j, 16); r++)
        amx_store(c + (x->col + j + r) * job->d->N + x->row + i, mask, (__m512)sum[r] + bias);
    }
  }
}

static void put(const void *context, const amx_block *x) {
  const gemm_job *job = context;
  const int64_t N = job->d->N;
  mx_bf16 *c = job->c + x->entry * job->d->M * N;
  if (job->is_swapped) {
    put_turned(job, x, c);
    return;
  }
  for (int64_t j = 0; j < x->cols; j += 16) {
    const __mmask16 mask = (__mmask16)amx_first(x->cols - j);
    const __m512 bias = biases(job, x->col + j, mask);
    for (int64_t i = 0; i < x->rows; i++)
      amx_store(c + (x->row + i) * N + x->col + j, mask,
                _mm512_loadu_ps(x->sum + i * x->step + j) + bias);
  }
}

static amx_product product_of(const gemm_dims *d, gemm_job *job) {
  job->d = d;
  job->rows = (amx_lines){NULL, d->trans_a ? 1 : d->K, d->trans_a ? d->M : 1};
  job->cols = (amx_lines){NULL, d->trans_b ? d->K : 1, d->trans_b ? 1 : d->N};
  /* On the left, lines whose steps are not adjacent are turned, on the right those whose steps are. */
  const int64_t turned = (job->rows.step > 1 ? d->M : 0) + (job->cols.step == 1 ? d->N : 0);
  const int64_t if_swapped = (job->cols.step > 1 ? d->N : 0) + (job->rows.step == 1 ? d->M : 0);
  job->is_swapped = turned > if_swapped && mx_product(turned - if_swapped, d->K) >
                                               mx_product(STEPS_OF_A_RESULT, mx_product(d->M, d->N));
  const amx_lines *left = job->is_swapped ? &job->cols : &job->rows;
  const amx_lines *right = job->is_swapped ? &job->rows : &job->cols;
  return (amx_product){.batch = d->batch, .M = job->is_swapped ? d->N : d->M,
                       .N = job->is_swapped ? d->M : d->N, .K = d->K,
                       .turns_left = left->step > 1, .turns_right = right->step == 1,
                       .pack_left = pack_left, .pack_right = pack_right, .put = put, .context = job};
}

static int64_t gemm_scratch_bf16(const void *desc) {
  gemm_job job = {0};
  const amx_product p = product_of(desc, &job);
  return amx_scratch(&p);
}

static int gemm_bf16(const void *desc, void *const *ptr, const mx_scalar *scalars) {
  const gemm_dims *d = desc;
  gemm_job job = {0};
  const amx_product p = product_of(d, &job);
  (void)scalars;
  job.rows.at = ptr[0];
  job.cols.at = ptr[1];
  job.bias = d->has_bias ? ptr[2] : NULL;
  job.c = ptr[d->has_bias ? 3 : 2];
  amx_multiply(&p, ptr[d->has_bias ? 4 : 3]);
  return MX_OK;
}

const mx_kernel_entry mx_table_amx_gemm[] = {
    MX_ENTRY_SCRATCH(gemm, bf16, gemm_scratch_bf16, gemm_dims, GEMM_FIELDS), {0}};
