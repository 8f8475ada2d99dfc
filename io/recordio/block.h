/* A window on a source: the bytes of a stretch of the file, which grows and moves on. */
#ifndef MX_REC_BLOCK_H
#define MX_REC_BLOCK_H

#include "mx_recordio.h"

/* Bytes asked of the source at once: few after a jump, up to BLOCK_SIZE as the reading goes on. */
enum { BLOCK_LEAST = 4 << 10, BLOCK_SIZE = 256 << 10 };

typedef struct block {
  mx_rec_source source;
  unsigned char *bytes;
  int64_t capacity;
  int64_t start, filled;             /* bytes[0] is at `start` in the file; `filled` are there */
  int64_t request;                   /* bytes to ask for the next time */
} block;

/* Let the block hold the file from `from` to `until`, as far as there is a file, and nothing before
   `from`.  A stream is read in order: there `from` must lie in the block or at its end. */
int block_load(block *block, int64_t from, int64_t until, mx_rec_error *error);

static inline int block_has(const block *block, int64_t from, int64_t until) {
  return from >= block->start && until <= block->start + block->filled;
}

static inline int64_t block_end(const block *block) { return block->start + block->filled; }

static inline const unsigned char *block_at(const block *block, int64_t offset) {
  return block->bytes + (offset - block->start);
}

#endif
