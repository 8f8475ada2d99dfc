/* How many labels the records have, from the first bytes of each. */
#include "mx_detection.h"

#include <string.h>

enum { PART = 8, COUNT = 4, HEADER = 24 };

static int64_t word(const uint8_t *bytes) {
  return bytes[0] | (int64_t)bytes[1] << 8 | (int64_t)bytes[2] << 16 | (int64_t)bytes[3] << 24;
}

/* 0 where that cannot be seen here, or the record has no room for them. */
static int64_t labels_of(const mx_rec_source *source, int64_t offset) {
  uint8_t bytes[PART + COUNT];
  const int64_t found = source->read(source->context, bytes, sizeof bytes, offset);
  if (found < (int64_t)sizeof bytes || word(bytes) != MX_REC_MAGIC) return 0;
  const int64_t length = word(bytes + 4), flag = length >> 29;
  const int64_t size = flag == MX_REC_WHOLE ? length : MX_REC_SIZE_LIMIT;
  const int64_t count = word(bytes + PART);
  return HEADER + 4 * count > size ? 0 : count ? count : 1;
}

int64_t mx_det_most_labels(const mx_rec_source *source, const int64_t *offsets, int64_t count,
                           int64_t *record) {
  int64_t most = 0;
  *record = 0;
  for (int64_t i = 0; i < count; i++) {
    const int64_t labels = labels_of(source, offsets[i]);
    if (labels <= most) continue;
    most = labels;
    *record = i;
  }
  return most;
}
