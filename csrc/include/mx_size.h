/* Of sizes and positions. */
#ifndef MX_SIZE_H
#define MX_SIZE_H
#include <stdint.h>

static inline int64_t mx_lesser(int64_t x, int64_t y) { return x < y ? x : y; }
static inline int64_t mx_greater(int64_t x, int64_t y) { return x > y ? x : y; }

/* x / y, rounded up; y > 0. */
static inline int64_t mx_ceil_div(int64_t x, int64_t y) {
  return x > 0 ? (x - 1) / y + 1 : -(-x / y);
}
#endif
