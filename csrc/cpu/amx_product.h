/* The plan of products by AMX that matrix product and convolution share. */
#ifndef AMX_PRODUCT_H
#define AMX_PRODUCT_H
#include <stdint.h>

#include "amx.h"

/* Lines first ... first + count of a factor of product `entry`, for `steps` of k from k0 on. */
typedef struct {
  int64_t entry, first, count, k0, steps;
} amx_part;

/* rows x cols results of product `entry`, as sums in rows of `step`, of float or, if of integers, int32;
 * there is room for whole tiles. */
typedef struct {
  int64_t entry, row, col, rows, cols;
  float *sum;
  int64_t step;
} amx_block;

/* A factor: `pack` puts lines into panels (amx_pack.h) and says whether some have no parts; `copy` puts
 * them as they are, one after the other.  turns: whether tiles are turned for it; stays_apart:
 * it is never packed as a whole, as packed it is much larger. */
typedef struct {
  int (*pack)(const void *context, const amx_part *part, mx_bf16 *to);
  void (*copy)(const void *context, const amx_part *part, float *to);
  int turns, stays_apart;
} amx_factor;

/* What is multiplied: numbers of bfloat16 of one part or two, or integers of 8 bits, of which the left or
 * the right ones may be unsigned.  Integers are summed in int32, which wraps. */
typedef enum { AMX_ONE_PART, AMX_TWO_PARTS, AMX_SIGNED, AMX_LEFT_UNSIGNED, AMX_RIGHT_UNSIGNED } amx_kind;

/* `batch` products of M x K by K x N, whose results `put` takes. */
typedef struct {
  amx_kind kind;
  int64_t batch, M, N, K;
  amx_factor left, right;
  void (*put)(const void *context, const amx_block *block);
  const void *context;
} amx_product;

/* The bytes of scratch, which depend on the sizes alone; the products. */
int64_t amx_scratch(const amx_product *p);
void amx_multiply(const amx_product *p, void *scratch);
#endif
