/* Cholesky factors and triangular systems of one dtype: see linalg_triangular.c. */
#include "linalg_rows.h"
#include "linalg_product.h"

/* The rows [from, to) of the factor in a (n, n), columns up to `to`, whose columns before `from`
 * have been accounted for. */
static int FN(potrf_rows)(wide *a, int64_t n, int64_t from, int64_t to) {
  for (int64_t i = from; i < to; i++)
    for (int64_t j = from; j <= i; j++) {
      const wide rest = a[i * n + j] - FN(row_dot)(a + i * n + from, a + j * n + from, j - from);
      if (i == j) {
        if (!(rest > 0) || rest == (wide)INFINITY) return MX_BAD_VALUE;
        a[i * n + i] = (wide)sqrt((double)rest);
      } else {
        a[i * n + j] = rest / a[j * n + j];
      }
    }
  return MX_OK;
}

typedef struct {
  wide *a;
  int64_t n, from, to;
} FN(potrf_panel);

/* A group of rows below a block: their columns [from, to). */
static void FN(potrf_below)(void *context, int64_t group) {
  const FN(potrf_panel) *x = context;
  const int64_t n = x->n, start = x->to + group * LINALG_BLOCK;
  const int64_t end = start + LINALG_BLOCK < n ? start + LINALG_BLOCK : n;
  for (int64_t i = start; i < end; i++)
    for (int64_t j = x->from; j < x->to; j++) {
      wide *row = x->a + i * n;
      const wide known = FN(row_dot)(row + x->from, x->a + j * n + x->from, j - x->from);
      row[j] = (row[j] - known) / x->a[j * n + j];
    }
}

/* a becomes its factor, block of columns by block; the upper triangle is passed over. */
static int FN(potrf_matrix)(wide *a, int64_t n, mx_scratch *scratch) {
  if (n < LINALG_LARGE) return FN(potrf_rows)(a, n, 0, n);
  const FN(block_product) x = FN(take_product)(n, LINALG_BLOCK, n, scratch);
  for (int64_t from = 0; from < n; from += LINALG_BLOCK) {
    const int64_t to = from + LINALG_BLOCK < n ? from + LINALG_BLOCK : n;
    FN(gather_block)(x.a, a + from * n, n, n - from, from);
    FN(gather_block)(x.b, a + from * n, n, to - from, from);
    FN(less_product)(&x, n - from, to - from, from, 1, a + from * n + from, n);
    const int status = FN(potrf_rows)(a, n, from, to);
    if (status != MX_OK) return status;
    FN(potrf_panel) panel = {a, n, from, to};
    const int64_t groups = mx_ceil_div(n - to, LINALG_BLOCK);
    if (groups > 1) mx_rt->parallel_for(groups, FN(potrf_below), &panel);
    else if (groups) FN(potrf_below)(&panel, 0);
  }
  return MX_OK;
}

static int64_t FN(potrf_scratch)(const void *desc) {
  const potrf_dims *d = desc;
  mx_scratch scratch = {0};
  if (d->n >= LINALG_LARGE) FN(take_product)(d->n, LINALG_BLOCK, d->n, &scratch);
  return scratch.size;
}

static void FN(potrf_task)(void *context, int64_t task) {
  linalg_job *job = context;
  const int64_t n = ((const potrf_dims *)job->d)->n;
  for (int64_t i = task; i < job->count; i += job->tasks) {
    mx_scratch scratch = {.base = job->scratch};
    const wide *from = (const wide *)job->ptr[0] + i * n * n;
    wide *to = (wide *)job->ptr[1] + i * n * n;
    for (int64_t row = 0; row < n; row++) {
      memmove(to + row * n, from + row * n, (size_t)(row + 1) * sizeof(wide));
      memset(to + row * n + row + 1, 0, (size_t)(n - row - 1) * sizeof(wide));
    }
    const int status = FN(potrf_matrix)(to, n, &scratch);
    linalg_report(job, status);
    if (status != MX_OK) return;
    for (int64_t row = 0; n >= LINALG_LARGE && row < n; row++)  /* products wrote there, too */
      memset(to + row * n + row + 1, 0, (size_t)(n - row - 1) * sizeof(wide));
  }
}

/* A -> L, lower triangular, with L L^T = A; of A the lower triangle is read. */
static int FN(potrf)(const void *desc, void *const *ptr, const mx_scalar *scalars) {
  (void)scalars;
  const potrf_dims *d = desc;
  linalg_job job = {d, ptr, ptr[2], d->batch, linalg_tasks(d->batch, d->n, d->n * d->n * d->n / 6),
                    0, MX_OK};
  return linalg_run(&job, FN(potrf_task));
}

/* Scratch of one matrix: op(A), and what products take. */
typedef struct {
  wide *t;
  FN(block_product) x;
} FN(trsm_slice);

static FN(trsm_slice) FN(take_trsm)(const trsm_dims *d, mx_scratch *scratch) {
  FN(trsm_slice) slice = {.t = mx_take(scratch, mx_product(d->n, d->n), sizeof(wide))};
  if (d->n < LINALG_LARGE) return slice;
  if (d->right) slice.x = FN(take_product)(d->others, d->n, LINALG_BLOCK, scratch);
  else slice.x = FN(take_product)(d->n, d->others, LINALG_BLOCK, scratch);
  return slice;
}

static int64_t FN(trsm_slice_bytes)(const trsm_dims *d) {
  mx_scratch scratch = {0};
  FN(take_trsm)(d, &scratch);
  return mx_lines(scratch.size);
}

static int64_t FN(trsm_tasks)(const trsm_dims *d) {
  return linalg_tasks(d->batch, d->n, mx_product(mx_product(d->n, d->n), d->others) / 4);
}

static int64_t FN(trsm_scratch)(const void *desc) {
  return mx_product(FN(trsm_tasks)(desc), FN(trsm_slice_bytes)(desc));
}

/* t = op(A), zeros in its other triangle.  Whether it is upper triangular. */
static int FN(turned)(const trsm_dims *d, const wide *a, wide *t) {
  const int64_t n = d->n;
  for (int64_t i = 0; i < n; i++)
    for (int64_t j = 0; j < n; j++) {
      const int inside = d->upper ? j >= i : j <= i;
      t[d->trans ? j * n + i : i * n + j] = inside ? a[i * n + j] : 0;
    }
  return d->upper != d->trans;
}

/* The block of rows [from, to) of b (n, cols; `step` apart) in t X = b, those before (behind, if upper) being
 * accounted for. */
static void FN(left_rows)(const wide *t, int64_t n, int upper, int64_t from, int64_t to, wide *b,
                          int64_t step, int64_t cols) {
  for (int64_t k = 0; k < to - from; k++) {
    const int64_t i = upper ? to - 1 - k : from + k;
    wide *row = b + i * step;
    for (int64_t j = upper ? i + 1 : from; j < (upper ? to : i); j++)
      if (t[i * n + j] != 0) FN(row_less)(row, b + j * step, t[i * n + j], cols);
    for (int64_t c = 0; c < cols; c++) row[c] /= t[i * n + i];
  }
}

/* The columns [from, to) of b (rows, n) in X t = b, likewise. */
static void FN(right_columns)(const wide *t, int64_t n, int upper, int64_t from, int64_t to,
                              wide *b, int64_t rows) {
  for (int64_t r = 0; r < rows; r++) {
    wide *row = b + r * n;
    for (int64_t k = 0; k < to - from; k++) {
      const int64_t i = upper ? from + k : to - 1 - k, first = upper ? i + 1 : from;
      row[i] /= t[i * n + i];
      FN(row_less)(row + first, t + i * n + first, row[i], (upper ? to : i) - first);
    }
  }
}

/* A block of unknowns, then its share of all other equations. */
static void FN(trsm_blocks)(const trsm_dims *d, const FN(trsm_slice) *s, int upper, wide *b) {
  const int64_t n = d->n, count = mx_ceil_div(n, LINALG_BLOCK);
  const int forward = d->right ? upper : !upper;
  for (int64_t k = 0; k < count; k++) {
    const int64_t from = (forward ? k : count - 1 - k) * LINALG_BLOCK;
    const int64_t to = from + LINALG_BLOCK < n ? from + LINALG_BLOCK : n, size = to - from;
    const int64_t first = forward ? to : 0, rest = (forward ? n : from) - first;
    if (d->right) {
      FN(right_columns)(s->t, n, upper, from, to, b, d->others);
      FN(gather_block)(s->x.a, b + from, n, d->others, size);
      FN(gather_block)(s->x.b, s->t + from * n + first, n, size, rest);
      FN(less_product)(&s->x, d->others, rest, size, 0, b + first, n);
    } else {
      const int64_t step = d->others, cols = d->identity && !upper ? to : step;     /* not 0 */
      FN(left_rows)(s->t, n, upper, from, to, b, step, cols);
      FN(gather_block)(s->x.a, s->t + first * n + from, n, rest, size);
      FN(gather_block)(s->x.b, b + from * step, step, size, cols);
      FN(less_product)(&s->x, rest, cols, size, 0, b + first * step, step);
    }
  }
}

static int FN(trsm_matrix)(const trsm_dims *d, const FN(trsm_slice) *s, const wide *a,
                           const wide *b, wide *c) {
  const int64_t n = d->n, size = n * d->others;
  const int upper = FN(turned)(d, a, s->t);
  for (int64_t i = 0; d->identity && i < n; i++)
    if (!(s->t[i * n + i] != 0)) return MX_BAD_VALUE;
  if (d->identity) {
    memset(c, 0, (size_t)size * sizeof(wide));
    for (int64_t i = 0; i < n; i++) c[i * n + i] = 1;
  } else {
    for (int64_t i = 0; i < size; i++) c[i] = (wide)d->alpha * b[i];
  }
  if (n >= LINALG_LARGE) FN(trsm_blocks)(d, s, upper, c);
  else if (d->right) FN(right_columns)(s->t, n, upper, 0, n, c, d->others);
  else FN(left_rows)(s->t, n, upper, 0, n, c, d->others, d->others);
  return MX_OK;
}

static void FN(trsm_task)(void *context, int64_t task) {
  linalg_job *job = context;
  const trsm_dims *d = job->d;
  mx_scratch scratch = {.base = job->scratch + task * job->slice_bytes};
  const FN(trsm_slice) slice = FN(take_trsm)(d, &scratch);
  const int64_t size = d->n * d->others;
  for (int64_t i = task; size && i < job->count; i += job->tasks) {
    const wide *b = d->identity ? NULL : (const wide *)job->ptr[1] + i * size;
    const int status = FN(trsm_matrix)(d, &slice, (const wide *)job->ptr[0] + i * d->n * d->n, b,
                                       (wide *)job->ptr[d->identity ? 1 : 2] + i * size);
    linalg_report(job, status);
    if (status != MX_OK) return;
  }
}

static int FN(trsm)(const void *desc, void *const *ptr, const mx_scalar *scalars) {
  (void)scalars;
  const trsm_dims *d = desc;
  linalg_job job = {d, ptr, ptr[d->identity ? 2 : 3], d->batch, FN(trsm_tasks)(d),
                    FN(trsm_slice_bytes)(d), MX_OK};
  return linalg_run(&job, FN(trsm_task));
}
