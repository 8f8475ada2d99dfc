/* Eigenvalues and vectors of a symmetric tridiagonal matrix of one dtype by dividing it (Cuppen;
 * Gu and Eisenstat): the halves, less a matrix of rank 1, are solved apart.  With their eigenvectors
 * as rows what is left is diagonal plus rho z z^T, whose eigenvalues lie between its poles, one each.
 * Rows that hardly take part are left as they are; the others are multiplied with its vectors. */

typedef struct {
  double *values;            /* of all rows */
  double *poles, *z, *weights, *roots, *factors;     /* of those that take part, by ascending pole */
  int64_t *order, *rows, *origins, *part;            /* roots: by how much above poles[origins[k]] */
  wide *kept, *vectors, *made;
  void *gemm;
} FN(divided);

/* The room for rows is that of the reflections, which are not at work then. */
static FN(divided) FN(take_divided)(int64_t n, const FN(reflections) *shared,
                                    mx_scratch *scratch) {
  const gemm_product p = {.batch = 1, .M = n, .N = n, .K = n};
  FN(divided) x = {.kept = shared->rows, .made = shared->made};
  x.poles = mx_take(scratch, n, sizeof(double));
  x.z = mx_take(scratch, n, sizeof(double));
  x.weights = mx_take(scratch, n, sizeof(double));
  x.roots = mx_take(scratch, n, sizeof(double));
  x.factors = mx_take(scratch, n, sizeof(double));
  x.order = mx_take(scratch, n, sizeof(int64_t));
  x.rows = mx_take(scratch, n, sizeof(int64_t));
  x.origins = mx_take(scratch, n, sizeof(int64_t));
  x.part = mx_take(scratch, n, sizeof(int64_t));
  x.vectors = mx_take(scratch, mx_product(n, n), sizeof(wide));
  x.gemm = mx_take(scratch, FN(gemm_scratch_size)(&p), 1);
  return x;
}

/* The sum of weights / (poles - x) and its derivative, x being `above` the origin. */
static void FN(secular_sums)(const double *poles, const double *weights, int64_t n, double origin,
                             double above, double *sum, double *slope) {
  double sums[LINALG_LANES] = {0}, slopes[LINALG_LANES] = {0};
  int64_t at = 0;
  for (; at + LINALG_LANES <= n; at += LINALG_LANES)
    MX_ROLLED for (int l = 0; l < LINALG_LANES; l++) {
      const double near = 1 / (poles[at + l] - origin - above), term = weights[at + l] * near;
      sums[l] += term;
      slopes[l] += term * near;
    }
  for (int l = 0; at < n; at++, l++) {
    const double near = 1 / (poles[at] - origin - above), term = weights[at] * near;
    sums[l] += term;
    slopes[l] += term * near;
  }
  *sum = *slope = 0;
  for (int l = 0; l < LINALG_LANES; l++) {
    *sum += sums[l];
    *slope += slopes[l];
  }
}

/* Where 1 + `below` + `above` is 0, each with a pole of its own that is `left` and `right` away. */
static double FN(secular_step)(double value, double left, double slope_below, double right,
                               double slope_above) {
  const double c = value - left * slope_below - right * slope_above, b = value * left * right;
  const double a = (left + right) * value - left * right * (slope_below + slope_above);
  const double size = sqrt(fabs(a * a - 4 * b * c));
  if (c == 0) return b / a;
  return a <= 0 ? (a - size) / (2 * c) : 2 * b / (a + size);
}

/* The k-th root of 1 + sum of weights / (poles - x), above the k-th of n poles. */
static void FN(secular_root)(const FN(divided) *x, int64_t k, int64_t n) {
  enum { MOST_STEPS = 100 };
  const double *p = x->poles, *w = x->weights;
  int64_t origin = k;
  double low = 0, high = 0, mu, below, above = 0, slope_below, slope_above = 0;
  if (k + 1 < n) {
    high = (p[k + 1] - p[k]) / 2;
  } else {
    for (int64_t i = 0; i < n; i++) high += w[i];
  }
  mu = high;
  if (k + 1 == n) high *= 2;
  for (int step = 0; step < MOST_STEPS; step++) {
    FN(secular_sums)(p, w, k + 1, p[origin], mu, &below, &slope_below);
    if (k + 1 < n)
      FN(secular_sums)(p + k + 1, w + k + 1, n - k - 1, p[origin], mu, &above, &slope_above);
    const double value = 1 + below + above;
    const double noise = 1 + 8 * (above - below) + fabs(mu) * (slope_below + slope_above);
    if (fabs(value) <= DBL_EPSILON * noise) break;
    if (!step && k + 1 < n && value < 0) {          /* nearer to the pole above */
      origin = k + 1;
      low = -high;
      high = 0;
      mu = low;
    } else if (value < 0) {
      low = mu;
    } else {
      high = mu;
    }
    const double left = p[k] - p[origin] - mu;
    double next;
    if (k + 1 < n) {
      next = mu + FN(secular_step)(value, left, slope_below, p[k + 1] - p[origin] - mu,
                                   slope_above);
    } else {
      const double c = value - left * slope_below;
      next = mu + left + left * left * slope_below / c;
    }
    if (!(next > low && next < high)) next = low + (high - low) / 2;
    if (next == mu || next == low || next == high) break;
    mu = next;
  }
  x->origins[k] = origin;
  x->roots[k] = mu;
}

/* Parts of a merge that run in tasks, over DIVIDE_GROUP of the n roots each. */
typedef struct {
  const FN(divided) *x;
  int64_t n, first, stop;      /* vectors: their items first to stop */
} FN(divide_job);

static void FN(divide_roots)(void *context, int64_t task) {
  const FN(divide_job) *job = context;
  const int64_t first = task * DIVIDE_GROUP, end = first + DIVIDE_GROUP;
  for (int64_t k = first; k < (end < job->n ? end : job->n); k++)
    FN(secular_root)(job->x, k, job->n);
}

/* Of the matrix that has exactly the roots found: factors in place of z, so that its vectors, which
 * follow from differences of poles and roots, are orthogonal. */
static void FN(divide_factors)(void *context, int64_t task) {
  const FN(divide_job) *job = context;
  const FN(divided) *x = job->x;
  const double *p = x->poles;
  const int64_t first = task * DIVIDE_GROUP, rest = job->n - first;
  const int64_t count = rest < DIVIDE_GROUP ? rest : DIVIDE_GROUP;
  double *factors = x->factors + first;
  for (int64_t i = 0; i < count; i++) factors[i] = 1;
  for (int64_t k = 0; k < job->n; k++) {
    const double origin = p[x->origins[k]], above = x->roots[k], pole = p[k];
    const int64_t own = k - first;
    if (own < 0 || own >= count) {
      for (int64_t i = 0; i < count; i++)
        factors[i] *= (p[first + i] - origin - above) / (p[first + i] - pole);
    } else {
      for (int64_t i = 0; i < own; i++)
        factors[i] *= (p[first + i] - origin - above) / (p[first + i] - pole);
      factors[own] *= pole - origin - above;
      for (int64_t i = own + 1; i < count; i++)
        factors[i] *= (p[first + i] - origin - above) / (p[first + i] - pole);
    }
  }
  for (int64_t i = 0; i < count; i++) {
    const double size = sqrt(fabs(factors[i]));
    factors[i] = x->z[first + i] < 0 ? -size : size;
  }
}

/* Items first to stop of the vectors, whose items are those of x->part: a vector a row. */
static void FN(divide_vectors)(void *context, int64_t task) {
  const FN(divide_job) *job = context;
  const FN(divided) *x = job->x;
  const int64_t first = task * DIVIDE_GROUP, end = first + DIVIDE_GROUP;
  for (int64_t k = first; k < (end < job->n ? end : job->n); k++) {
    const double origin = x->poles[x->origins[k]], above = x->roots[k];
    double squares[LINALG_LANES] = {0};
    int64_t at = 0;
    for (; at + LINALG_LANES <= job->n; at += LINALG_LANES)
      MX_ROLLED for (int l = 0; l < LINALG_LANES; l++) {
        const double item = x->factors[at + l] / (x->poles[at + l] - origin - above);
        squares[l] += item * item;
      }
    for (int l = 0; at < job->n; at++, l++) {
      const double item = x->factors[at] / (x->poles[at] - origin - above);
      squares[l] += item * item;
    }
    for (int l = 1; l < LINALG_LANES; l++) squares[0] += squares[l];
    const double scale = 1 / sqrt(squares[0]);
    wide *row = x->vectors + k * (job->stop - job->first);
    for (int64_t i = job->first; i < job->stop; i++) {
      const int64_t of = x->part[i];
      row[i - job->first] =
          (wide)(x->factors[of] * scale / (x->poles[of] - origin - above));
    }
  }
}

static void FN(divide_run)(const FN(divide_job) *job, void (*task)(void *, int64_t)) {
  const int64_t tasks = mx_ceil_div(job->n, DIVIDE_GROUP);
  if (tasks > 1) mx_rt->parallel_for(tasks, task, (void *)job);
  else task((void *)job, 0);
}

/* order: the numbers from 0 to n by ascending values (Shell's sort). */
static void FN(order_values)(const double *values, int64_t *order, int64_t n) {
  for (int64_t i = 0; i < n; i++) order[i] = i;
  for (int64_t gap = n / 2; gap; gap = gap == 2 ? 1 : gap * 5 / 11)
    for (int64_t i = gap; i < n; i++) {
      const int64_t one = order[i];
      int64_t j = i;
      for (; j >= gap && values[order[j - gap]] > values[one]; j -= gap) order[j] = order[j - gap];
      order[j] = one;
    }
}

enum { FN(TOP), FN(BOTH), FN(BOTTOM) };         /* which columns of a row are not 0 */

/* Finds the rows that take part, x->rows, and puts the others behind them; rows of nearly equal
 * values are turned so that one of them does not. z: of all rows. Returns how many. */
static int64_t FN(divide_choose)(const FN(divided) *x, wide *u, int64_t step, int64_t n, double rho,
                                 double *z, int8_t *kinds) {
  double *values = x->values, most = rho;
  int64_t count = 0, others = n, last = -1;
  for (int64_t i = 0; i < n; i++) most = fabs(values[i]) > most ? fabs(values[i]) : most;
  const double small = 8 * WIDE_EPSILON * most;
  FN(order_values)(values, x->order, n);
  for (int64_t at = 0; at < n; at++) {
    const int64_t i = x->order[at];
    if (rho * fabs(z[i]) <= small) {
      x->rows[--others] = i;
      continue;
    }
    if (last >= 0) {
      const double size = hypot(z[last], z[i]), c = z[i] / size, s = -z[last] / size;
      if (fabs((values[i] - values[last]) * c * s) <= small) {
        const double one = values[last], other = values[i];
        values[last] = one * c * c + other * s * s;
        values[i] = one * s * s + other * c * c;
        z[i] = size;
        if (kinds[i] != kinds[last]) kinds[i] = FN(BOTH);
        wide *a = u + last * step, *b = u + i * step;
        for (int64_t j = 0; j < n; j++) {
          const wide x0 = a[j], x1 = b[j];
          a[j] = (wide)c * x0 + (wide)s * x1;
          b[j] = (wide)c * x1 - (wide)s * x0;
        }
        x->rows[--others] = last;
      } else {
        x->rows[count++] = last;
      }
    }
    last = i;
  }
  if (last >= 0) x->rows[count++] = last;
  return count;
}

/* The rows that take part, by which of their columns are not 0. */
typedef struct {
  int64_t tops, begins, count;   /* x->part: up to `tops` those with columns to m, from `begins` on
                                    those with the others */
  wide *top, *bottom, *rest;     /* these columns of these rows; the rows that do not take part */
} FN(divide_rows);

static FN(divide_rows) FN(divide_gather)(const FN(divided) *x, const wide *u, int64_t step,
                                         int64_t n, int64_t m, const int8_t *kinds,
                                         int64_t count) {
  int64_t ends[3], end = 0;
  for (int kind = FN(TOP); kind <= FN(BOTTOM); kind++) {
    for (int64_t k = 0; k < count; k++)
      if (kinds[x->rows[k]] == kind) x->part[end++] = k;
    ends[kind] = end;
  }
  FN(divide_rows) r = {.tops = ends[FN(BOTH)], .begins = ends[FN(TOP)], .count = count};
  r.top = x->kept;
  r.bottom = r.top + r.tops * m;
  r.rest = r.bottom + (count - r.begins) * (n - m);
  for (int64_t i = 0; i < r.tops; i++)
    memcpy(r.top + i * m, u + x->rows[x->part[i]] * step, (size_t)m * sizeof(wide));
  for (int64_t i = r.begins; i < count; i++)
    memcpy(r.bottom + (i - r.begins) * (n - m), u + x->rows[x->part[i]] * step + m,
           (size_t)(n - m) * sizeof(wide));
  for (int64_t i = count; i < n; i++)
    memcpy(r.rest + (i - count) * n, u + x->rows[i] * step, (size_t)n * sizeof(wide));
  return r;
}

/* `cols` columns of the new rows: the vectors' items first to stop times `rows` of these columns. */
static void FN(divide_multiply)(const FN(divided) *x, wide *u, int64_t step, int64_t count,
                                int64_t first, int64_t stop, const wide *rows, int64_t cols) {
  const FN(divide_job) job = {x, count, first, stop};
  const gemm_product p = {.batch = 1, .M = count, .N = cols, .K = stop - first, .a = x->vectors,
                          .b = rows, .c = x->made};
  if (p.K) {
    FN(divide_run)(&job, FN(divide_vectors));
    FN(gemm_run)(&p, x->gemm);
  } else {
    memset(x->made, 0, (size_t)(count * cols) * sizeof(wide));
  }
  for (int64_t k = 0; k < count; k++)
    memcpy(u + k * step, x->made + k * cols, (size_t)cols * sizeof(wide));
}

/* Rows of u (n, n; `step` apart): the eigenvectors of two blocks of m and n - m, joined by an item
 * `beside`; they become those of both, and x->values their values. */
static void FN(divide_merge)(const FN(divided) *x, wide *u, int64_t step, int64_t n, int64_t m,
                             double beside) {
  double *z = x->factors, length = 0;
  int8_t *kinds = (int8_t *)x->origins;
  for (int64_t i = 0; i < n; i++) {
    z[i] = (double)u[i * step + (i < m ? m - 1 : m)];
    if (i >= m && beside < 0) z[i] = -z[i];
    kinds[i] = i < m ? FN(TOP) : FN(BOTTOM);
    length += z[i] * z[i];
  }
  length = sqrt(length);
  for (int64_t i = 0; i < n; i++) z[i] /= length;
  const double rho = fabs(beside) * length * length;
  const int64_t count = FN(divide_choose)(x, u, step, n, rho, z, kinds);
  if (!count) return;
  const FN(divide_rows) r = FN(divide_gather)(x, u, step, n, m, kinds, count);
  for (int64_t k = 0; k < count; k++) {
    x->poles[k] = x->values[x->rows[k]];
    x->z[k] = z[x->rows[k]];
    x->weights[k] = rho * x->z[k] * x->z[k];
  }
  for (int64_t i = count; i < n; i++) x->weights[i] = x->values[x->rows[i]];
  const FN(divide_job) job = {.x = x, .n = count};
  FN(divide_run)(&job, FN(divide_roots));
  FN(divide_run)(&job, FN(divide_factors));
  FN(divide_multiply)(x, u, step, count, 0, r.tops, r.top, m);
  FN(divide_multiply)(x, u + m, step, count, r.begins, count, r.bottom, n - m);
  for (int64_t k = 0; k < count; k++) x->values[k] = x->poles[x->origins[k]] + x->roots[k];
  for (int64_t i = count; i < n; i++) {
    memcpy(u + i * step, r.rest + (i - count) * n, (size_t)n * sizeof(wide));
    x->values[i] = x->weights[i];
  }
}
