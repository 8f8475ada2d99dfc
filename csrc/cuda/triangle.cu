/* Triangles of square matrices (batch, n, n) of items of `item` bytes: kept with zeros elsewhere, taken out, put in.
 * See csrc/cpu/linalg_triangle.c. */
#include "prelude.cuh"

struct triangle_dims { int64_t batch, n, k, upper, item; };

static void move_item(void *to, int64_t i, const void *from, int64_t j, int64_t item, bool is_zero) {
  for (int64_t b = 0; b < item; b++)
    ((uint8_t *)to)[i * item + b] = is_zero ? 0 : ((const uint8_t *)from)[j * item + b];
}

/* What lies on the k-th diagonal and below it, or above it if `upper`. */
KERNEL(triangle, triangle_dims) {
  EACH(i, d.batch * d.n * d.n) {
    const int64_t beyond = i % d.n - i / d.n % d.n - d.k;         /* the k-th diagonal */
    move_item(args.ptr[1], i, args.ptr[0], i, d.item, d.upper ? beyond < 0 : beyond > 0);
  }
}

/* Where the item of a row and a column of a matrix lies in the packed triangle; -1: nowhere.  Packed are the items
 * on and below the -k-th diagonal, row by row; if `upper`, on and above the k-th, column by column. */
static int64_t packed_place(const triangle_dims &d, int64_t row, int64_t column) {
  const int64_t i = (d.upper ? column : row) - d.k, j = d.upper ? row : column;
  return i < 0 || j > i ? -1 : i * (i + 1) / 2 + j;
}

KERNEL(pack_triangle, triangle_dims) {
  const int64_t m = d.n - d.k, size = m * (m + 1) / 2;
  EACH(i, d.batch * d.n * d.n) {
    const int64_t place = packed_place(d, i / d.n % d.n, i % d.n);
    if (place >= 0) move_item(args.ptr[1], i / d.n / d.n * size + place, args.ptr[0], i, d.item, false);
  }
}

KERNEL(unpack_triangle, triangle_dims) {
  const int64_t m = d.n - d.k, size = m * (m + 1) / 2;
  EACH(i, d.batch * d.n * d.n) {
    const int64_t place = packed_place(d, i / d.n % d.n, i % d.n);
    move_item(args.ptr[1], i, args.ptr[0], i / d.n / d.n * size + place, d.item, place < 0);
  }
}
