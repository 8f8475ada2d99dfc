/* Reads records, and sees damage.  What lies in the block is given out in place; a large record is
   read straight into the caller's memory; one of several parts is put together in the reader's. */
#include "block.h"
#include "part.h"

#include <stdlib.h>

enum { LARGE = 32 << 10, STEP = 256 << 10 };           /* bytes */
#define POSITION_LIMIT ((int64_t)1 << 62)              /* no file is that long; sums stay in int64 */

struct mx_rec_reader {
  block block;
  int64_t position;                  /* of the next record */
  int64_t doubtful;                  /* behind this, a record may begin that is not damaged */
  int is_stream;
  unsigned char *own;                /* memory for records of several parts */
  int64_t own_capacity;
};

mx_rec_reader *mx_rec_reader_new(const mx_rec_source *source) {
  mx_rec_reader *reader = calloc(1, sizeof *reader);
  if (!reader) return NULL;
  reader->block.source = *source;
  reader->block.request = BLOCK_LEAST;
  reader->is_stream = source->size(source->context) == -1;
  return reader;
}

void mx_rec_reader_free(mx_rec_reader *reader) {
  if (!reader) return;
  free(reader->block.bytes);
  free(reader->own);
  free(reader);
}

int64_t mx_rec_tell(const mx_rec_reader *reader) { return reader->position; }

int mx_rec_is_stream(const mx_rec_reader *reader) { return reader->is_stream; }

void mx_rec_seek(mx_rec_reader *reader, int64_t offset) {
  if (!block_has(&reader->block, offset, offset)) reader->block.request = BLOCK_LEAST;
  reader->position = offset < POSITION_LIMIT ? offset : POSITION_LIMIT;
}

static void *own_memory(mx_rec_reader *reader, int64_t size) {
  if (size > reader->own_capacity || !reader->own) {
    void *memory = realloc(reader->own, size ? (size_t)size : 1);
    if (!memory) return NULL;
    reader->own = memory;
    reader->own_capacity = size;
  }
  return reader->own;
}

/* Whether the file ends before `end`.  A stream does not tell. */
static int is_cut(mx_rec_reader *reader, int64_t end, int64_t *size) {
  *size = reader->is_stream ? -1 : reader->block.source.size(reader->block.source.context);
  return *size >= 0 && *size < end;
}

/* The header of the part at `part->at`, of the record that begins at `first`. */
static int read_header(mx_rec_reader *reader, int64_t first, part *part, mx_rec_error *error) {
  const int64_t at = part->at, end = at + HEADER;
  const int status = block_load(&reader->block, first, end, error);
  if (status) return status;
  const int64_t file_end = block_end(&reader->block);
  if (file_end <= at && at == first) return MX_REC_END;
  if (at % 4) return fail(error, MX_REC_UNALIGNED, first, at, 4, at);
  if (file_end < end) return fail(error, MX_REC_CUT, first, at, end, file_end);
  const unsigned char *header = block_at(&reader->block, at);
  const uint32_t magic = load_word(header), word = load_word(header + 4);
  part->flag = (int)(word >> 29);
  part->size = word & (MX_REC_SIZE_LIMIT - 1);
  if (magic != MX_REC_MAGIC) return fail(error, MX_REC_NO_MAGIC, first, at, MX_REC_MAGIC, magic);
  if (at == first && part->flag > MX_REC_FIRST) {
    return fail(error, MX_REC_NO_START, first, at, 0, part->flag);
  }
  if (at != first && part->flag != MX_REC_MIDDLE && part->flag != MX_REC_LAST) {
    reader->doubtful = at;           /* a part of this record whose flag is wrong, or a new one */
    return fail(error, MX_REC_NO_CONTINUATION, first, at, 0, part->flag);
  }
  const int goes_on = part->flag == MX_REC_FIRST || part->flag == MX_REC_MIDDLE;
  if (goes_on && part->size % 4) {
    return fail(error, MX_REC_PART_SIZE, first, at, 0, part->size);
  }
  return MX_REC_OK;
}

/* The zeros behind the payload; they are in the block. */
static int check_padding(mx_rec_reader *reader, const part *part, int64_t first,
                         mx_rec_error *error) {
  const int64_t begin = payload_of(part) + part->size, end = end_of(part);
  int64_t found = 0;
  for (int64_t at = end - 1; at >= begin; at--) {
    found = found << 8 | *block_at(&reader->block, at);
  }
  return found ? fail(error, MX_REC_PADDING, first, begin, 0, found) : MX_REC_OK;
}

/* Load and check the payload, step by step: memory grows with what is there, not with a size that
   is wrong. */
static int load_payload(mx_rec_reader *reader, int64_t first, const part *part,
                        mx_rec_error *error) {
  const int64_t payload = payload_of(part), end = end_of(part);
  int64_t size;
  if (block_end(&reader->block) < end && is_cut(reader, end, &size)) {
    return fail(error, MX_REC_CUT, first, part->at, end, size);
  }
  for (int64_t at = payload; at < end; at += STEP) {
    const int64_t until = at + STEP < end ? at + STEP : end;
    const int status = block_load(&reader->block, first, until, error);
    if (status) return status;
    const int64_t have = block_end(&reader->block);
    if (have < until) return fail(error, MX_REC_CUT, first, part->at, end, have);
  }
  const int status = part->size ? mx_rec_check_bytes(part, first,
                                                     block_at(&reader->block, payload), error)
                                : MX_REC_OK;
  return status ? status : check_padding(reader, part, first, error);
}

/* A record is over at `end`: a header follows, of no part that goes on with it.  A stream is not
   asked for what follows, which may not be there yet. */
static int check_end(mx_rec_reader *reader, int64_t first, int64_t keep, int64_t end,
                     mx_rec_error *error) {
  if (!reader->is_stream) {
    const int status = block_load(&reader->block, keep, end + HEADER, error);
    if (status) return status;
  }
  const int64_t have = block_end(&reader->block) - end;
  if (have <= 0 || (reader->is_stream && have < HEADER)) return MX_REC_OK;
  const unsigned char *header = block_at(&reader->block, end);
  if (!mx_rec_can_end(header, have)) return fail(error, MX_REC_NO_END, first, end, MX_REC_MAGIC, 0);
  const int flag = have < HEADER ? 0 : (int)(load_word(header + 4) >> 29);
  if (flag != MX_REC_MIDDLE && flag != MX_REC_LAST) return MX_REC_OK;
  return fail(error, MX_REC_STRAY, first, end, 0, flag);
}

/* The payload of a large record of one part, into `memory`. */
static int read_into(mx_rec_reader *reader, const part *part, unsigned char *memory,
                     mx_rec_error *error) {
  const int64_t first = part->at, payload = payload_of(part);
  const mx_rec_source *source = &reader->block.source;
  int64_t have = block_end(&reader->block) - payload;
  if (have > part->size) have = part->size;
  memcpy(memory, block_at(&reader->block, payload), (size_t)have);
  if (have < part->size) {
    const int64_t count = source->read(source->context, memory + have, part->size - have,
                                       payload + have);
    if (count < 0) return fail(error, MX_REC_IO, first, payload + have, 0, -count);
    have += count;
  }
  if (have < part->size) {
    return fail(error, MX_REC_CUT, first, first, end_of(part), payload + have);
  }
  return mx_rec_check_sizes(part, memory, error);
}

static int read_large(mx_rec_reader *reader, const part *part, mx_rec_allocate allocate,
                      void *context, mx_record *record, mx_rec_error *error) {
  const int64_t first = part->at, tail = payload_of(part) + part->size, end = end_of(part);
  int64_t size;
  if (is_cut(reader, end, &size)) return fail(error, MX_REC_CUT, first, first, end, size);
  unsigned char *memory = allocate ? allocate(context, part->size)
                                   : own_memory(reader, part->size);
  if (!memory) return fail(error, MX_REC_MEMORY, first, first, part->size, 0);
  int status = read_into(reader, part, memory, error);
  if (status) return status;
  reader->block.request = BLOCK_LEAST;
  status = check_end(reader, first, tail, end, error);
  if (status) return status;
  if (block_end(&reader->block) < end) {
    return fail(error, MX_REC_CUT, first, first, end, block_end(&reader->block));
  }
  status = check_padding(reader, part, first, error);
  *record = (mx_record){memory, part->size, first};
  if (!status) reader->position = end;
  return status;
}

/* Put the parts of a record of several together; they are in the block, and have been checked. */
static int join(mx_rec_reader *reader, int64_t size, mx_record *record, mx_rec_error *error) {
  const int64_t first = reader->position;
  unsigned char *end = own_memory(reader, size);
  if (!end) return fail(error, MX_REC_MEMORY, first, first, size, 0);
  *record = (mx_record){end, size, first};
  for (const unsigned char *part = block_at(&reader->block, first); ; ) {
    const uint32_t word = load_word(part + 4);
    const int64_t bytes = word & (MX_REC_SIZE_LIMIT - 1);
    memcpy(end, part + HEADER, (size_t)bytes);
    end += bytes;
    if (word >> 29 == MX_REC_LAST) return MX_REC_OK;
    store_word(end, MX_REC_MAGIC);
    end += 4;
    part += HEADER + bytes;
  }
}

int mx_rec_is_loaded(const mx_rec_reader *reader) {
  const int64_t at = reader->position;
  if (!block_has(&reader->block, at, at + HEADER)) return 0;
  const uint32_t word = load_word(block_at(&reader->block, at) + 4);
  const part part = {at, word & (MX_REC_SIZE_LIMIT - 1), (int)(word >> 29)};
  return part.flag == MX_REC_WHOLE && block_has(&reader->block, at, end_of(&part) + HEADER);
}

int mx_rec_next(mx_rec_reader *reader, mx_rec_allocate allocate, void *context,
                mx_record *record, mx_rec_error *error) {
  const int64_t first = reader->position;
  part part = {first, 0, 0};
  int64_t size = 0;
  int status;
  reader->doubtful = first;
  for (;;) {
    status = read_header(reader, first, &part, error);
    if (status) return status;
    if (part.flag == MX_REC_WHOLE && part.size > LARGE && !reader->is_stream
        && !block_has(&reader->block, first, end_of(&part) + HEADER)) {
      return read_large(reader, &part, allocate, context, record, error);
    }
    status = load_payload(reader, first, &part, error);
    if (status) return status;
    size += part.size;
    if (part.flag == MX_REC_WHOLE || part.flag == MX_REC_LAST) break;
    size += 4;
    part.at = end_of(&part);
  }
  status = check_end(reader, first, first, end_of(&part), error);
  if (status) return status;
  *record = (mx_record){block_at(&reader->block, first) + HEADER, size, first};
  if (part.flag == MX_REC_LAST) status = join(reader, size, record, error);
  if (!status) reader->position = end_of(&part);
  return status;
}

int mx_rec_resync(mx_rec_reader *reader, int64_t *passed, mx_rec_error *error) {
  const int64_t damaged = reader->position;
  int64_t at = (reader->doubtful & ~(int64_t)3) + 4;
  for (;;) {
    const int status = block_load(&reader->block, at - 4, at + STEP, error);
    if (status) return status;
    const int64_t have = block_end(&reader->block) - at;
    if (have < HEADER) {
      reader->position = block_end(&reader->block);
      break;
    }
    /* the last word is looked at again, once the one behind it is there, too */
    const int64_t magic = mx_rec_find_magic(block_at(&reader->block, at), have - 4);
    at += magic < 0 ? (have - 4) & ~(int64_t)3 : magic;
    if (magic < 0) continue;
    if (load_word(block_at(&reader->block, at) + 4) >> 29 <= MX_REC_FIRST) {
      reader->position = at;
      break;
    }
    at += 4;
  }
  *passed = reader->position - damaged;
  return MX_REC_OK;
}
