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
