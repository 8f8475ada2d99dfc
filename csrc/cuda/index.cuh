/* What kernels that read indices share: index arrays of any dtype read as int64, copies of rows. */
#ifndef MX_INDEX_CUH
#define MX_INDEX_CUH
#include "prelude.cuh"

/* Truncation towards zero; what int64 cannot hold goes to its ends, NaN to the lower. */
static int64_t from_double(double x) {
  if (!(x > -0x1p63)) return INT64_MIN;
  return x >= 0x1p63 ? INT64_MAX : (int64_t)x;
}

/* Item i of indices of a dtype, given by MXNet's number for it. */
static int64_t index_at(const void *x, int64_t i, int64_t flag) {
  switch (flag) {
    case 0: return from_double(((const float *)x)[i]);
    case 1: return from_double(((const double *)x)[i]);
    case 2: return from_double(mx_f16_to_float(((const mx_f16 *)x)[i]));
    case 12: return from_double(mx_bf16_to_float(((const mx_bf16 *)x)[i]));
    case 4: return ((const int32_t *)x)[i];
    case 6: return ((const int64_t *)x)[i];
    case 5: return ((const int8_t *)x)[i];
    default: return ((const uint8_t *)x)[i];
  }
}

enum { MODE_CLIP, MODE_WRAP, MODE_RAISE };

/* i brought into [0, K), K > 0; MODE_RAISE reports it where it is outside. */
static int64_t within(int64_t i, int64_t K, int64_t mode, const mx_args &args) {
  if (i >= 0 && i < K) return i;
  if (mode == MODE_RAISE) WRONG_INDEX(args);
  if (mode != MODE_WRAP) return i < 0 ? 0 : K - 1;
  return (i % K + K) % K;
}

static void copy_item(void *to, const void *from, int64_t item) {
  for (int64_t b = 0; b < item; b++) ((uint8_t *)to)[b] = ((const uint8_t *)from)[b];
}

/* How many bytes a thread copies of rows of `row_bytes`: 4 where all rows begin at multiples of 4. */
static int64_t part_of(const void *x, const void *y, int64_t row_bytes) {
  return (((uint64_t)x | (uint64_t)y | (uint64_t)row_bytes) & 3) == 0 ? 4 : 1;
}
static void copy_part(void *y, const void *x, int64_t part) {
  if (part == 4) *(uint32_t *)y = *(const uint32_t *)x;
  else *(uint8_t *)y = *(const uint8_t *)x;
}
#endif
