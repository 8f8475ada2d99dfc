/* A = U diag(L) V: A (m, n), m <= n, of float or double -> U (m, m), L (m) in descending order, V (m, n) of
 * orthonormal rows.  A block of threads a matrix turns pairs of rows until all are orthogonal to each other (one-sided
 * Jacobi); in double.  scratch, for each block: the rows, and what they have been multiplied by. */
#include "matrix.cuh"

struct svd_dims { int64_t batch, m, n; };

/* A row with a smaller square, of a matrix whose largest item is about 1, counts as 0: products of
 * such rows lose their digits, so that the rows would be neither orthogonal nor of length 1. */
#define LEAST_SQUARE 1e-300

static double product_of(const double *x, const double *y, int64_t n) {
  double sum = 0;
  SHARED(i, n) sum += x[i] * y[i];
  return block_sum(sum);
}

static void turn(double *x, double *y, int64_t n, double c, double s) {
  SHARED(i, n) {
    const double one = x[i], other = y[i];
    x[i] = c * one - s * other;
    y[i] = s * one + c * other;
  }
}

/* Makes two rows orthogonal; whether they had to be turned. */
static bool make_orthogonal(double *a, double *w, int64_t m, int64_t n, int64_t p, int64_t q) {
  const double alpha = product_of(a + p * n, a + p * n, n), beta = product_of(a + q * n, a + q * n, n);
  const double common = product_of(a + p * n, a + q * n, n);
  if (!(fabs(common) > 1e-15 * sqrt(alpha) * sqrt(beta))) return false;
  const double theta = (beta - alpha) / (2 * common);
  const double t = (theta < 0 ? -1 : 1) / (fabs(theta) + hypot(theta, 1.0)), c = 1 / sqrt(t * t + 1);
  turn(a + p * n, a + q * n, n, c, t * c);
  turn(w + p * m, w + q * m, m, c, t * c);
  __syncthreads();
  return true;
}

/* By one thread: row k of V, that of a value of 0, orthonormal to those before it. */
static void complete(wide *v, int64_t k, int64_t n) {
  int64_t axis = 0;
  double most = -1;
  for (int64_t j = 0; j < n; j++) {            /* the axis that lies outside of the other rows most */
    double rest = 1;
    for (int64_t i = 0; i < k; i++) rest -= (double)v[i * n + j] * (double)v[i * n + j];
    if (rest > most) most = rest, axis = j;
  }
  for (int64_t j = 0; j < n; j++) v[k * n + j] = j == axis;
  for (int again = 0; again < 2; again++) {
    double size = 0;
    for (int64_t i = 0; i < k; i++) {
      double dot = 0;
      for (int64_t j = 0; j < n; j++) dot += (double)v[i * n + j] * (double)v[k * n + j];
      for (int64_t j = 0; j < n; j++) v[k * n + j] -= (wide)(dot * (double)v[i * n + j]);
    }
    for (int64_t j = 0; j < n; j++) size += (double)v[k * n + j] * (double)v[k * n + j];
    for (int64_t j = 0; j < n; j++) v[k * n + j] = (wide)((double)v[k * n + j] / sqrt(size));
  }
}

KERNEL(svd, svd_dims) {
  const int64_t m = d.m, n = d.n;
  double *a = (double *)args.ptr[4] + blockIdx.x * (m * n + m * m + m), *w = a + m * n, *size = w + m * m;
  EACH_MATRIX(b) {
    wide *u = OUT(1) + b * m * m, *values = OUT(2) + b * m, *v = OUT(3) + b * m * n;
    SHARED(i, m * n) a[i] = (double)IN(0)[b * m * n + i];
    SHARED(i, m * m) w[i] = i / m == i % m;
    const int power = scale_down(a, m * n);
    __syncthreads();
    bool is_turning = product_of(a, a, m * n) < (double)INFINITY;     /* else there is a NaN or an infinity */
    if (!is_turning && threadIdx.x == 0) WRONG(args, MX_BAD_VALUE);
    for (int sweep = 0; sweep < MOST_SWEEPS && is_turning; sweep++) {
      is_turning = false;
      for (int64_t p = 0; p < m - 1; p++)
        for (int64_t q = p + 1; q < m; q++) is_turning |= make_orthogonal(a, w, m, n, p, q);
    }
    for (int64_t k = 0; k < m; k++) {
      const double square = product_of(a + k * n, a + k * n, n);
      if (threadIdx.x == 0) size[k] = square < LEAST_SQUARE ? 0 : sqrt(square);
    }
    __syncthreads();
    SHARED(k, m) {                                    /* the k-th goes behind all that are larger */
      int64_t rank = 0;
      for (int64_t i = 0; i < m; i++) rank += size[i] > size[k] || (size[i] == size[k] && i < k);
      values[rank] = (wide)ldexp(size[k], power);
      for (int64_t i = 0; i < m; i++) u[i * m + rank] = (wide)w[k * m + i];
      for (int64_t j = 0; j < n; j++) v[rank * n + j] = (wide)(size[k] > 0 ? a[k * n + j] / size[k] : 0);
    }
    __syncthreads();
    if (threadIdx.x == 0)
      for (int64_t k = 0; k < m; k++)
        if (values[k] == 0) complete(v, k, n);
    __syncthreads();
  }
}
