/* A window on a source. */
#include "block.h"

#include "format.h"

#include <stdlib.h>

/* Room for `size` bytes. */
static int reserve(block *block, int64_t size) {
  if (size <= block->capacity) return 1;
  int64_t capacity = block->capacity ? block->capacity : BLOCK_SIZE;
  while (capacity < size) capacity *= 2;
  unsigned char *bytes = realloc(block->bytes, (size_t)capacity);
  if (!bytes) return 0;
  block->bytes = bytes;
  block->capacity = capacity;
  return 1;
}

/* Drop what lies before `from`, or everything where the block ends before it or begins after it. */
static void move_to(block *block, int64_t from) {
  const int64_t drop = from - block->start;
  const int64_t keep = drop < 0 || drop > block->filled ? 0 : block->filled - drop;
  if (keep && drop) memmove(block->bytes, block->bytes + drop, (size_t)keep);
  block->start = from;
  block->filled = keep;
}

int block_load(block *block, int64_t from, int64_t until, mx_rec_error *error) {
  if (block_has(block, from, until)) return MX_REC_OK;
  if (!reserve(block, until - from)) {
    return fail(error, MX_REC_MEMORY, from, from, until - from, 0);
  }
  move_to(block, from);
  int64_t goal = until - from;
  if (goal < block->request) goal = block->request;
  while (block_end(block) < until) {
    const int64_t count = block->source.read(block->source.context, block->bytes + block->filled,
                                             goal - block->filled, block_end(block));
    if (count < 0) return fail(error, MX_REC_IO, from, block_end(block), 0, -count);
    if (count == 0) break;
    block->filled += count;
  }
  if (block->request < BLOCK_SIZE) block->request *= 2;
  return MX_REC_OK;
}
