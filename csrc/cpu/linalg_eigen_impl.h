/* Eigenvalues and vectors of symmetric matrices of one dtype, behind linalg_reflect_impl.h. */

#include "linalg_divide_impl.h"

/* Scratch of one matrix: its reflections, then tridiagonal; the diagonals. */
typedef struct {
  wide *a, *tau, *p, *cosines, *sines;
  double *diagonal, *beside;
  FN(reflections) block;       /* these of a large matrix */
  FN(divided) divided;
} FN(eigen_slice);

static FN(eigen_slice) FN(take_eigen)(int64_t n, mx_scratch *scratch) {
  FN(eigen_slice) slice = {.a = mx_take(scratch, mx_product(n, n), sizeof(wide))};
  slice.tau = mx_take(scratch, n, sizeof(wide));
  slice.p = mx_take(scratch, n, sizeof(wide));
  slice.cosines = mx_take(scratch, n, sizeof(wide));
  slice.sines = mx_take(scratch, n, sizeof(wide));
  slice.diagonal = mx_take(scratch, n, sizeof(double));
  slice.beside = mx_take(scratch, n, sizeof(double));
  if (FN(reflections_at_once)(n) > 1) {
    slice.block = FN(take_reflections)(n, n, scratch);
    slice.divided = FN(take_divided)(n, &slice.block, scratch);
  }
  return slice;
}

static int64_t FN(eigen_slice_bytes)(int64_t n) {
  mx_scratch scratch = {0};
  FN(take_eigen)(n, &scratch);
  return mx_lines(scratch.size);
}

static int64_t FN(eigen_tasks)(const eigen_dims *d) {
  return linalg_tasks(d->batch, d->n, 4 * mx_product(mx_product(d->n, d->n), d->n));
}

static int64_t FN(eigen_scratch)(const void *desc) {
  const eigen_dims *d = desc;
  return mx_product(FN(eigen_tasks)(d), FN(eigen_slice_bytes)(d->n));
}

#include "linalg_tridiagonal_impl.h"

/* u = the product of the reflections, transposed: its rows become the eigenvectors. */
static void FN(start_vectors)(const FN(eigen_slice) *s, int64_t n, wide *u) {
  memset(u, 0, (size_t)(n * n) * sizeof(wide));
  for (int64_t i = 0; i < n; i++) u[i * n + i] = 1;
  for (int64_t k = n - 2; k >= 0; k--) {
    const int64_t rest = n - k - 1, at = (k + 1) * n + k + 1;
    FN(reflect)(u + at, rest, n, s->a + k * n + k + 1, s->tau[k], rest);
  }
}

/* The rows of u times the reflections, a block of them at a time: eigenvectors of the tridiagonal
 * matrix become those of the matrix that was given. */
static void FN(turn_back)(const FN(eigen_slice) *s, int64_t n, wide *u) {
  for (int64_t k = (n - 2) / LINALG_BLOCK * LINALG_BLOCK; k >= 0; k -= LINALG_BLOCK) {
    const int64_t rest = n - k - 1, count = rest < LINALG_BLOCK ? rest : LINALG_BLOCK;
    FN(gather_reflections)(&s->block, s->a + k * n + k + 1, n, count, rest, s->tau + k);
    FN(reflect_block)(&s->block, u + k + 1, n, n, count, rest, 1);
  }
}

/* Rows first to last of u (n columns; rows `step` apart), each turned with the one before it: from the
 * last one on, by the angles of these cosines and sines. */
typedef struct {
  const wide *cosines, *sines;
  wide *u;
  int64_t first, last, n, step, columns;       /* so many columns at a time */
} FN(turn_job);

/* `count` columns of the rows i - 3 to i, each turned with the one after it, from row i on. */
static void FN(turn_four)(const FN(turn_job) *job, int64_t i, int64_t begin, int64_t count) {
  wide *restrict e = job->u + (i + 1) * job->step + begin, *restrict d = e - job->step;
  wide *restrict c = d - job->step, *restrict b = c - job->step, *restrict a = b - job->step;
  const wide *cosine = job->cosines + i - 3, *sine = job->sines + i - 3;
  const wide c0 = cosine[0], c1 = cosine[1], c2 = cosine[2], c3 = cosine[3];
  const wide s0 = sine[0], s1 = sine[1], s2 = sine[2], s3 = sine[3];
  for (int64_t k = 0; k < count; k++) {
    const wide y4 = e[k], x3 = d[k], x2 = c[k], x1 = b[k], x0 = a[k];
    const wide y3 = c3 * x3 - s3 * y4, y2 = c2 * x2 - s2 * y3, y1 = c1 * x1 - s1 * y2;
    e[k] = s3 * x3 + c3 * y4;
    d[k] = s2 * x2 + c2 * y3;
    c[k] = s1 * x1 + c1 * y2;
    b[k] = s0 * x0 + c0 * y1;
    a[k] = c0 * x0 - s0 * y1;
  }
}

/* A block of columns. */
static void FN(turn_columns)(void *context, int64_t task) {
  const FN(turn_job) *job = context;
  const int64_t begin = task * job->columns, rest = job->n - begin;
  const int64_t count = rest < job->columns ? rest : job->columns;
  int64_t i = job->last - 1;
  for (; i - 3 >= job->first; i -= 4) FN(turn_four)(job, i, begin, count);
  for (; i >= job->first; i--) {
    wide *one = job->u + i * job->step + begin, *other = one + job->step;
    const wide c = job->cosines[i], s = job->sines[i];
    for (int64_t k = 0; k < count; k++) {
      const wide x = one[k], y = other[k];
      one[k] = c * x - s * y;
      other[k] = s * x + c * y;
    }
  }
}

static void FN(turn_rows)(const FN(eigen_slice) *s, int64_t first, int64_t last, wide *u,
                          int64_t n, int64_t step) {
  const int64_t fit = TURN_BYTES / ((int64_t)sizeof(wide) * (last - first + 1)) / TURN_COLUMNS;
  const int64_t columns = TURN_COLUMNS * (fit < 1 ? 1 : fit > 8 ? 8 : fit);
  FN(turn_job) job = {s->cosines, s->sines, u, first, last, n, step, columns};
  const int64_t tasks = mx_ceil_div(n, columns);
  if (tasks > 1 && (last - first) * n > TURN_WORK) {
    mx_rt->parallel_for(tasks, FN(turn_columns), &job);
  } else {
    for (int64_t i = 0; i < tasks; i++) FN(turn_columns)(&job, i);
  }
}

/* One implicit QL step with Wilkinson's shift on the part [first, last] of the tridiagonal matrix. */
static void FN(ql_step)(const FN(eigen_slice) *x, int64_t first, int64_t last, wide *u, int64_t n,
                        int64_t step) {
  double *d = x->diagonal, *e = x->beside;
  const double half = (d[first + 1] - d[first]) / (2 * e[first]), size = hypot(half, 1);
  double g = d[last] - d[first] + e[first] / (half + (half < 0 ? -size : size));
  double s = 1, c = 1, p = 0;
  for (int64_t i = last - 1; i >= first; i--) {
    const double f = s * e[i], b = c * e[i], r = hypot(f, g);
    e[i + 1] = r;
    if (r == 0) {               /* the matrix falls apart here */
      d[i + 1] -= p;
      e[last] = 0;
      FN(turn_rows)(x, i + 1, last, u, n, step);
      return;
    }
    s = f / r;
    c = g / r;
    g = d[i + 1] - p;
    const double t = (d[i] - g) * s + 2 * c * b;
    p = s * t;
    d[i + 1] = g + p;
    g = c * t - b;
    x->cosines[i] = (wide)c;
    x->sines[i] = (wide)s;
  }
  d[first] -= p;
  e[first] = g;
  e[last] = 0;
  FN(turn_rows)(x, first, last, u, n, step);
}

/* x->diagonal becomes the eigenvalues, the rows of u (`step` apart) the eigenvectors.  MX_BAD_VALUE:
 * there was no end. */
static int FN(diagonalize)(const FN(eigen_slice) *x, int64_t n, wide *u, int64_t step) {
  const double *d = x->diagonal, *e = x->beside;
  x->beside[n - 1] = 0;
  for (int64_t first = 0; first < n; first++)
    for (int count = 0;; count++) {
      int64_t last = first;
      for (; last < n - 1; last++) {
        const double near = fabs(d[last]) + fabs(d[last + 1]);
        if (fabs(e[last]) + near == near) break;
      }
      if (last == first) break;
      if (count == QL_STEPS) return MX_BAD_VALUE;
      FN(ql_step)(x, first, last, u, n, step);
    }
  return MX_OK;
}

/* The eigenvectors of rows and columns `first` to `first` + n of the tridiagonal matrix, as those rows
 * of u; its values in place of the diagonal. */
static int FN(divide)(const FN(eigen_slice) *s, wide *u, int64_t step, int64_t first, int64_t n) {
  wide *block = u + first * step + first;
  if (n <= DIVIDE_LEAST) {
    FN(eigen_slice) part = *s;
    part.diagonal += first;
    part.beside += first;
    for (int64_t i = 0; i < n; i++) block[i * step + i] = 1;
    return FN(diagonalize)(&part, n, block, step);
  }
  const int64_t m = n / 2;
  const double beside = s->beside[first + m - 1];
  s->diagonal[first + m - 1] -= fabs(beside);
  s->diagonal[first + m] -= fabs(beside);
  if (FN(divide)(s, u, step, first, m) != MX_OK) return MX_BAD_VALUE;
  if (FN(divide)(s, u, step, first + m, n - m) != MX_OK) return MX_BAD_VALUE;
  FN(divided) here = s->divided;
  here.values = s->diagonal + first;
  if (beside != 0) FN(divide_merge)(&here, block, step, n, m, beside);
  return MX_OK;
}

/* Eigenvectors of a large matrix; the tridiagonal one is divided. */
static int FN(divide_whole)(const FN(eigen_slice) *s, int64_t n, wide *u) {
  s->beside[n - 1] = 0;
  memset(u, 0, (size_t)(n * n) * sizeof(wide));
  const int status = FN(divide)(s, u, n, 0, n);
  if (status == MX_OK) FN(turn_back)(s, n, u);
  return status;
}

/* In ascending order; each vector's largest item becomes positive. */
static void FN(sort_vectors)(double *d, wide *u, int64_t n) {
  for (int64_t k = 0; k < n; k++) {
    int64_t least = k, largest = 0;
    for (int64_t i = k + 1; i < n; i++)
      if (d[i] < d[least]) least = i;
    const double value = d[k];
    d[k] = d[least];
    d[least] = value;
    wide *row = u + k * n, *other = u + least * n;
    for (int64_t i = 0; i < n; i++) {
      const wide item = row[i];
      row[i] = other[i];
      other[i] = item;
    }
    for (int64_t i = 1; i < n; i++)
      if (fabs((double)row[i]) > fabs((double)row[largest])) largest = i;
    const wide sign = row[largest] < 0 ? -1 : 1;
    for (int64_t i = 0; i < n; i++) row[i] *= sign;
  }
}

/* s->a = the symmetric matrix of a's lower triangle times 2^-power, which rounds nothing and makes the
 * largest item about 1 where it is far from it: squares and quotients of tiny and huge items would
 * leave the dtype. */
static int FN(scale_matrix)(const FN(eigen_slice) *s, const wide *a, int64_t n, int *power) {
  double most = 0, sum = 0;
  for (int64_t r = 0; r < n; r++)
    for (int64_t c = 0; c <= r; c++) {
      const double item = (double)a[r * n + c];
      most = fabs(item) > most ? fabs(item) : most;
      sum += 0 * item;
    }
  if (sum != 0) return MX_BAD_VALUE;                    /* there is a NaN or an infinity */
  *power = 0;
  if (most < 0x1p-20 || most > 0x1p20) frexp(most, power);
  const int half = *power / 2;                          /* 2^-power may be infinite */
  const double one = ldexp(1, -half), other = ldexp(1, half - *power);
  for (int64_t r = 0; r < n; r++)
    for (int64_t c = 0; c <= r; c++)
      s->a[r * n + c] = s->a[c * n + r] = (wide)((double)a[r * n + c] * one * other);
  return MX_OK;
}

static void FN(eigen_task)(void *context, int64_t task) {
  linalg_job *job = context;
  const int64_t n = ((const eigen_dims *)job->d)->n;
  mx_scratch scratch = {.base = job->scratch + task * job->slice_bytes};
  const FN(eigen_slice) slice = FN(take_eigen)(n, &scratch);
  for (int64_t i = task; n && i < job->count; i += job->tasks) {
    const wide *a = (const wide *)job->ptr[0] + i * n * n;
    wide *u = (wide *)job->ptr[1] + i * n * n, *values = (wide *)job->ptr[2] + i * n;
    int power, status = FN(scale_matrix)(&slice, a, n, &power);
    if (status == MX_OK) {
      if (FN(reflections_at_once)(n) > 1) FN(tridiagonal_blocks)(&slice, n);
      else FN(tridiagonal)(&slice, n);
      if (FN(reflections_at_once)(n) > 1) {
        status = FN(divide_whole)(&slice, n, u);
      } else {
        FN(start_vectors)(&slice, n, u);
        status = FN(diagonalize)(&slice, n, u, n);
      }
    }
    linalg_report(job, status);
    if (status != MX_OK) return;
    FN(sort_vectors)(slice.diagonal, u, n);
    const double half = ldexp(1, power - 1);            /* 2^power may be infinite */
    for (int64_t k = 0; k < n; k++) values[k] = (wide)(2 * slice.diagonal[k] * half);
  }
}

/* Symmetric A, of which the lower triangle is read -> U (rows: eigenvectors), eigenvalues. */
static int FN(eigen)(const void *desc, void *const *ptr, const mx_scalar *scalars) {
  (void)scalars;
  const eigen_dims *d = desc;
  linalg_job job = {d, ptr, ptr[3], d->batch, FN(eigen_tasks)(d), FN(eigen_slice_bytes)(d->n),
                    MX_OK};
  return linalg_run(&job, FN(eigen_task));
}
