/* The plan of products of narrow numbers that matrix product and convolution share. */
#ifndef NARROW_PRODUCT_H
#define NARROW_PRODUCT_H
#include <stdint.h>

#include "narrow.h"

/* Lines first ... first + count of a factor of product `entry`, for `steps` of k from k0 on. */
typedef struct {
  int64_t entry, first, count, k0, steps;
} narrow_part;

/* rows x cols results of product `entry`, as sums in rows of `step`, of float or, if of integers,
 * int32; there is room for whole tiles. */
typedef struct {
  int64_t entry, row, col, rows, cols;
  float *sum;
  int64_t step;
} narrow_block;

/* A factor: `pack` puts lines into panels (narrow_pack.h) and says whether some numbers have no two
 * parts.  turns: whether tiles are turned for it; stays_apart: it is never packed as a whole, as
 * packed it is much larger. */
typedef struct {
  int (*pack)(const void *context, const narrow_part *part, mx_bf16 *to);
  int turns, stays_apart;
} narrow_factor;

/* What is multiplied: numbers of one part of bfloat16 or of two, or integers of 8 bits, of which the
 * left or the right ones may be unsigned.  Integers are summed in int32, which wraps. */
typedef enum {
  NARROW_ONE_PART, NARROW_TWO_PARTS, NARROW_SIGNED, NARROW_LEFT_UNSIGNED, NARROW_RIGHT_UNSIGNED
} narrow_kind;

/* `batch` products of M x K by K x N, whose results `put` takes. */
typedef struct {
  narrow_kind kind;
  int64_t batch, M, N, K;
  narrow_factor left, right;
  void (*put)(const void *context, const narrow_block *block);
  const void *context;
} narrow_product;

/* Whether there are instructions for a kind, and whether they are AMX's. */
int narrow_has(narrow_kind kind);
int narrow_is_by_amx(void);

/* The bytes of scratch, which depend on the sizes alone; the products, and whether they are good, as
 * all numbers have parts. */
int64_t narrow_scratch(const narrow_product *p);
int narrow_multiply(const narrow_product *p, void *scratch);
#endif
