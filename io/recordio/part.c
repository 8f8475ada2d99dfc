/* What the bytes of a part tell of damage. */
#include "part.h"

int mx_rec_check_bytes(const part *part, int64_t first, const unsigned char *bytes, int64_t begin,
                       int64_t size, mx_rec_error *error) {
  const int64_t magic = mx_rec_find_magic(bytes, size);
  if (magic < 0) return MX_REC_OK;
  return fail(error, MX_REC_INNER_MAGIC, first, payload_of(part) + begin + magic, part->size, 0);
}

int mx_rec_check_sizes(const part *part, const unsigned char *payload, mx_rec_error *error) {
  for (int shift = 0; shift < 32; shift += 8) {
    const int64_t rest = part->size & ~((int64_t)0xff << shift);
    for (int64_t byte = 0; rest + (byte << shift) < part->size; byte++) {
      const int64_t end = padded(rest + (byte << shift));
      if (end + 4 <= part->size && load_word(payload + end) == MX_REC_MAGIC) {
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
