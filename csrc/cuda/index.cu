/* Rows and items chosen by indices; modes 0 (clip), 1 (wrap) and 2 (report).  See csrc/cpu/index_take.c and
 * index_pick.c. */
#include "index.cuh"

struct take_dims { int64_t outer, K, M, row_bytes, mode, index_flag, index_at; };
struct pick_dims { int64_t outer, K, inner, item, mode, index_flag; };
struct one_hot_dims { int64_t M, depth, item, on, off, index_flag; };

/* A thread copies a part of a row. */
KERNEL(take, take_dims) {
  const char *x = (const char *)args.ptr[1 - d.index_at];
  char *y = (char *)args.ptr[2];
  const int64_t part = part_of(x, y, d.row_bytes), parts = d.row_bytes / part;
  EACH(i, d.outer * d.M * parts) {
    const int64_t row = i / parts, byte = i % parts * part;
    const int64_t k = within(index_at(args.ptr[d.index_at], row % d.M, d.index_flag), d.K, d.mode, args);
    copy_part(y + row * d.row_bytes + byte, x + (row / d.M * d.K + k) * d.row_bytes + byte, part);
  }
}

KERNEL(resolve_rows, take_dims) {
  EACH(m, d.M)
    ((int64_t *)args.ptr[1])[m] = within(index_at(args.ptr[0], m, d.index_flag), d.K, d.mode, args);
}

KERNEL(pick, pick_dims) {
  EACH(i, d.outer * d.inner) {
    const int64_t k = within(index_at(args.ptr[1], i, d.index_flag), d.K, d.mode, args);
    const int64_t from = (i / d.inner * d.K + k) * d.inner + i % d.inner;
    copy_item((char *)args.ptr[2] + i * d.item, (const char *)args.ptr[0] + from * d.item, d.item);
  }
}

KERNEL(pick_grad, pick_dims) {
  const uint64_t zero = 0;
  EACH(i, d.outer * d.K * d.inner) {
    const int64_t at = i / (d.K * d.inner) * d.inner + i % d.inner;
    const bool is_picked =
        within(index_at(args.ptr[1], at, d.index_flag), d.K, d.mode, args) == i / d.inner % d.K;
    copy_item((char *)args.ptr[2] + i * d.item,
              is_picked ? (const char *)args.ptr[0] + at * d.item : (const char *)&zero, d.item);
  }
}

KERNEL(one_hot, one_hot_dims) {
  EACH(i, d.M * d.depth) {
    const bool is_on = index_at(args.ptr[0], i / d.depth, d.index_flag) == i % d.depth;
    copy_item((char *)args.ptr[1] + i * d.item, is_on ? &d.on : &d.off, d.item);
  }
}
