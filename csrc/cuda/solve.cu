/* Cholesky factors, triangular systems, determinants and inverses of matrices of float and double: a block of threads
 * a matrix, or a thread a system.  See csrc/cpu/linalg_triangular.c and linalg_lu.c. */
#include "matrix.cuh"

/* A -> L, lower triangular, with L L^T = A; of A the lower triangle is read. */
struct potrf_dims { int64_t batch, n; };

KERNEL(potrf, potrf_dims) {
  const int64_t n = d.n;
  EACH_MATRIX(b) {
    wide *a = OUT(1) + b * n * n;
    const wide *x = IN(0) + b * n * n;
    SHARED(i, n * n) a[i] = i % n <= i / n ? x[i] : 0;
    __syncthreads();
    for (int64_t k = 0; k < n; k++) {
      const wide rest = a[k * n + k];
      __syncthreads();
      if (threadIdx.x == 0) {
        if (!(rest > 0) || rest == (wide)INFINITY) WRONG(args, MX_BAD_VALUE);
        a[k * n + k] = (wide)sqrt((double)rest);
      }
      __syncthreads();
      SHARED(i, n - k - 1) a[(k + 1 + i) * n + k] /= a[k * n + k];
      __syncthreads();
      SHARED(i, (n - k - 1) * (n - k - 1)) {
        const int64_t row = k + 1 + i / (n - k - 1), column = k + 1 + i % (n - k - 1);
        if (column <= row) a[row * n + column] -= a[row * n + k] * a[column * n + k];
      }
      __syncthreads();
    }
  }
}

/* op(A) X = B, X and B (n, others), or X op(A) = B, X and B (others, n), if `right`; `identity`: B is not given, but
 * the identity, and a 0 on the diagonal of A is an error.  A thread a column of X, or a row. */
struct trsm_dims { int64_t batch, n, others, right, upper, trans, identity; double alpha; };

KERNEL(trsm, trsm_dims) {
  const int64_t n = d.n, step = d.right ? 1 : d.others;
  const bool turned = (d.trans != 0) != (d.right != 0), upper = (d.upper != 0) != turned;
  EACH(system, d.batch * d.others) {
    const int64_t b = system / d.others, c = system % d.others;
    const wide *a = IN(0) + b * n * n;
    wide *x = OUT(d.identity ? 1 : 2) + b * n * d.others + (d.right ? c * n : c);
    const wide *given = d.identity ? nullptr : IN(1) + b * n * d.others + (d.right ? c * n : c);
    for (int64_t k = 0; k < n; k++) {
      const int64_t i = upper ? n - 1 - k : k;
      wide sum = d.identity ? (wide)(i == c) : (wide)d.alpha * given[i * step];
      for (int64_t j = upper ? i + 1 : 0; j < (upper ? n : i); j++)
        sum -= (turned ? a[j * n + i] : a[i * n + j]) * x[j * step];
      if (d.identity && !(a[i * n + i] != 0)) WRONG(args, MX_BAD_VALUE);
      x[i * step] = sum / a[i * n + i];
    }
  }
}

/* The row from k on whose item in column k is the largest. */
static int64_t pivot_of(const wide *a, int64_t n, int64_t k) {
  __shared__ double sizes[32];
  __shared__ int64_t rows[32];
  double size = -1;
  int64_t row = k;
  for (int64_t i = k + threadIdx.x; i < n; i += blockDim.x) {
    const double other = fabs((double)a[i * n + k]);
    if (other > size) size = other, row = i;
  }
  for (int lane = 16; lane; lane /= 2) {
    const double other = __shfl_xor_sync(0xffffffffu, size, lane);
    const int64_t at = __shfl_xor_sync(0xffffffffu, row, lane);
    if (other > size || (other == size && at < row)) size = other, row = at;
  }
  if (threadIdx.x % 32 == 0) sizes[threadIdx.x / 32] = size, rows[threadIdx.x / 32] = row;
  __syncthreads();
  size = sizes[0], row = rows[0];
  for (unsigned w = 1; w < blockDim.x / 32; w++)
    if (sizes[w] > size || (sizes[w] == size && rows[w] < row)) size = sizes[w], row = rows[w];
  __syncthreads();
  return row;
}

static void swap_rows(wide *a, int64_t n, int64_t one, int64_t other) {
  SHARED(i, n) {
    const wide value = a[one * n + i];
    a[one * n + i] = a[other * n + i];
    a[other * n + i] = value;
  }
}

/* A -> det(A), or its sign and log |det(A)|, with 2 outputs; scratch: U. */
struct det_dims { int64_t batch, n, outputs; };

KERNEL(det, det_dims) {
  const int64_t n = d.n;
  wide *a = OUT(1 + d.outputs) + blockIdx.x * n * n;
  EACH_MATRIX(b) {
    SHARED(i, n * n) a[i] = IN(0)[b * n * n + i];
    __syncthreads();
    wide sign = 1, det = 1;
    double log_size = 0;
    for (int64_t k = 0; k < n; k++) {
      const int64_t best = pivot_of(a, n, k);
      if (best != k) {
        swap_rows(a, n, k, best);
        sign = -sign, det = -det;
      }
      __syncthreads();
      const wide pivot = a[k * n + k];
      det *= pivot;
      log_size += log(fabs((double)pivot));
      sign *= pivot > 0 ? 1 : pivot < 0 ? -1 : pivot;     /* 0 and NaN stay what they are */
      SHARED(i, (n - k - 1) * (n - k - 1)) {
        const int64_t row = k + 1 + i / (n - k - 1), column = k + 1 + i % (n - k - 1);
        if (pivot != 0) a[row * n + column] -= a[row * n + k] / pivot * a[k * n + column];
      }
      __syncthreads();
    }
    if (threadIdx.x == 0) {
      OUT(1)[b] = d.outputs == 1 ? det : sign;
      if (d.outputs == 2) OUT(2)[b] = (wide)log_size;
    }
    __syncthreads();
  }
}

/* A -> its inverse; of a singular matrix zeros if takes_singular, else an error; scratch: U. */
struct inverse_dims { int64_t batch, n, takes_singular; };

KERNEL(inverse, inverse_dims) {
  const int64_t n = d.n;
  wide *a = OUT(2) + blockIdx.x * n * n;
  EACH_MATRIX(b) {
    wide *y = OUT(1) + b * n * n;
    bool is_singular = false;
    SHARED(i, n * n) {
      a[i] = IN(0)[b * n * n + i];
      y[i] = i / n == i % n;
    }
    __syncthreads();
    for (int64_t k = 0; k < n; k++) {         /* U, and L^-1 in y */
      const int64_t best = pivot_of(a, n, k);
      if (best != k) {
        swap_rows(a, n, k, best);
        swap_rows(y, n, k, best);
      }
      __syncthreads();
      const wide pivot = a[k * n + k];
      is_singular |= pivot == 0;
      SHARED(i, (n - k - 1) * n) {
        const int64_t row = k + 1 + i / n, column = i % n;
        if (pivot == 0) continue;
        const wide factor = a[row * n + k] / pivot;
        y[row * n + column] -= factor * y[k * n + column];
        if (column > k) a[row * n + column] -= factor * a[k * n + column];
      }
      __syncthreads();
    }
    for (int64_t k = n - 1; k >= 0; k--) {    /* U^-1 y */
      SHARED(c, n) y[k * n + c] /= a[k * n + k];
      __syncthreads();
      SHARED(i, k * n) y[i] -= a[i / n * n + k] * y[k * n + i % n];
      __syncthreads();
    }
    if (is_singular) {
      if (!d.takes_singular && threadIdx.x == 0) WRONG(args, MX_BAD_VALUE);
      SHARED(i, n * n) y[i] = 0;
    }
    __syncthreads();
  }
}
