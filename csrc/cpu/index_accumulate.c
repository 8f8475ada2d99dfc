/* The adjoint of take: dy (outer, M, inner), rows (M) int64 -> y (outer, K, inner),
 *
 *   y[o, k, c] = sum of dy[o, m, c] over the m with rows[m] = k.
 *
 * The m are sorted by row first, so that every row of y is summed once, wide, in the order of m, and
 * written once: the same result for any number of threads.  A counting sort does it, unless there
 * are many more rows than m: then the m themselves are sorted, and their rows are listed.
 */
#include "index_common.h"
#include "mx_scratch.h"

typedef struct { int64_t outer, K, M, inner; } accumulate_dims;
#define FIELDS "outer K M inner"

enum { SUM_BLOCK = 64, ORDER_SHORT = 32 };

#define WORDS
#include "order_item.h"
#include "order_sort_impl.h"

typedef struct {
  const accumulate_dims *d;
  const void *dy;
  void *y;
  uint64_t *items;           /* room to sort the m; NULL where they are counted */
  int64_t *rows, num_rows;   /* the rows that have any, ascending; NULL: all rows */
  int64_t *first, *order;    /* m of the i-th row: order[first[i] .. first[i + 1]) */
  int64_t num_tasks;
} accumulate_job;

static int is_sparse(const accumulate_dims *d) {
  return d->M <= d->K / 4 && d->K <= UINT32_MAX;
}

static int count_by_row(const accumulate_job *job, const int64_t *rows) {
  const accumulate_dims *d = job->d;
  int64_t *first = job->first;
  memset(first, 0, (size_t)(d->K + 1) * sizeof *first);
  for (int64_t m = 0; m < d->M; m++) {
    if (rows[m] < 0 || rows[m] >= d->K) return MX_BAD_INDEX;
    first[rows[m]]++;
  }
  for (int64_t k = 1; k <= d->K; k++) first[k] += first[k - 1];
  for (int64_t m = d->M - 1; m >= 0; m--) job->order[--first[rows[m]]] = m;
  return MX_OK;
}

static int sort_by_row(accumulate_job *job, const int64_t *rows) {
  const int64_t M = job->d->M;
  for (int64_t m = 0; m < M; m++) {
    if (rows[m] < 0 || rows[m] >= job->d->K) return MX_BAD_INDEX;
    job->items[m] = ITEM(rows[m], m);
  }
  const uint64_t *sorted = order_sort_word(job->items, job->items + M, M);
  for (int64_t i = 0; i < M; i++) {
    const int64_t row = KEY(sorted[i]);
    if (!job->num_rows || job->rows[job->num_rows - 1] != row) {
      job->first[job->num_rows] = i;
      job->rows[job->num_rows++] = row;
    }
    job->order[i] = PLACE(sorted[i]);
  }
  job->first[job->num_rows] = M;
  return MX_OK;
}

static void lay_out(accumulate_job *job, mx_scratch *scratch) {
  const accumulate_dims *d = job->d;
  const int sparse = is_sparse(d);
  job->first = mx_take(scratch, (sparse ? d->M : d->K) + 1, sizeof *job->first);
  job->order = mx_take(scratch, d->M, sizeof *job->order);
  if (!sparse) return;
  job->rows = mx_take(scratch, d->M, sizeof *job->rows);
  job->items = mx_take(scratch, mx_product(2, d->M), sizeof *job->items);
}

static int64_t accumulate_scratch(const void *desc) {
  accumulate_job job = {.d = desc};
  mx_scratch scratch = {0};
  lay_out(&job, &scratch);
  return scratch.size;
}

/* ptr: dy, rows, y, scratch. */
static int accumulate(const accumulate_dims *d, void *const *ptr,
                      void (*task)(void *context, int64_t i)) {
  accumulate_job job = {.d = d, .dy = ptr[0], .y = ptr[2]};
  lay_out(&job, &(mx_scratch){.base = ptr[3]});
  const int status = job.rows ? sort_by_row(&job, ptr[1]) : count_by_row(&job, ptr[1]);
  if (status != MX_OK || d->outer * d->K * d->inner == 0) return status;
  run_tasks(task, &job, d->outer * (d->K + d->M) * (d->inner + 2), d->outer * d->K,
            &job.num_tasks);
  return MX_OK;
}

/* The first of the listed rows from k on. */
static int64_t listed_from(const accumulate_job *job, int64_t k) {
  int64_t low = 0, high = job->num_rows;
  while (low < high) {
    const int64_t middle = low + (high - low) / 2;
    if (job->rows[middle] < k) low = middle + 1;
    else high = middle;
  }
  return low;
}

#define FN(name) name##_f16
#define T mx_f16
#define ACC double
#define LOAD mx_f16_to_float
#define STORE(sum) mx_float_to_f16((float)(sum))
#include "index_accumulate_impl.h"
#define FN(name) name##_bf16
#define T mx_bf16
#define ACC double
#define LOAD mx_bf16_to_float
#define STORE(sum) mx_float_to_bf16((float)(sum))
#include "index_accumulate_impl.h"
#define FN(name) name##_f32
#define T float
#define ACC double
#define LOAD
#define STORE (float)
#include "index_accumulate_impl.h"
#define FN(name) name##_f64
#define T double
#define ACC double
#define LOAD
#define STORE
#include "index_accumulate_impl.h"
#define FN(name) name##_i8
#define T int8_t
#define ACC int64_t
#define LOAD
#define STORE (int8_t)
#include "index_accumulate_impl.h"
#define FN(name) name##_u8
#define T uint8_t
#define ACC int64_t
#define LOAD
#define STORE (uint8_t)
#include "index_accumulate_impl.h"
#define FN(name) name##_i32
#define T int32_t
#define ACC int64_t
#define LOAD
#define STORE (int32_t)
#include "index_accumulate_impl.h"
#define FN(name) name##_i64
#define T int64_t
#define ACC uint64_t    /* wraps round, where int64_t must not */
#define LOAD
#define STORE (int64_t)
#include "index_accumulate_impl.h"

#define ENTRY(dtype) \
  MX_ENTRY_SCRATCH(accumulate_rows, dtype, accumulate_scratch, accumulate_dims, FIELDS)

const mx_kernel_entry mx_table_index_accumulate[] = {
    ENTRY(f16), ENTRY(bf16), ENTRY(f32), ENTRY(f64), ENTRY(i8), ENTRY(u8), ENTRY(i32), ENTRY(i64),
    {0}};
