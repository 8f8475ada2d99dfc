/* The rows of an array in a random order, that of csrc/cpu/random_sample.c: one thread swaps their numbers, which
 * follow from each other (Fisher and Yates), all copy the rows. */
#include "index.cuh"
#include "mx_random.h"

struct shuffle_dims { int64_t rows, row_bytes; };

KERNEL(shuffle_rows_first, shuffle_dims) {
  int64_t *order = (int64_t *)args.ptr[2];
  if (threadIdx.x) return;
  mx_sequence sequence = mx_sequence_at(args.scalar[0].u, args.scalar[1].u, 0);
  for (int64_t row = 0; row < d.rows; row++) order[row] = row;
  for (int64_t row = d.rows - 1; row > 0; row--) {
    const int64_t other = (int64_t)__umul64hi(mx_next_u64(&sequence), (uint64_t)(row + 1)), kept = order[row];
    order[row] = order[other];
    order[other] = kept;
  }
}

KERNEL(shuffle_rows, shuffle_dims) {
  const char *x = (const char *)args.ptr[0];
  char *y = (char *)args.ptr[1];
  const int64_t part = part_of(x, y, d.row_bytes), parts = d.row_bytes / part;
  EACH(i, d.rows * parts)
    copy_part(y + i * part, x + ((const int64_t *)args.ptr[2])[i / parts] * d.row_bytes + i % parts * part, part);
}
