/* Large copies and fills of the host's memory, on the pool's threads (csrc/runtime/memory.c). */
#ifndef MX_MEMORY_H
#define MX_MEMORY_H
#include <stddef.h>
#include <stdint.h>

void mx_copy_memory(void *target, const void *source, size_t nbytes);     /* without overlap */
/* `count` items of `itemsize` (1, 2, 4 or 8) bytes, each with the bits of `item`. */
void mx_fill_memory(void *target, int64_t count, int itemsize, uint64_t item);
#endif
