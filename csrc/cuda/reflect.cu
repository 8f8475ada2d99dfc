/* A = L Q by reflections, and eigenvalues and vectors of symmetric matrices by rotations (Jacobi): a block of threads
 * a matrix of float or double.  See csrc/cpu/linalg_reflect.c. */
#include "matrix.cuh"

/* The row x of n items becomes the v of a reflection, v[0] = 1; returns its tau, 0 where all but the first are 0
 * already; *first: what that becomes. */
static wide reflection(wide *x, int64_t n, wide *first) {
  double most = 0, sum = 0;
  SHARED(i, n) if (i) most = fabs((double)x[i]) > most ? fabs((double)x[i]) : most;
  most = block_most(most);
  const wide alpha = x[0];
  __syncthreads();
  *first = alpha;
  if (threadIdx.x == 0) x[0] = 1;
  if (most == 0) {
    __syncthreads();
    return 0;
  }
  SHARED(i, n) if (i) sum += (double)x[i] / most * ((double)x[i] / most);
  const double size = hypot((double)alpha, most * sqrt(block_sum(sum)));
  const double beta = alpha < 0 ? size : -size;
  const wide scale = (wide)((double)alpha - beta);
  SHARED(i, n) if (i) x[i] /= scale;
  *first = (wide)beta;
  __syncthreads();
  return (wide)((beta - (double)alpha) / beta);
}

/* `count` rows of x, `step` apart, times the reflection: a thread a row. */
static void reflect(wide *x, int64_t count, int64_t step, const wide *v, wide tau, int64_t n) {
  SHARED(r, count) {
    wide *row = x + r * step, dot = 0;
    for (int64_t i = 0; i < n; i++) dot += row[i] * v[i];
    for (int64_t i = 0; i < n; i++) row[i] -= tau * dot * v[i];
  }
  __syncthreads();
}

/* A (m, n) -> Q (m, n) of orthonormal rows, L (m, m) lower triangular, with L Q = A; scratch: the taus. */
struct lq_dims { int64_t batch, m, n; };

KERNEL(lq, lq_dims) {
  const int64_t m = d.m, n = d.n;
  wide *tau = OUT(3) + blockIdx.x * m;
  EACH_MATRIX(b) {
    wide *q = OUT(1) + b * m * n, *l = OUT(2) + b * m * m;
    SHARED(i, m * n) q[i] = IN(0)[b * m * n + i];
    SHARED(i, m * m) l[i] = 0;
    __syncthreads();
    for (int64_t i = 0; i < m; i++) {
      wide *row = q + i * n, first;
      SHARED(j, i) l[i * m + j] = row[j];
      const wide mine = reflection(row + i, n - i, &first);
      if (threadIdx.x == 0) l[i * m + i] = first, tau[i] = mine;
      reflect(row + n + i, m - 1 - i, n, row + i, mine, n - i);
    }
    for (int64_t i = m - 1; i >= 0; i--) {
      wide *row = q + i * n;
      const wide mine = tau[i];
      reflect(row + n + i, m - 1 - i, n, row + i, mine, n - i);
      SHARED(j, n) row[j] = j < i ? 0 : j == i ? 1 - mine : -mine * row[j];
      __syncthreads();
    }
  }
}

/* Symmetric A, of which the lower triangle is read -> U (rows: eigenvectors), eigenvalues in ascending order; each
 * vector's largest item is positive.  scratch: A, and U before it is sorted, of double.
 * Pairs of rows and columns are turned so that their common item becomes 0, pair after pair, until all are small. */
struct eigen_dims { int64_t batch, n; };

static void rotate(double *a, double *u, int64_t n, int64_t p, int64_t q) {
  const double common = a[p * n + q];
  if (common == 0) return;                    /* the same for all threads */
  const double theta = (a[q * n + q] - a[p * n + p]) / (2 * common);
  const double t = (theta < 0 ? -1 : 1) / (fabs(theta) + hypot(theta, 1.0)), c = 1 / sqrt(t * t + 1), s = t * c;
  __syncthreads();
  SHARED(k, n) {                              /* rows */
    const double x = a[p * n + k], y = a[q * n + k], v = u[p * n + k], w = u[q * n + k];
    a[p * n + k] = c * x - s * y;
    a[q * n + k] = s * x + c * y;
    u[p * n + k] = c * v - s * w;
    u[q * n + k] = s * v + c * w;
  }
  __syncthreads();
  SHARED(k, n) {                              /* columns */
    const double x = a[k * n + p], y = a[k * n + q];
    a[k * n + p] = c * x - s * y;
    a[k * n + q] = s * x + c * y;
  }
  __syncthreads();
  if (threadIdx.x == 0) a[p * n + q] = a[q * n + p] = 0;
  __syncthreads();
}

KERNEL(eigen, eigen_dims) {
  const int64_t n = d.n;
  double *a = (double *)args.ptr[3] + blockIdx.x * 2 * n * n, *u = a + n * n;
  EACH_MATRIX(b) {
    const wide *x = IN(0) + b * n * n;
    wide *vectors = OUT(1) + b * n * n, *values = OUT(2) + b * n;
    double size = 0;
    SHARED(i, n * n) {
      const int64_t row = i / n, column = i % n;
      a[i] = (double)(column <= row ? x[i] : x[column * n + row]);
      u[i] = row == column;
    }
    const int power = scale_down(a, n * n);
    SHARED(i, n * n) size += a[i] * a[i];
    size = block_sum(size);
    bool is_done = !(size < (double)INFINITY);        /* there is a NaN or an infinity */
    if (is_done && threadIdx.x == 0) WRONG(args, MX_BAD_VALUE);
    for (int sweep = 0; sweep < MOST_SWEEPS && !is_done; sweep++) {
      for (int64_t p = 0; p < n - 1; p++)
        for (int64_t q = p + 1; q < n; q++) rotate(a, u, n, p, q);
      double left = 0;
      SHARED(i, n * n) if (i / n != i % n) left += a[i] * a[i];
      is_done = block_sum(left) <= 1e-32 * size;
    }
    SHARED(k, n) {                                    /* the k-th goes behind all that are less */
      int64_t rank = 0, largest = 0;
      for (int64_t i = 0; i < n; i++)
        rank += a[i * n + i] < a[k * n + k] || (a[i * n + i] == a[k * n + k] && i < k);
      for (int64_t i = 1; i < n; i++)
        if (fabs(u[k * n + i]) > fabs(u[k * n + largest])) largest = i;
      const double sign = u[k * n + largest] < 0 ? -1 : 1;
      for (int64_t i = 0; i < n; i++) vectors[rank * n + i] = (wide)(sign * u[k * n + i]);
      values[rank] = (wide)ldexp(a[k * n + k], power);
    }
    __syncthreads();
  }
}
