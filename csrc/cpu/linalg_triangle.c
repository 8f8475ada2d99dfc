/* Triangles of square matrices (batch, n, n): kept with zeros elsewhere, taken out, put in.  Items of
 * `item` bytes are moved. */
#include <string.h>

#include "index_common.h"

/* triangle: what lies on the k-th diagonal and below it, or above it if `upper`; zeros elsewhere.
 * pack_triangle: what lies on and below the -k-th diagonal, row by row; if `upper`, on and above the
 * k-th, column by column; k >= 0.  unpack_triangle: the reverse, zeros elsewhere. */
typedef struct {
  int64_t batch, n, k, upper, item;
} triangle_dims;
#define TRIANGLE_FIELDS "batch n k upper item"

static inline int64_t within(int64_t i, int64_t n) { return i < 0 ? 0 : i > n ? n : i; }

static int triangle_bytes(const void *desc, void *const *ptr, const mx_scalar *scalars) {
  (void)scalars;
  const triangle_dims *d = desc;
  const int64_t row_bytes = d->n * d->item;
  for (int64_t row = 0; row < d->batch * d->n; row++) {
    const int64_t i = row % d->n;
    const char *x = (const char *)ptr[0] + row * row_bytes;
    char *y = (char *)ptr[1] + row * row_bytes;
    const int64_t split = within(i + d->k + !d->upper, d->n) * d->item;
    if (d->upper) {
      memset(y, 0, (size_t)split);
      memmove(y + split, x + split, (size_t)(row_bytes - split));
    } else {
      memmove(y, x, (size_t)split);
      memset(y + split, 0, (size_t)(row_bytes - split));
    }
  }
  return MX_OK;
}

/* Where the item of row i and column j of the packed triangle lies in a matrix. */
static inline int64_t place(const triangle_dims *d, int64_t i, int64_t j) {
  return d->upper ? j * d->n + i + d->k : (i + d->k) * d->n + j;
}

/* One matrix: `packed` to or from `matrix`. */
static void move(const triangle_dims *d, char *packed, char *matrix, int to_matrix) {
  for (int64_t i = 0; i < d->n - d->k; i++)
    for (int64_t j = 0; j <= i; j++, packed += d->item) {
      char *at = matrix + place(d, i, j) * d->item;
      copy_row(to_matrix ? at : packed, to_matrix ? packed : at, d->item);
    }
}

static int64_t packed_bytes(const triangle_dims *d) {
  const int64_t m = d->n - d->k;
  return m * (m + 1) / 2 * d->item;
}

static int pack_triangle_bytes(const void *desc, void *const *ptr, const mx_scalar *scalars) {
  (void)scalars;
  const triangle_dims *d = desc;
  for (int64_t b = 0; b < d->batch; b++)
    move(d, (char *)ptr[1] + b * packed_bytes(d), (char *)ptr[0] + b * d->n * d->n * d->item, 0);
  return MX_OK;
}

static int unpack_triangle_bytes(const void *desc, void *const *ptr, const mx_scalar *scalars) {
  (void)scalars;
  const triangle_dims *d = desc;
  const int64_t size = d->batch * d->n * d->n * d->item;
  if (size) memset(ptr[1], 0, (size_t)size);
  for (int64_t b = 0; b < d->batch; b++)
    move(d, (char *)ptr[0] + b * packed_bytes(d), (char *)ptr[1] + b * d->n * d->n * d->item, 1);
  return MX_OK;
}

const mx_kernel_entry mx_table_linalg_triangle[] = {
    MX_ENTRY(triangle, bytes, triangle_dims, TRIANGLE_FIELDS),
    MX_ENTRY(pack_triangle, bytes, triangle_dims, TRIANGLE_FIELDS),
    MX_ENTRY(unpack_triangle, bytes, triangle_dims, TRIANGLE_FIELDS), {0}};
