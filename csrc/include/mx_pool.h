/* The host's caching memory pool (csrc/runtime/pool.c). */
#ifndef MX_POOL_H
#define MX_POOL_H
#include <stddef.h>

/* A block, 64-byte aligned; NULL: no memory.  is_zero: whether it is known to hold zeros. */
void *mx_pool_alloc(size_t size, int *is_zero);
void mx_pool_free(void *memory, size_t size);  /* size: as it was asked for */
void mx_pool_clear(void);                      /* unused blocks go back to the system */
size_t mx_pool_live(void);
size_t mx_pool_cached(void);
#endif
