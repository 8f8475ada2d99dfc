/* A caching pool of 64-byte-aligned blocks.  The caller holds the GIL, which guards the lists.  Large
 * blocks are mapped, whose memory the system makes when it is first written to: of zeros. */
#define _GNU_SOURCE
#include "mx_pool.h"

#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#ifdef __linux__
#include <sys/mman.h>
#endif

enum { ALIGNMENT = 64, CLASSES = 256, HUGE_PAGE = 2 << 20 };
#ifdef __linux__
static const size_t MAPPED = (size_t)1 << 20;   /* blocks from here on are mapped */
#else
static const size_t MAPPED = SIZE_MAX;
#endif

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

/* The size of a class's blocks. */
static size_t class_bytes(int index) {
  if (index == 0) return ALIGNMENT;
  const int power = 6 + (index - 1) / 4;
  return ((size_t)1 << power) + (size_t)((index - 1) % 4 + 1) * ((size_t)1 << (power - 2));
}

#ifdef __linux__
/* Whole huge pages where it has several; what lies before and behind them goes back at once. */
static void *map(size_t size) {
  const size_t more = size >= HUGE_PAGE ? HUGE_PAGE : 0;
  char *memory = mmap(NULL, size + more, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
  if (memory == MAP_FAILED) return NULL;
  const size_t before = more ? -(uintptr_t)memory & (HUGE_PAGE - 1) : 0;
  if (before) munmap(memory, before);
  if (more > before) munmap(memory + before + size, more - before);
#ifdef MADV_HUGEPAGE
  if (size >= 2 * HUGE_PAGE) madvise(memory + before, size, MADV_HUGEPAGE);
#endif
  return memory + before;
}
#endif

static void *take(size_t size) {
#ifdef __linux__
  if (size >= MAPPED) return map(size);
#endif
  void *memory = NULL;
  return posix_memalign(&memory, ALIGNMENT, size) == 0 ? memory : NULL;
}

static void give_back(void *memory, size_t size) {
#ifdef __linux__
  if (size >= MAPPED) {
    munmap(memory, size);
    return;
  }
#endif
  (void)size;
  free(memory);
}

#ifdef MX_DEBUG      /* exact blocks from the system: AddressSanitizer then sees every overflow */
void *mx_pool_alloc(size_t size, int *is_zero) {
  void *memory = NULL;
  (void)size_class, (void)take, (void)MOST_CACHED;
  *is_zero = 0;
  if (posix_memalign(&memory, ALIGNMENT, size) != 0) return NULL;
  live_bytes += size;
  return memory;
}

void mx_pool_free(void *memory, size_t size) {
  live_bytes -= memory ? size : 0;
  free(memory);
}
#else
void *mx_pool_alloc(size_t size, int *is_zero) {
  *is_zero = 0;
  if (size > (size_t)1 << 62) return NULL;
  size_t rounded;
  const int index = size_class(size, &rounded);
  block *found = free_blocks[index];
  if (found) {
    free_blocks[index] = found->next;
    cached_bytes -= rounded;
    live_bytes += rounded;
    return found;
  }
  void *memory = take(rounded);
  if (!memory) {
    mx_pool_clear();
    memory = take(rounded);
  }
  if (!memory) return NULL;
  live_bytes += rounded;
  *is_zero = rounded >= MAPPED;
  return memory;
}

void mx_pool_free(void *memory, size_t size) {
  if (!memory) return;
  size_t rounded;
  const int index = size_class(size, &rounded);
  live_bytes -= rounded;
  if (cached_bytes + rounded > MOST_CACHED) {
    give_back(memory, rounded);
    return;
  }
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
      give_back(gone, class_bytes(index));
    }
  }
  cached_bytes = 0;
}

size_t mx_pool_live(void) { return live_bytes; }
size_t mx_pool_cached(void) { return cached_bytes; }
