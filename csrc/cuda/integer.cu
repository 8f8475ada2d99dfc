/* Products, convolutions and scalings of integers of 8 bits, exact in int32: DTYPE is the data's.  See
 * csrc/cpu/integer_product.c, integer_conv.c and rescale.c. */
#include "prelude.cuh"

#if IS_INTEGER
/* data (M, K), weight (N, K) of int8, bias (N) of int32 if has_bias -> (M, N) of int32. */
struct integer_gemm_dims { int64_t M, N, K, has_bias; };
enum { TILE = 16 };

KERNEL(integer_gemm, integer_gemm_dims) {
  __shared__ int32_t left[TILE][TILE + 1], right[TILE][TILE + 1];
  const int8_t *weight = (const int8_t *)args.ptr[1];
  const int64_t rows = (d.M + TILE - 1) / TILE, columns = (d.N + TILE - 1) / TILE;
  const int row = threadIdx.x / TILE, column = threadIdx.x % TILE;
  for (int64_t tile = blockIdx.x; tile < rows * columns; tile += gridDim.x) {
    const int64_t first_m = tile / columns * TILE, first_n = tile % columns * TILE;
    uint32_t sum = 0;                                   /* which wraps */
    for (int64_t first_k = 0; first_k < d.K; first_k += TILE) {
      const int64_t m = first_m + row, n = first_n + row, k = first_k + column;
      left[row][column] = m < d.M && k < d.K ? (int32_t)IN(0)[m * d.K + k] : 0;
      right[row][column] = n < d.N && k < d.K ? (int32_t)weight[n * d.K + k] : 0;
      __syncthreads();
      for (int k = 0; k < TILE; k++) sum += (uint32_t)(left[row][k] * right[column][k]);
      __syncthreads();
    }
    const int64_t m = first_m + row, n = first_n + column;
    if (m < d.M && n < d.N) {
      if (d.has_bias) sum += (uint32_t)((const int32_t *)args.ptr[2])[n];
      ((int32_t *)args.ptr[2 + d.has_bias])[m * d.N + n] = (int32_t)sum;
    }
  }
}

/* data (N, groups * C, *size), weight (groups * F, C, *kernel) of int8, bias (groups * F) of int32 if has_bias
 * -> (N, groups * F, *out) of int32: a thread an output. */
struct integer_conv_dims {
  int64_t N, groups, C, F, size[3], out[3], kernel[3], stride[3], dilate[3], pad[3], has_bias;
};

KERNEL(integer_conv, integer_conv_dims) {
  const int64_t plane = d.size[0] * d.size[1] * d.size[2], taps = d.kernel[0] * d.kernel[1] * d.kernel[2];
  const int64_t places = d.out[0] * d.out[1] * d.out[2], filters = d.groups * d.F;
  EACH(i, d.N * filters * places) {
    const int64_t filter = i / places % filters, n = i / places / filters;
    const int64_t at[3] = {i % places / d.out[2] / d.out[1], i % places / d.out[2] % d.out[1], i % d.out[2]};
    uint32_t sum = d.has_bias ? (uint32_t)((const int32_t *)args.ptr[2])[filter] : 0;
    for (int64_t c = 0; c < d.C; c++) {
      const real *x = IN(0) + ((n * d.groups + filter / d.F) * d.C + c) * plane;
      const int8_t *weight = (const int8_t *)args.ptr[1] + (filter * d.C + c) * taps;
      for (int64_t tap = 0; tap < taps; tap++) {
        const int64_t k[3] = {tap / d.kernel[2] / d.kernel[1], tap / d.kernel[2] % d.kernel[1],
                              tap % d.kernel[2]};
        int64_t from = 0;
        bool is_inside = true;
        for (int axis = 0; axis < 3; axis++) {
          const int64_t h = at[axis] * d.stride[axis] + k[axis] * d.dilate[axis] - d.pad[axis];
          is_inside &= h >= 0 && h < d.size[axis];
          from = from * d.size[axis] + h;
        }
        if (is_inside) sum += (uint32_t)((int32_t)x[from] * (int32_t)weight[tap]);
      }
    }
    ((int32_t *)args.ptr[2 + d.has_bias])[i] = (int32_t)sum;
  }
}
#endif

/* x (count), scale (1) of float32 -> x * scale: to integers rounded to the nearest one, the even one of two, or
 * towards 0 if `truncate`, those outside their range become its nearest end, and NaN its least value. */
struct rescale_dims { int64_t count, truncate; };

static float bounded(float x, float low, float high) {
  x = x > low ? x : low;
  return x < high ? x : high;
}
#define TO_i8(x) (int8_t)(int32_t)bounded(x, -128, 127)
#define TO_u8(x) (uint8_t)(int32_t)bounded(x, 0, 255)
#define TO_i32(x) ((x) >= 2147483648.0f ? 2147483647 : (int32_t)bounded(x, -2147483648.0f, 2147483520.0f))
#define TO_f32(x) (x)

#define RESCALE(name, type, is_whole)                                                \
  KERNEL(rescale_##name, rescale_dims) {                                             \
    const float scale = *(const float *)args.ptr[1];                                 \
    EACH(i, d.count) {                                                               \
      float x = (float)IN(0)[i] * scale;                                             \
      if (is_whole) x = d.truncate ? truncf(x) : rintf(x);                           \
      ((type *)args.ptr[2])[i] = TO_##name(x);                                       \
    }                                                                                \
  }
RESCALE(i8, int8_t, true)
RESCALE(u8, uint8_t, true)
RESCALE(i32, int32_t, true)
RESCALE(f32, float, false)
