/* Concatenation along an axis and its inverse, as copies of bytes: the joined array is (outer, row), part p
 * (outer, sizes[p]).  See csrc/cpu/join.c. */
#include "prelude.cuh"

enum { MOST_PARTS = 64 };
struct join_dims { int64_t num_parts, outer, row, sizes[MOST_PARTS]; };

/* Units of 4 bytes where all pieces begin and end at multiples of 4, else of 1. */
template <typename T>
static void copy_pieces(const join_dims &d, void *const *parts, void *joined, bool is_split) {
  const int64_t row = d.row / (int64_t)sizeof(T);
  EACH(i, d.outer * row) {
    int64_t within = i % row, part = 0;
    while (within >= d.sizes[part] / (int64_t)sizeof(T)) within -= d.sizes[part++] / (int64_t)sizeof(T);
    T *piece = (T *)parts[part] + i / row * (d.sizes[part] / (int64_t)sizeof(T)) + within;
    if (is_split) *piece = ((const T *)joined)[i];
    else ((T *)joined)[i] = *piece;
  }
}

static void join(const join_dims &d, void *const *parts, void *joined, bool is_split) {
  uint64_t all = (uint64_t)joined;
  for (int64_t p = 0; p < d.num_parts; p++) all |= (uint64_t)d.sizes[p] | (d.sizes[p] ? (uint64_t)parts[p] : 0);
  if ((all & 3) == 0) copy_pieces<uint32_t>(d, parts, joined, is_split);
  else copy_pieces<uint8_t>(d, parts, joined, is_split);
}

KERNEL(concat, join_dims) { join(d, args.ptr, args.ptr[d.num_parts], false); }
KERNEL(split, join_dims) { join(d, args.ptr + 1, args.ptr[0], true); }
