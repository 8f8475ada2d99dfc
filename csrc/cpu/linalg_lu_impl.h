/* LU factors of one dtype: see linalg_lu.c. */
#include "linalg_rows.h"
#include "linalg_product.h"

/* Scratch of one matrix: the factors; the row that stands at each place; what products take. */
typedef struct {
  wide *a;
  int64_t *order;
  FN(block_product) x;
} FN(lu_slice);

static FN(lu_slice) FN(take_lu)(int64_t n, mx_scratch *scratch) {
  FN(lu_slice) slice = {.a = mx_take(scratch, mx_product(n, n), sizeof(wide))};
  slice.order = mx_take(scratch, n, sizeof(int64_t));
  if (n >= LINALG_LARGE) slice.x = FN(take_product)(n, n, LINALG_BLOCK, scratch);
  return slice;
}

static void FN(swap_rows)(wide *one, wide *other, int64_t n) {
  for (int64_t i = 0; i < n; i++) {
    const wide value = one[i];
    one[i] = other[i];
    other[i] = value;
  }
}

/* The columns [from, to) of all rows from `from` on; swaps whole rows.  *sign: turned by swaps. */
static void FN(lu_panel)(const FN(lu_slice) *s, int64_t n, int64_t from, int64_t to, int *sign) {
  wide *a = s->a;
  for (int64_t k = from; k < to; k++) {
    int64_t best = k;
    for (int64_t i = k + 1; i < n; i++)
      if (fabs((double)a[i * n + k]) > fabs((double)a[best * n + k])) best = i;
    if (best != k) {
      FN(swap_rows)(a + k * n, a + best * n, n);
      const int64_t row = s->order[k];
      s->order[k] = s->order[best];
      s->order[best] = row;
      *sign = -*sign;
    }
    if (a[k * n + k] == 0) continue;        /* all below are 0, too */
    for (int64_t i = k + 1; i < n; i++) {
      const wide factor = a[i * n + k] /= a[k * n + k];
      if (factor != 0) FN(row_less)(a + i * n + k + 1, a + k * n + k + 1, factor, to - k - 1);
    }
  }
}

/* s->a becomes its factors, L with ones on its diagonal.  Returns the sign of the order of rows. */
static int FN(lu_matrix)(const FN(lu_slice) *s, int64_t n) {
  int sign = 1;
  wide *a = s->a;
  const int64_t step = n < LINALG_LARGE ? n : LINALG_BLOCK;
  for (int64_t i = 0; i < n; i++) s->order[i] = i;
  for (int64_t from = 0; from < n; from += step) {
    const int64_t to = from + step < n ? from + step : n, rest = n - to;
    FN(lu_panel)(s, n, from, to, &sign);
    if (!rest) break;
    for (int64_t i = from + 1; i < to; i++)
      for (int64_t j = from; j < i; j++)
        FN(row_less)(a + i * n + to, a + j * n + to, a[i * n + j], rest);
    FN(gather_block)(s->x.a, a + to * n + from, n, rest, to - from);
    FN(gather_block)(s->x.b, a + from * n + to, n, to - from, rest);
    FN(less_product)(&s->x, rest, rest, to - from, 0, a + to * n + to, n);
  }
  return sign;
}

static int64_t FN(lu_slice_bytes)(int64_t n) {
  mx_scratch scratch = {0};
  FN(take_lu)(n, &scratch);
  return mx_lines(scratch.size);
}

static int64_t FN(det_tasks)(const det_dims *d) {
  return linalg_tasks(d->batch, d->n, mx_product(mx_product(d->n, d->n), d->n) / 4);
}

static int64_t FN(det_scratch)(const void *desc) {
  const det_dims *d = desc;
  return mx_product(FN(det_tasks)(d), FN(lu_slice_bytes)(d->n));
}

static void FN(det_task)(void *context, int64_t task) {
  const linalg_job *job = context;
  const det_dims *d = job->d;
  const int64_t n = d->n;
  mx_scratch scratch = {.base = job->scratch + task * job->slice_bytes};
  const FN(lu_slice) slice = FN(take_lu)(n, &scratch);
  for (int64_t i = task; i < job->count; i += job->tasks) {
    if (n) memcpy(slice.a, (const wide *)job->ptr[0] + i * n * n, (size_t)(n * n) * sizeof(wide));
    wide sign = (wide)FN(lu_matrix)(&slice, n), det = sign;
    double log_size = 0;
    for (int64_t k = 0; k < n; k++) {
      const wide pivot = slice.a[k * n + k];
      det *= pivot;
      log_size += log(fabs((double)pivot));
      sign *= pivot > 0 ? 1 : pivot < 0 ? -1 : pivot;     /* 0 and NaN stay what they are */
    }
    ((wide *)job->ptr[1])[i] = d->outputs == 1 ? det : sign;
    if (d->outputs == 2) ((wide *)job->ptr[2])[i] = (wide)log_size;
  }
}

/* A -> det(A), or its sign and log |det(A)|. */
static int FN(det)(const void *desc, void *const *ptr, const mx_scalar *scalars) {
  (void)scalars;
  const det_dims *d = desc;
  linalg_job job = {d, ptr, ptr[1 + d->outputs], d->batch, FN(det_tasks)(d),
                    FN(lu_slice_bytes)(d->n), MX_OK};
  return linalg_run(&job, FN(det_task));
}

static int64_t FN(inverse_tasks)(const inverse_dims *d) {
  return linalg_tasks(d->batch, d->n, mx_product(mx_product(d->n, d->n), d->n));
}

static int64_t FN(inverse_scratch)(const void *desc) {
  const inverse_dims *d = desc;
  return mx_product(FN(inverse_tasks)(d), FN(lu_slice_bytes)(d->n));
}

/* The block of rows [from, to) of y: what is left of them of L, or of U, accounted for. */
static void FN(solve_rows)(const wide *a, int64_t n, int upper, int64_t from, int64_t to, wide *y) {
  for (int64_t k = 0; k < to - from; k++) {
    const int64_t i = upper ? to - 1 - k : from + k;
    for (int64_t j = upper ? i + 1 : from; j < (upper ? to : i); j++)
      if (a[i * n + j] != 0) FN(row_less)(y + i * n, y + j * n, a[i * n + j], n);
    for (int64_t c = 0; upper && c < n; c++) y[i * n + c] /= a[i * n + i];
  }
}

/* y = U^-1 L^-1 y, in blocks of rows. */
static void FN(solve)(const FN(lu_slice) *s, int64_t n, wide *y) {
  const int64_t step = n < LINALG_LARGE ? n : LINALG_BLOCK, count = mx_ceil_div(n, step);
  for (int upper = 0; upper < 2; upper++)
    for (int64_t k = 0; k < count; k++) {
      const int64_t from = (upper ? count - 1 - k : k) * step;
      const int64_t to = from + step < n ? from + step : n, size = to - from;
      const int64_t first = upper ? 0 : to, rest = (upper ? from : n) - first;
      FN(solve_rows)(s->a, n, upper, from, to, y);
      if (!rest) continue;
      FN(gather_block)(s->x.a, s->a + first * n + from, n, rest, size);
      FN(gather_block)(s->x.b, y + from * n, n, size, n);
      FN(less_product)(&s->x, rest, n, size, 0, y + first * n, n);
    }
}

static void FN(inverse_task)(void *context, int64_t task) {
  linalg_job *job = context;
  const inverse_dims *d = job->d;
  const int64_t n = d->n;
  mx_scratch scratch = {.base = job->scratch + task * job->slice_bytes};
  const FN(lu_slice) slice = FN(take_lu)(n, &scratch);
  for (int64_t i = task; n && i < job->count; i += job->tasks) {
    wide *y = (wide *)job->ptr[1] + i * n * n;
    memcpy(slice.a, (const wide *)job->ptr[0] + i * n * n, (size_t)(n * n) * sizeof(wide));
    FN(lu_matrix)(&slice, n);
    int singular = 0;
    for (int64_t k = 0; k < n; k++) singular |= slice.a[k * n + k] == 0;
    memset(y, 0, (size_t)(n * n) * sizeof(wide));
    if (singular && d->takes_singular) continue;
    if (singular) {
      linalg_report(job, MX_BAD_VALUE);
      return;
    }
    for (int64_t k = 0; k < n; k++) y[k * n + slice.order[k]] = 1;
    FN(solve)(&slice, n, y);
  }
}

/* A -> its inverse. */
static int FN(inverse)(const void *desc, void *const *ptr, const mx_scalar *scalars) {
  (void)scalars;
  const inverse_dims *d = desc;
  linalg_job job = {d, ptr, ptr[2], d->batch, FN(inverse_tasks)(d), FN(lu_slice_bytes)(d->n), MX_OK};
  return linalg_run(&job, FN(inverse_task));
}
