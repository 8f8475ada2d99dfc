/* Items chosen by several indices at once: indices (D, N) name N places in the first D axes of an array of
 * shape (shape..., row).  An index below 0 counts from the end of its axis.  See csrc/cpu/index_nd.c.
 *
 * Of several writers to one place the last one wins: scratch holds its number for each place, found by a
 * largest number, which does not depend on the order of threads. */
#include "index.cuh"

struct nd_dims { int64_t D, N, num_rows, row_bytes, index_flag, shape[MX_MAX_NDIM]; };

/* The flat number of place n. */
static int64_t flat(const nd_dims &d, const void *indices, int64_t n, const mx_args &args) {
  int64_t row = 0;
  for (int64_t axis = 0; axis < d.D; axis++) {
    const int64_t K = d.shape[axis], i = index_at(indices, axis * d.N + n, d.index_flag);
    row = row * K + within(i < 0 && i >= -K ? i + K : i, K, MODE_RAISE, args);
  }
  return row;
}

KERNEL(gather_nd, nd_dims) {
  const char *x = (const char *)args.ptr[0];
  char *y = (char *)args.ptr[2];
  const int64_t part = part_of(x, y, d.row_bytes), parts = d.row_bytes / part;
  EACH(i, d.N * parts)
    copy_part(y + i * part, x + flat(d, args.ptr[1], i / parts, args) * d.row_bytes + i % parts * part, part);
}

KERNEL(flat_rows, nd_dims) {
  EACH(n, d.N) ((int64_t *)args.ptr[1])[n] = flat(d, args.ptr[0], n, args);
}

static void no_writers(int64_t rows, int *writer) { EACH(row, rows) writer[row] = 0; }

static void enter_writers(const nd_dims &d, const void *indices, int *writer, const mx_args &args) {
  EACH(n, d.N) atomicMax(writer + flat(d, indices, n, args), (int)n + 1);
}

/* y's rows from x, or where nobody writes from base, zeros where that is NULL. */
static void write_rows(int64_t rows, int64_t row_bytes, const char *base, const char *x, const int *writer,
                       char *y) {
  const int64_t part = part_of((const char *)((uint64_t)base | (uint64_t)x), y, row_bytes);
  const int64_t parts = row_bytes / part;
  const uint32_t zero = 0;
  EACH(i, rows * parts) {
    const int64_t row = i / parts, byte = i % parts * part;
    if (writer[row]) copy_part(y + i * part, x + (writer[row] - 1) * row_bytes + byte, part);
    else if (!base) copy_part(y + i * part, &zero, part);
    else if (base != y) copy_part(y + i * part, base + i * part, part);
  }
}

#define WRITER(k) ((int *)args.ptr[k])
KERNEL(scatter_nd_first, nd_dims) { no_writers(d.num_rows, WRITER(3)); }
KERNEL(scatter_nd_second, nd_dims) { enter_writers(d, args.ptr[1], WRITER(3), args); }
KERNEL(scatter_nd, nd_dims) {
  write_rows(d.num_rows, d.row_bytes, nullptr, (const char *)args.ptr[0], WRITER(3), (char *)args.ptr[2]);
}

KERNEL(scatter_set_nd_first, nd_dims) { no_writers(d.num_rows, WRITER(4)); }
KERNEL(scatter_set_nd_second, nd_dims) { enter_writers(d, args.ptr[2], WRITER(4), args); }
KERNEL(scatter_set_nd, nd_dims) {
  write_rows(d.num_rows, d.row_bytes, (const char *)args.ptr[0], (const char *)args.ptr[1], WRITER(4),
             (char *)args.ptr[3]);
}

/* old (rows, row), index (M), new (M, row) -> old with rows replaced. */
struct row_dims { int64_t rows, M, row_bytes, index_flag; };
KERNEL(set_rows_first, row_dims) { no_writers(d.rows, WRITER(4)); }
KERNEL(set_rows_second, row_dims) {
  EACH(m, d.M)
    atomicMax(WRITER(4) + within(index_at(args.ptr[1], m, d.index_flag), d.rows, MODE_RAISE, args), (int)m + 1);
}
KERNEL(set_rows, row_dims) {
  write_rows(d.rows, d.row_bytes, (const char *)args.ptr[0], (const char *)args.ptr[2], WRITER(4),
             (char *)args.ptr[3]);
}

/* old (M, K), new (M), index (M) -> old with item index[m] of line m replaced. */
struct item_dims { int64_t M, K, item, index_flag; };
KERNEL(set_items, item_dims) {
  EACH(i, d.M * d.K) {
    const int64_t m = i / d.K;
    const bool is_new = within(index_at(args.ptr[2], m, d.index_flag), d.K, MODE_RAISE, args) == i % d.K;
    copy_item((char *)args.ptr[3] + i * d.item,
              is_new ? (const char *)args.ptr[1] + m * d.item : (const char *)args.ptr[0] + i * d.item, d.item);
  }
}
