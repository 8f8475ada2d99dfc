/* Numbers as unsigned integers in the order of sorting. */
#ifndef MX_ORDER_KEY_H
#define MX_ORDER_KEY_H
#include <stdint.h>
#include <string.h>

/* Keys that sort as the values do: NaN is the last, whatever the direction. */
static inline uint32_t order_key_f32(float x, int is_ascend) {
  uint32_t bits;
  if (x != x) return UINT32_MAX;
  x += 0.0f;                                              /* -0 becomes 0 */
  memcpy(&bits, &x, sizeof bits);
  bits ^= bits >> 31 ? UINT32_MAX : 0x80000000u;
  return is_ascend ? bits : ~bits;
}

static inline uint64_t order_key_f64(double x, int is_ascend) {
  uint64_t bits;
  if (x != x) return UINT64_MAX;
  x += 0.0;
  memcpy(&bits, &x, sizeof bits);
  bits ^= bits >> 63 ? UINT64_MAX : 0x8000000000000000u;
  return is_ascend ? bits : ~bits;
}

static inline uint32_t order_key_i32(int64_t x, int is_ascend) {
  const uint32_t bits = (uint32_t)x ^ 0x80000000u;
  return is_ascend ? bits : ~bits;
}

static inline uint64_t order_key_i64(int64_t x, int is_ascend) {
  const uint64_t bits = (uint64_t)x ^ 0x8000000000000000u;
  return is_ascend ? bits : ~bits;
}
#endif
