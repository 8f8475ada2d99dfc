/* Products of bfloat16 by the tile registers of AMX: the plan that matrix product and convolution share. */
#ifndef AMX_PRODUCT_H
#define AMX_PRODUCT_H
#include <stdint.h>

#include "mx_dtype.h"

/* Lines first ... first + count of a factor of product `entry`, for `steps` of k from k0 on. */
typedef struct {
  int64_t entry, first, count, k0, steps;
} amx_part;

/* rows x cols results of product `entry`, as sums in rows of `step`; there is room for whole tiles. */
typedef struct {
  int64_t entry, row, col, rows, cols;
  const float *sum;
  int64_t step;
} amx_block;

/* `batch` products of M x K by K x N, whose factors `pack_left` and `pack_right` put into panels
 * (amx_pack.h), and whose results `put` takes.  turns_left, turns_right: whether tiles are turned
 * for it.  keeps_right_apart: the right factor, as it is larger packed than not, is never packed as a
 * whole. */
typedef struct {
  int64_t batch, M, N, K;
  int turns_left, turns_right, keeps_right_apart;
  void (*pack_left)(const void *context, const amx_part *part, mx_bf16 *to);
  void (*pack_right)(const void *context, const amx_part *part, mx_bf16 *to);
  void (*put)(const void *context, const amx_block *block);
  const void *context;
} amx_product;

/* The bytes of scratch, which depend on the sizes alone; the products. */
int64_t amx_scratch(const amx_product *p);
void amx_multiply(const amx_product *p, void *scratch);
#endif
