/* Writes records: small ones gather in a buffer, large ones go from where they are. */
#include "format.h"

#include <stdlib.h>

enum { CAPACITY = 256 << 10, LARGE = 32 << 10 };       /* bytes */

struct mx_rec_writer {
  mx_rec_sink sink;
  int64_t position;                  /* bytes written and gathered since the start of the file */
  int64_t gathered;
  int failure;                       /* what the sink said when it failed; then all writes fail */
  unsigned char buffer[CAPACITY + HEADER];
};

mx_rec_writer *mx_rec_writer_new(const mx_rec_sink *sink) {
  mx_rec_writer *writer = malloc(sizeof *writer);
  if (!writer) return NULL;
  writer->sink = *sink;
  writer->position = writer->gathered = 0;
  writer->failure = 0;
  return writer;
}

void mx_rec_writer_free(mx_rec_writer *writer) { free(writer); }

int64_t mx_rec_writer_tell(const mx_rec_writer *writer) { return writer->position; }

int mx_rec_writer_has_room(const mx_rec_writer *writer, int64_t size) {
  return size <= LARGE && writer->gathered + 2 * size + 3 * HEADER < CAPACITY;
}

/* Hand what is gathered, and then `body`, to the sink. */
static int drain(mx_rec_writer *writer, const void *body, int64_t size) {
  if (writer->failure || writer->gathered + size == 0) return writer->failure;
  writer->failure = writer->sink.write(writer->sink.context, writer->buffer, writer->gathered,
                                       body, size);
  writer->gathered = 0;
  return writer->failure;
}

/* One part: header, payload, zeros.  There is always room for a header in the buffer. */
static int write_part(mx_rec_writer *writer, int flag, const unsigned char *data, int64_t size) {
  const int64_t padding = padded(size) - size;
  const int is_large = size > LARGE;
  if (writer->gathered + HEADER + (is_large ? 0 : size + padding) > CAPACITY
      && drain(writer, NULL, 0)) return writer->failure;
  unsigned char *end = writer->buffer + writer->gathered;
  store_word(end, MX_REC_MAGIC);
  store_word(end + 4, (uint32_t)flag << 29 | (uint32_t)size);
  end += HEADER;
  writer->gathered += HEADER;
  if (is_large) {
    if (drain(writer, data, size)) return writer->failure;
    end = writer->buffer;
  } else if (size) {
    memcpy(end, data, (size_t)size);
    end += size;
    writer->gathered += size;
  }
  memset(end, 0, (size_t)padding);
  writer->gathered += padding;
  writer->position += HEADER + size + padding;
  return 0;
}

int mx_rec_write(mx_rec_writer *writer, const void *data, int64_t size, mx_rec_error *error) {
  const int64_t record = writer->position;
  const unsigned char *bytes = data;
  int64_t begin = 0, magic;
  if (size >= MX_REC_SIZE_LIMIT) {
    return fail(error, MX_REC_TOO_LONG, record, record, MX_REC_SIZE_LIMIT, size);
  }
  int failure = 0;
  while (!failure && (magic = mx_rec_find_magic(bytes + begin, size - begin)) >= 0) {
    failure = write_part(writer, begin ? MX_REC_MIDDLE : MX_REC_FIRST, bytes + begin, magic);
    begin += magic + 4;
  }
  if (!failure) {
    failure = write_part(writer, begin ? MX_REC_LAST : MX_REC_WHOLE, bytes + begin, size - begin);
  }
  return failure ? fail(error, MX_REC_IO, record, record, 0, failure) : MX_REC_OK;
}

int mx_rec_flush(mx_rec_writer *writer, mx_rec_error *error) {
  const int64_t at = writer->position;
  return drain(writer, NULL, 0) ? fail(error, MX_REC_IO, at, at, 0, writer->failure) : MX_REC_OK;
}
