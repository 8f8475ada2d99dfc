/* Sequences of different lengths in one array (A, B, row): time is axis 0 or 1, the other is the batch.
 * ptr: x; perhaps the lengths (batch), read if has_length; y.  See csrc/cpu/index_sequence.c. */
#include "index.cuh"

struct sequence_dims {
  int64_t A, B, row_bytes, axis, num_inputs, has_length, index_flag, item, value;
};

struct place { int64_t t, n, length, T; };

/* Of row `row` of (A, B): its time and sequence, and the sequence's length. */
static place place_of(const sequence_dims &d, const mx_args &args, int64_t row) {
  place p;
  p.T = d.axis ? d.B : d.A;
  p.t = d.axis ? row % d.B : row / d.B;
  p.n = d.axis ? row / d.B : row % d.B;
  p.length = d.has_length ? index_at(args.ptr[1], p.n, d.index_flag) : p.T;
  return p;
}
static int64_t row_number(const sequence_dims &d, int64_t t, int64_t n) {
  return d.axis ? n * d.B + t : t * d.B + n;
}

#define X ((const char *)args.ptr[0])
#define Y ((char *)args.ptr[d.num_inputs])

KERNEL(sequence_mask, sequence_dims) {
  const int64_t items = d.row_bytes / d.item;
  EACH(i, d.A * d.B * items) {
    const place p = place_of(d, args, i / items);
    copy_item(Y + i * d.item, p.t < p.length ? X + i * d.item : (const char *)&d.value, d.item);
  }
}

KERNEL(sequence_reverse, sequence_dims) {
  const int64_t part = part_of(X, Y, d.row_bytes), parts = d.row_bytes / part;
  EACH(i, d.A * d.B * parts) {
    const place p = place_of(d, args, i / parts);
    const int64_t length = p.length > p.T ? p.T : p.length;
    const int64_t from = row_number(d, p.t < length ? length - 1 - p.t : p.t, p.n);
    copy_part(Y + i * part, X + from * d.row_bytes + i % parts * part, part);
  }
}

KERNEL(sequence_last, sequence_dims) {
  const int64_t part = part_of(X, Y, d.row_bytes), parts = d.row_bytes / part;
  EACH(i, (d.axis ? d.A : d.B) * parts) {
    const place p = place_of(d, args, row_number(d, 0, i / parts));
    if (p.length == 0) {
      const uint64_t zero[2] = {0, 0};
      copy_part(Y + i * part, (const char *)zero, part);
      continue;
    }
    const int64_t last = within(p.length - 1, p.T, MODE_RAISE, args);
    copy_part(Y + i * part, X + row_number(d, last, p.n) * d.row_bytes + i % parts * part, part);
  }
}

KERNEL(sequence_last_grad, sequence_dims) {
  const int64_t items = d.row_bytes / d.item;
  const uint64_t zero = 0;
  EACH(i, d.A * d.B * items) {
    const place p = place_of(d, args, i / items);
    const bool is_last = p.length && p.t == within(p.length - 1, p.T, MODE_RAISE, args);
    copy_item(Y + i * d.item,
              is_last ? X + (p.n * items + i % items) * d.item : (const char *)&zero, d.item);
  }
}
