/* A caching pool of 64-byte-aligned blocks.  The caller holds the GIL, which guards the lists. */
#define _GNU_SOURCE
#include "mx_pool.h"

#include <stdlib.h>
#include <string.h>
#ifdef __linux__
#include <sys/mman.h>
#endif

enum { ALIGNMENT = 64, CLASSES = 256, HUGE_PAGE = 2 << 20 };

typedef struct block { struct block *next; } block;

static block *free_blocks[CLASSES];
static const size_t MOST_CACHED = (size_t)1 << 30;      /* bytes kept unused */
static size_t cached_bytes, live_bytes;

/* Four classes to each power of two from 64 bytes on: at most a fifth of a block is unused. */
static int size_class(size_t size, size_t *rounded) {
  if (size <= ALIGNMENT) { *rounded = ALIGNMENT; return 0; }
  int power = 63 - __builtin_clzll((unsigned long long)(size - 1));
  size_t step = (size_t)1 << (power - 2);
  size_t quarter = (size - 1 - ((size_t)1 << power)) / step;
  *rounded = ((size_t)1 << power) + (quarter + 1) * step;
  return 1 + (power - 6) * 4 + (int)quarter;
}

#ifdef MX_DEBUG      /* exact blocks from the system: AddressSanitizer then sees every overflow */
void *mx_pool_alloc(size_t size) {
  void *memory = NULL;
  (void)size_class, (void)free_blocks, (void)MOST_CACHED;
  if (posix_memalign(&memory, ALIGNMENT, size) != 0) return NULL;
  live_bytes += size;
  return memory;
}

void mx_pool_free(void *memory, size_t size) {
  live_bytes -= memory ? size : 0;
  free(memory);
}
#else
void *mx_pool_alloc(size_t size) {
  if (size > (size_t)1 << 62) return NULL;
  size_t rounded;
  const int index = size_class(size, &rounded);
  block *found = free_blocks[index];
  live_bytes += rounded;
  if (found) {
    free_blocks[index] = found->next;
    cached_bytes -= rounded;
    return found;
  }
  void *memory = NULL;
  const size_t alignment = rounded >= HUGE_PAGE ? HUGE_PAGE : ALIGNMENT;
  if (posix_memalign(&memory, alignment, rounded) != 0) {
    mx_pool_clear();
    if (posix_memalign(&memory, alignment, rounded) != 0) { live_bytes -= rounded; return NULL; }
  }
#ifdef MADV_HUGEPAGE
  if (rounded >= 2 * HUGE_PAGE) madvise(memory, rounded, MADV_HUGEPAGE);
#endif
  return memory;
}

void mx_pool_free(void *memory, size_t size) {
  if (!memory) return;
  size_t rounded;
  const int index = size_class(size, &rounded);
  live_bytes -= rounded;
  if (cached_bytes + rounded > MOST_CACHED) { free(memory); return; }
  block *returned = memory;
  returned->next = free_blocks[index];
  free_blocks[index] = returned;
  cached_bytes += rounded;
}
#endif

void mx_pool_clear(void) {
  for (int index = 0; index < CLASSES; index++) {
    while (free_blocks[index]) {
      block *gone = free_blocks[index];
      free_blocks[index] = gone->next;
      free(gone);
    }
  }
  cached_bytes = 0;
}

size_t mx_pool_live(void) { return live_bytes; }
size_t mx_pool_cached(void) { return cached_bytes; }
