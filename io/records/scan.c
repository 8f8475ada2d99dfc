/* Where records begin, found by going from header to header without reading what lies between. */
#include "mx_image_records.h"

#include <stdlib.h>

enum { HEADER = 8, WINDOW = 4096 };

typedef struct scan {
  const mx_rec_source *source;
  uint8_t bytes[WINDOW];
  int64_t start, filled;             /* bytes[0] is at `start` in the file */
} scan;

static int fail(mx_rec_error *error, int status, int64_t record, int64_t at, int64_t expected,
                int64_t found) {
  *error = (mx_rec_error){record, at, expected, found};
  return status;
}

static uint32_t word(const uint8_t *bytes) {
  return bytes[0] | (uint32_t)bytes[1] << 8 | (uint32_t)bytes[2] << 16 | (uint32_t)bytes[3] << 24;
}

/* The header of the part at `at`, of the record that begins at `record`. */
static int load_header(scan *scan, int64_t record, int64_t at, int64_t end, uint32_t *length,
                       mx_rec_error *error) {
  if (at + HEADER > end) return fail(error, MX_REC_CUT, record, at, at + HEADER, end);
  if (at < scan->start || at + HEADER > scan->start + scan->filled) {
    const int64_t count = scan->source->read(scan->source->context, scan->bytes, WINDOW, at);
    if (count < 0) return fail(error, MX_REC_IO, record, at, 0, -count);
    if (count < HEADER) return fail(error, MX_REC_CUT, record, at, at + HEADER, at + count);
    scan->start = at;
    scan->filled = count;
  }
  const uint8_t *header = scan->bytes + (at - scan->start);
  if (word(header) != MX_REC_MAGIC) {
    return fail(error, MX_REC_NO_MAGIC, record, at, MX_REC_MAGIC, word(header));
  }
  *length = word(header + 4);
  return MX_REC_OK;
}

static int append(int64_t **offsets, int64_t count, int64_t offset) {
  if ((count & (count - 1)) == 0) {              /* 0, 1, 2, 4, ...: twice the room */
    int64_t *more = realloc(*offsets, (size_t)(count ? 2 * count : 1) * sizeof *more);
    if (!more) return 0;
    *offsets = more;
  }
  (*offsets)[count] = offset;
  return 1;
}

/* From the start of a record to that of the next. */
static int pass_record(scan *scan, int64_t end, int64_t *at, mx_rec_error *error) {
  const int64_t record = *at;
  for (int is_first = 1; ; is_first = 0) {
    uint32_t length;
    const int status = load_header(scan, record, *at, end, &length, error);
    if (status) return status;
    const int flag = (int)(length >> 29);
    const int continues = flag == MX_REC_MIDDLE || flag == MX_REC_LAST;
    if (is_first && continues) return fail(error, MX_REC_NO_START, record, *at, 0, flag);
    if (!is_first && !continues) return fail(error, MX_REC_NO_CONTINUATION, record, *at, 0, flag);
    const int64_t size = length & (MX_REC_SIZE_LIMIT - 1), next = *at + HEADER + ((size + 3) & ~3);
    if (next > end) return fail(error, MX_REC_CUT, record, *at, next, end);
    *at = next;
    if (flag == MX_REC_WHOLE || flag == MX_REC_LAST) return MX_REC_OK;
  }
}

int mx_scan_records(const mx_rec_source *source, int64_t **offsets, int64_t *count,
                    mx_rec_error *error) {
  scan *state = calloc(1, sizeof *state);
  const int64_t end = source->size(source->context);
  int status = MX_REC_OK;
  *offsets = NULL;
  *count = 0;
  if (!state) return fail(error, MX_REC_MEMORY, 0, 0, sizeof *state, 0);
  state->source = source;
  for (int64_t at = 0; at < end && !status; ) {
    const int64_t record = at;
    status = pass_record(state, end, &at, error);
    if (!status && !append(offsets, *count, record)) {
      status = fail(error, MX_REC_MEMORY, record, record, 2 * *count * (int64_t)sizeof at, 0);
    }
    *count += !status;
  }
  free(state);
  return status;
}
