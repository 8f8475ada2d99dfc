// libcublas.so.13: matrix products as plain loops, column-major, for float, double, half, bfloat16, int8.
// It proves that the arguments are what the manual asks for, not what the real library makes of them.
#include <cuda_bf16.h>
#include <cuda_fp16.h>
#include <algorithm>
#include <cstddef>
#include <cstring>
#include <vector>
#include "emu_queue.h"

enum Status {
  SUCCESS,
  NOT_INITIALIZED,
  INVALID_VALUE = 7,
  EXECUTION_FAILED = 13,
  NOT_SUPPORTED = 15
};
enum Type { R_32F = 0, R_64F = 1, R_16F = 2, R_8I = 3, R_32I = 10, R_16BF = 14 };  // cudaDataType
enum Compute {
  COMPUTE_16F = 64,
  COMPUTE_32F = 68,
  COMPUTE_64F = 70,
  COMPUTE_32I = 72,
  COMPUTE_32F_FAST_TF32 = 77
};
struct Handle {
  void *stream;
  int device, pointer_mode, math_mode;
};
struct Matrix {
  char *data;
  int type, ld;
  long long stride;
};
struct Product {
  int trans_a, trans_b, m, n, k, count, compute;
  double alpha, beta;
  Matrix a, b, c;
};

static size_t size_of(int type) {
  return type == R_64F ? 8 : type == R_32F || type == R_32I ? 4 : type == R_8I ? 1 : 2;
}
static double load(const char *p, int type) {
  switch (type) {
    case R_32F: return *(const float *)p;
    case R_64F: return *(const double *)p;
    case R_16F: return __half2float(*(const __half *)p);
    case R_8I: return *(const int8_t *)p;
    case R_32I: return *(const int32_t *)p;
    default: return __bfloat162float(*(const __nv_bfloat16 *)p);
  }
}
static void store(char *p, int type, double v) {
  switch (type) {
    case R_32F: *(float *)p = v; break;
    case R_64F: *(double *)p = v; break;
    case R_16F: *(__half *)p = __float2half_rn(v); break;
    case R_32I: *(int32_t *)p = v; break;
    default: *(__nv_bfloat16 *)p = __float2bfloat16_rn(v);
  }
}
static float to_tf32(float v) {  // 10 bits after the point, to nearest
  uint32_t bits;
  memcpy(&bits, &v, 4);
  bits = (bits + 0x0FFF + (bits >> 13 & 1)) & ~0x1FFFu;
  memcpy(&v, &bits, 4);
  return v;
}
template <class T>
static std::vector<T> dense(const Matrix &x, const char *data, bool transposed, int rows,
                            int columns, bool tf32) {
  std::vector<T> out((size_t)rows * columns);  // column-major, no gaps, transposed as asked
  for (int j = 0; j < columns; j++)
    for (int i = 0; i < rows; i++)
      out[(size_t)j * rows + i] =
          load(data + (transposed ? j + (size_t)i * x.ld : i + (size_t)j * x.ld) * size_of(x.type),
               x.type);
  if (tf32)
    for (T &v : out) v = to_tf32(v);
  return out;
}
template <class T>
static void multiply(const Product &p, long long item) {
  auto at = [&](const Matrix &x) { return x.data + item * x.stride * (long long)size_of(x.type); };
  bool tf32 = p.compute == COMPUTE_32F_FAST_TF32;
  std::vector<T> a = dense<T>(p.a, at(p.a), p.trans_a, p.m, p.k, tf32),
                 b = dense<T>(p.b, at(p.b), p.trans_b, p.k, p.n, tf32), sum(p.m);
  for (int j = 0; j < p.n; j++) {
    std::fill(sum.begin(), sum.end(), T(0));
    for (int l = 0; l < p.k; l++) {
      const T *column = a.data() + (size_t)l * p.m, scale = b[(size_t)j * p.k + l];
      for (int i = 0; i < p.m; i++) sum[i] += column[i] * scale;
    }
    for (int i = 0; i < p.m; i++) {
      char *c = at(p.c) + (i + (size_t)j * p.c.ld) * size_of(p.c.type);
      store(c, p.c.type,
            p.alpha * sum[i] + (p.beta ? p.beta * load(c, p.c.type) : 0));  // beta 0: C is not read
    }
  }
}
static void work(void *data) {
  Product *p = (Product *)data;
  for (int item = 0; item < p->count; item++)
    if (p->compute == COMPUTE_64F || p->compute == COMPUTE_32I)
      multiply<double>(*p, item);
    else
      multiply<float>(*p, item);
}
static void release(void *data) { delete (Product *)data; }
static double scalar(const void *p, int compute) {
  if (compute == COMPUTE_64F) return *(const double *)p;
  if (compute == COMPUTE_32I) return *(const int32_t *)p;
  return compute == COMPUTE_16F ? __half2float(*(const __half *)p) : *(const float *)p;
}
static bool allowed(int compute, int a, int b,
                    int c) {  // the manual's table, without complex numbers
  if (a != b) return false;
  switch (compute) {
    case COMPUTE_16F: return a == R_16F && c == R_16F;
    case COMPUTE_64F: return a == R_64F && c == R_64F;
    case COMPUTE_32I: return a == R_8I && c == R_32I;
    case COMPUTE_32F_FAST_TF32: return a == R_32F && c == R_32F;
    case COMPUTE_32F:
      return a == R_32F                    ? c == R_32F
             : (a == R_16F || a == R_16BF) ? c == a || c == R_32F
                                           : a == R_8I && c == R_32F;
    default: return false;
  }
}

EXPORT int cublasCreate_v2(Handle **h) {
  if (emu_device() < 0) return NOT_INITIALIZED;  // no context is current
  *h = new Handle{nullptr, emu_device(), 0, 0};
  return SUCCESS;
}
EXPORT int cublasDestroy_v2(Handle *h) {
  delete h;
  return SUCCESS;
}
EXPORT int cublasSetStream_v2(Handle *h, void *stream) {
  h->stream = stream;
  return SUCCESS;
}
EXPORT int cublasGetStream_v2(Handle *h, void **stream) {
  *stream = h->stream;
  return SUCCESS;
}
EXPORT int cublasSetMathMode(Handle *h, int mode) {
  h->math_mode = mode;
  return SUCCESS;
}
EXPORT int cublasGetMathMode(Handle *h, int *mode) {
  *mode = h->math_mode;
  return SUCCESS;
}
EXPORT int cublasSetWorkspace_v2(Handle *, void *, size_t) { return SUCCESS; }
EXPORT int cublasSetPointerMode_v2(Handle *h, int mode) {
  h->pointer_mode = mode;
  return SUCCESS;
}
EXPORT int cublasGetVersion_v2(Handle *, int *version) {
  *version = 130100;
  return SUCCESS;
}
EXPORT int cublasGetProperty(int type, int *value) {
  *value = type == 0 ? 13 : type == 1;
  return SUCCESS;
}
EXPORT const char *cublasGetStatusString(int status) {
  switch (status) {
    case SUCCESS: return "CUBLAS_STATUS_SUCCESS";
    case NOT_INITIALIZED: return "CUBLAS_STATUS_NOT_INITIALIZED";
    case INVALID_VALUE: return "CUBLAS_STATUS_INVALID_VALUE";
    case EXECUTION_FAILED: return "CUBLAS_STATUS_EXECUTION_FAILED";
    default: return "CUBLAS_STATUS_NOT_SUPPORTED";
  }
}
EXPORT int cublasGemmStridedBatchedEx(Handle *h, int ta, int tb, int m, int n, int k,
                                      const void *alpha, const void *a, int at, int lda,
                                      long long sa, const void *b, int bt, int ldb, long long sb,
                                      const void *beta, void *c, int ct, int ldc, long long sc,
                                      int count, int compute, int) {
  if (!h) return NOT_INITIALIZED;
  if (ta < 0 || ta > 2 || tb < 0 || tb > 2 || m < 0 || n < 0 || k < 0 || count < 0)
    return INVALID_VALUE;
  if (lda < std::max(1, ta ? k : m) || ldb < std::max(1, tb ? n : k) || ldc < std::max(1, m))
    return INVALID_VALUE;
  if (!allowed(compute, at, bt, ct) || h->pointer_mode) return NOT_SUPPORTED;
  if (emu_device() != h->device)
    return EXECUTION_FAILED;  // a handle belongs to the device it was made on
  auto *p = new Product{ta,
                        tb,
                        m,
                        n,
                        k,
                        count,
                        compute,
                        scalar(alpha, compute),
                        scalar(beta, compute),
                        {(char *)a, at, lda, sa},
                        {(char *)b, bt, ldb, sb},
                        {(char *)c, ct, ldc, sc}};
  return emu_submit(h->stream, work, p, release) ? EXECUTION_FAILED : SUCCESS;
}
EXPORT int cublasGemmEx(Handle *h, int ta, int tb, int m, int n, int k, const void *alpha,
                        const void *a, int at, int lda, const void *b, int bt, int ldb,
                        const void *beta, void *c, int ct, int ldc, int compute, int algo) {
  return cublasGemmStridedBatchedEx(h, ta, tb, m, n, k, alpha, a, at, lda, 0, b, bt, ldb, 0, beta,
                                    c, ct, ldc, 0, 1, compute, algo);
}
#define TYPED(letter, real, type, compute)                                                         \
  EXPORT int cublas##letter##gemm_v2(Handle *h, int ta, int tb, int m, int n, int k,               \
                                     const real *alpha, const real *a, int lda, const real *b,     \
                                     int ldb, const real *beta, real *c, int ldc) {                \
    return cublasGemmEx(h, ta, tb, m, n, k, alpha, a, type, lda, b, type, ldb, beta, c, type, ldc, \
                        compute, -1);                                                              \
  }                                                                                                \
  EXPORT int cublas##letter##gemmStridedBatched(                                                   \
      Handle *h, int ta, int tb, int m, int n, int k, const real *alpha, const real *a, int lda,   \
      long long sa, const real *b, int ldb, long long sb, const real *beta, real *c, int ldc,      \
      long long sc, int count) {                                                                   \
    return cublasGemmStridedBatchedEx(h, ta, tb, m, n, k, alpha, a, type, lda, sa, b, type, ldb,   \
                                      sb, beta, c, type, ldc, sc, count, compute, -1);             \
  }
TYPED(S, float, R_32F, COMPUTE_32F)
TYPED(D, double, R_64F, COMPUTE_64F)
TYPED(H, __half, R_16F, COMPUTE_16F)
