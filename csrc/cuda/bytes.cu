/* Fills and copies of items whose size alone matters. */
#include "prelude.cuh"

struct fill_dims { int64_t n, item, value, output; };   /* value: an item's bits */
struct copy_dims { int64_t nbytes; };

static void store_item(void *y, int64_t i, int64_t item, uint64_t bits) {
  if (item == 1) ((uint8_t *)y)[i] = (uint8_t)bits;
  else if (item == 2) ((uint16_t *)y)[i] = (uint16_t)bits;
  else if (item == 4) ((uint32_t *)y)[i] = (uint32_t)bits;
  else ((uint64_t *)y)[i] = bits;
}

KERNEL(fill, fill_dims) {
  EACH(i, d.n) store_item(args.ptr[d.output], i, d.item, (uint64_t)d.value);
}

KERNEL(copy, copy_dims) {
  if (args.ptr[0] == args.ptr[1]) return;
  const bool in_words = (((uint64_t)args.ptr[0] | (uint64_t)args.ptr[1] | (uint64_t)d.nbytes) & 7) == 0;
  if (in_words) {
    EACH(i, d.nbytes / 8) ((uint64_t *)args.ptr[1])[i] = ((const uint64_t *)args.ptr[0])[i];
  } else {
    EACH(i, d.nbytes) ((uint8_t *)args.ptr[1])[i] = ((const uint8_t *)args.ptr[0])[i];
  }
}

/* y (N, M): 1 where column - row = k; one: the bits of 1. */
struct eye_dims { int64_t N, M, k, item, one; };
KERNEL(eye, eye_dims) {
  EACH(i, d.N * d.M) store_item(args.ptr[0], i, d.item, i % d.M - i / d.M == d.k ? (uint64_t)d.one : 0);
}

/* x, y of nbytes each: x becomes y; no output. */
KERNEL(overwrite, copy_dims) {
  EACH(i, d.nbytes) ((uint8_t *)args.ptr[0])[i] = ((const uint8_t *)args.ptr[1])[i];
}

/* `count` arrays of nbytes[i] become zeros; no output. */
struct reset_dims { int64_t count, nbytes[MX_MOST_ARRAYS]; };
KERNEL(reset_arrays, reset_dims) {
  for (int64_t k = 0; k < d.count; k++) EACH(i, d.nbytes[k]) ((uint8_t *)args.ptr[k])[i] = 0;
}

