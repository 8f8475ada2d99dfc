/* The host's caching memory pool (csrc/runtime/pool.c). */
#ifndef MX_POOL_H
#define MX_POOL_H
#include <stddef.h>

void *mx_pool_alloc(size_t size);              /* 64-byte aligned; NULL: no memory */
void mx_pool_free(void *memory, size_t size);  /* size: as it was asked for */
void mx_pool_clear(void);                      /* unused blocks go back to the system */
size_t mx_pool_live(void);
size_t mx_pool_cached(void);
#endif
