/* What the bytes of a part tell of damage. */
#include "part.h"

enum { STEPS = 1 << 20 };            /* from part to part, in one payload */

/* Whether a row of parts begins at `at` and ends where the payload of `size` bytes does; the last
   bytes of a header may lie in the padding. */
static int is_row(const unsigned char *payload, int64_t size, int64_t at, int64_t *steps) {
  while (at + 4 <= size && load_word(payload + at) == MX_REC_MAGIC) {
    if (--*steps < 0) return 1;
    if (at + HEADER > size) {                            /* of an empty record, or none */
      int is_empty = at + HEADER == padded(size);
      for (int64_t i = at + 4; i < size; i++) is_empty &= !payload[i];
      return is_empty;
    }
    at += HEADER + padded(load_word(payload + at + 4) & (MX_REC_SIZE_LIMIT - 1));
  }
  return at == padded(size);
}

int mx_rec_check_bytes(const part *part, int64_t first, const unsigned char *payload,
                       mx_rec_error *error) {
  int64_t steps = STEPS;
  for (int64_t at = 0; ; at += 4) {
    const int64_t magic = mx_rec_find_magic(payload + at, part->size - at);
    if (magic < 0) return MX_REC_OK;
    at += magic;
    if (is_row(payload, part->size, at, &steps)) {
      return fail(error, MX_REC_INNER_MAGIC, first, payload_of(part) + at, part->size, 0);
    }
  }
}

int mx_rec_check_sizes(const part *part, const unsigned char *payload, mx_rec_error *error) {
  int64_t steps = STEPS;
  for (int shift = 0; shift < 32; shift += 8) {
    const int64_t rest = part->size & ~((int64_t)0xff << shift);
    for (int64_t byte = 0; rest + (byte << shift) < part->size; byte++) {
      const int64_t end = padded(rest + (byte << shift));
      if (end + 4 <= part->size && load_word(payload + end) == MX_REC_MAGIC
          && is_row(payload, part->size, end, &steps)) {
        return fail(error, MX_REC_INNER_MAGIC, part->at, payload_of(part) + end, part->size, 0);
      }
    }
  }
  return MX_REC_OK;
}

int mx_rec_can_end(const unsigned char *bytes, int64_t size) {
  unsigned char magic[4];
  int same = 0;
  store_word(magic, MX_REC_MAGIC);
  if (size > 4) size = 4;
  for (int64_t at = 0; at < size; at++) same += bytes[at] == magic[at];
  return same == size || same == 3;
}
