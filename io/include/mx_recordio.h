/* RecordIO files: a reader, a writer, and where their bytes come from and go to.

   A file is a row of parts, each at a multiple of 4 bytes: the magic, then a word with the part's
   flag (3 bits) and its size in bytes (29 bits), then the payload, then zeros up to a multiple of
   4.  Words are little-endian.  A payload that holds the magic at a multiple of 4 bytes is cut
   there: the magic is left out, and the parts around it are flagged first, middle, ..., last.  So
   no payload in a file holds the magic at a multiple of 4, which is what makes damage visible.

   Nothing here prints, exits or knows Python.  A reader or a writer serves one thread at a time;
   any number of readers share a source that is a file. */
#ifndef MX_RECORDIO_H
#define MX_RECORDIO_H

#include <stdint.h>

#define MX_REC_MAGIC 0xced7230au
#define MX_REC_SIZE_LIMIT ((int64_t)1 << 29)        /* bytes: a record has fewer */

enum { MX_REC_WHOLE, MX_REC_FIRST, MX_REC_MIDDLE, MX_REC_LAST };

enum {
  MX_REC_OK,
  MX_REC_END,              /* no record after this */
  /* damage, which mx_rec_resync passes over; `at`, `expected` and `found` as said */
  MX_REC_NO_MAGIC,         /* at: where; found: the word there */
  MX_REC_CUT,              /* expected: the least end of the record; found: the end of the file */
  MX_REC_NO_START,         /* found: a flag that does not begin a record */
  MX_REC_NO_CONTINUATION,  /* found: a flag that does not continue one */
  MX_REC_PART_SIZE,        /* found: the size of a part before the last: not a multiple of 4 */
  MX_REC_INNER_MAGIC,      /* at: a magic inside a payload; expected: the payload's size */
  MX_REC_PADDING,          /* at: where; found: the bytes that are not all 0 */
  MX_REC_NO_END,           /* at: the record's end, where neither a magic nor the file's end is */
  MX_REC_STRAY,            /* the record has ended, but found: the flag of a part that goes on */
  MX_REC_UNALIGNED,        /* found: an offset that is no multiple of 4 */
  /* no damage */
  MX_REC_IO,               /* found: errno */
  MX_REC_MEMORY,           /* expected: bytes asked for */
  MX_REC_TOO_LONG          /* found: bytes of a record to write */
};

typedef struct mx_rec_error {
  int64_t record;                    /* offset in bytes of the record that was read or written */
  int64_t at, expected, found;
} mx_rec_error;

/* Where bytes come from.  `read` gives the bytes it read, fewer than `size` only where there are no
   more for now, 0 at the end, -errno on failure.  `size` gives the bytes there are, or -1 for a
   stream, which is read in order; -2 on failure. */
typedef struct mx_rec_source {
  void *context;
  int64_t (*read)(void *context, void *buffer, int64_t size, int64_t offset);
  int64_t (*size)(void *context);
} mx_rec_source;

/* Where bytes go.  `write` takes all of head and then all of body: 0, or errno. */
typedef struct mx_rec_sink {
  void *context;
  int (*write)(void *context, const void *head, int64_t head_size,
               const void *body, int64_t body_size);
} mx_rec_sink;

/* Files and pipes: 0, or errno.  Closing gives errno, too. */
int mx_rec_source_open(mx_rec_source *source, const char *path);
int mx_rec_source_close(mx_rec_source *source);
/* Several files, one after the other, as one source: mx_rec_source_close closes them all. Offsets
   count from the start of the first. */
int mx_rec_source_join(mx_rec_source *source, mx_rec_source *files, int64_t count);
int mx_rec_sink_open(mx_rec_sink *sink, const char *path);
int mx_rec_sink_close(mx_rec_sink *sink);

typedef struct mx_rec_reader mx_rec_reader;
typedef struct mx_rec_writer mx_rec_writer;
typedef struct mx_record {
  const void *data;                  /* valid until the reader is used again */
  int64_t size, offset;              /* bytes; where the record begins in the file */
} mx_record;

/* Gives memory for a large record, which is then read straight into it, or NULL. */
typedef void *(*mx_rec_allocate)(void *context, int64_t size);

/* NULL: no memory.  The source stays the caller's, and must outlive the reader. */
mx_rec_reader *mx_rec_reader_new(const mx_rec_source *source);
void mx_rec_reader_free(mx_rec_reader *reader);

/* The record at the reader's position, which then moves behind it; on damage it stays.  Large
   records lie in memory from `allocate`, or in the reader's own where that is NULL. */
int mx_rec_next(mx_rec_reader *reader, mx_rec_allocate allocate, void *context,
                mx_record *record, mx_rec_error *error);
int mx_rec_is_stream(const mx_rec_reader *reader);
int mx_rec_is_loaded(const mx_rec_reader *reader);     /* the next record needs no reading */
void mx_rec_seek(mx_rec_reader *reader, int64_t offset);        /* not in a stream */
int64_t mx_rec_tell(const mx_rec_reader *reader);

/* Move on from the damaged record at the position to the next start of one, or to the end.
   `passed`: bytes moved over. */
int mx_rec_resync(mx_rec_reader *reader, int64_t *passed, mx_rec_error *error);

mx_rec_writer *mx_rec_writer_new(const mx_rec_sink *sink);
void mx_rec_writer_free(mx_rec_writer *writer);        /* drops what was not flushed */
int mx_rec_write(mx_rec_writer *writer, const void *data, int64_t size, mx_rec_error *error);
int mx_rec_flush(mx_rec_writer *writer, mx_rec_error *error);
/* Whether writing `size` bytes will not use the sink. */
int mx_rec_writer_has_room(const mx_rec_writer *writer, int64_t size);
int64_t mx_rec_writer_tell(const mx_rec_writer *writer);

#endif
