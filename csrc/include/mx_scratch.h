/* Cutting a kernel's scratch block into pieces, by the same code that computes its size.
 *
 * A kernel takes its pieces off the block in one function.  Run with base NULL, that function only
 * counts: afterwards `size` is what the entry's `scratch` function returns. */
#ifndef MX_SCRATCH_H
#define MX_SCRATCH_H
#include <stddef.h>
#include <stdint.h>

typedef struct {
  char *base;      /* aligned to MX_PIECE_ALIGN bytes; NULL: count only */
  int64_t size;    /* bytes taken so far; INT64_MAX: too many to count */
} mx_scratch;

enum { MX_PIECE_ALIGN = 64 };    /* a cache line */

/* a + b and a * b of numbers that are not negative; INT64_MAX where the result is larger. */
static inline int64_t mx_sum(int64_t a, int64_t b) { return a > INT64_MAX - b ? INT64_MAX : a + b; }
static inline int64_t mx_product(int64_t a, int64_t b) {
  int64_t product;
  return __builtin_mul_overflow(a, b, &product) ? INT64_MAX : product;
}

/* `bytes`, up to a whole number of cache lines. */
static inline int64_t mx_lines(int64_t bytes) {
  return mx_sum(bytes, -bytes & (MX_PIECE_ALIGN - 1));
}

/* The next `count` elements of `item` bytes, from a cache line on. */
static inline void *mx_take(mx_scratch *scratch, int64_t count, int64_t item) {
  const int64_t at = mx_lines(scratch->size);
  scratch->size = mx_sum(at, mx_product(count, item));
  return scratch->base ? scratch->base + at : NULL;
}
#endif
