/* The dtypes, their C types, and the type each computes in. */
#ifndef MX_DTYPE_H
#define MX_DTYPE_H
#include <stdint.h>
#include <string.h>

typedef uint16_t mx_f16;
typedef uint16_t mx_bf16;
typedef uint8_t mx_b8;

static inline float mx_bits_float(uint32_t bits) { float x; memcpy(&x, &bits, 4); return x; }
static inline uint32_t mx_float_bits(float x) { uint32_t bits; memcpy(&bits, &x, 4); return bits; }

static inline double mx_bits_double(uint64_t bits) { double x; memcpy(&x, &bits, 8); return x; }
static inline uint64_t mx_double_bits(double x) { uint64_t bits; memcpy(&bits, &x, 8); return bits; }

/* IEEE binary16 -> binary32, exact. */
static inline float mx_f16_to_float(mx_f16 h) {
  const uint32_t sign = (uint32_t)(h & 0x8000u) << 16;
  const uint32_t rest = (uint32_t)(h & 0x7fffu) << 13;
  const float subnormal = mx_bits_float(rest + 0x38800000u) - 0x1p-14f;
  const uint32_t normal = rest + 0x38000000u + ((rest >= 0x0f800000u) ? 0x38000000u : 0u);
  const uint32_t small = mx_float_bits(subnormal);
  return mx_bits_float(sign | (rest < 0x00800000u ? small : normal));
}

/* binary32 -> binary16, round to nearest even. */
static inline mx_f16 mx_float_to_f16(float x) {
  const uint32_t bits = mx_float_bits(x), sign = (bits >> 16) & 0x8000u;
  const uint32_t magnitude = bits & 0x7fffffffu;
  const uint32_t odd = (magnitude >> 13) & 1u;
  const uint32_t normal = (magnitude - 0x38000000u + 0x0fffu + odd) >> 13;
  const uint32_t small = mx_float_bits(mx_bits_float(magnitude) + 0.5f) - 0x3f000000u;
  const uint32_t big = magnitude > 0x7f800000u ? 0x7e00u : 0x7c00u;
  const uint32_t value = magnitude >= 0x477ff000u ? big : magnitude < 0x38800000u ? small : normal;
  return (mx_f16)(sign | value);
}

static inline float mx_bf16_to_float(mx_bf16 h) { return mx_bits_float((uint32_t)h << 16); }
static inline mx_bf16 mx_float_to_bf16(float x) {
  const uint32_t bits = mx_float_bits(x);
  if ((bits & 0x7fffffffu) > 0x7f800000u) return (mx_bf16)((bits >> 16) | 0x40u);
  return (mx_bf16)((bits + 0x7fffu + ((bits >> 16) & 1u)) >> 16);
}

/* double -> int64, towards zero; what does not fit becomes the nearest that does, NaN 0. */
static inline int64_t mx_to_int64(double x) {
  if (x >= 9223372036854775808.0) return INT64_MAX;
  if (x < -9223372036854775808.0) return INT64_MIN;
  return x == x ? (int64_t)x : 0;
}

/* The bits of x as an item of a dtype, given by MXNet's number for it; integers wrap. */
static inline uint64_t mx_item_bits(double x, int64_t dtype) {
  const float single = (float)x;
  uint64_t bits = 0;
  switch (dtype) {
    case 0: memcpy(&bits, &single, sizeof single); return bits;
    case 1: memcpy(&bits, &x, sizeof x); return bits;
    case 2: return mx_float_to_f16(single);
    case 7: return x != 0;
    case 12: return mx_float_to_bf16(single);
    default: return (uint64_t)mx_to_int64(x);
  }
}
#endif
