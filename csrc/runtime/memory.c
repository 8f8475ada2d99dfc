/* Copies and fills in chunks, which threads share out where there are several. */
#include "mx_memory.h"

#include <string.h>

#include "mx_threads.h"

enum { CHUNK = 1 << 18, FEW_CHUNKS = 4 };      /* bytes; up to so many chunks are copied at once */

typedef struct {
  char *target;
  const char *source;
  size_t nbytes;
  int itemsize;
  uint64_t item;
} job;

static size_t chunk_size(const job *j, int64_t i) {
  const size_t rest = j->nbytes - (size_t)i * CHUNK;
  return rest < CHUNK ? rest : CHUNK;
}

static void copy_chunk(void *context, int64_t i) {
  const job *j = context;
  memcpy(j->target + i * CHUNK, j->source + i * CHUNK, chunk_size(j, i));
}

static void fill_chunk(void *context, int64_t i) {
  const job *j = context;
  char *target = j->target + i * CHUNK;
  const size_t nbytes = chunk_size(j, i), count = nbytes / (size_t)j->itemsize;
  if (j->item == 0 || j->itemsize == 1) memset(target, (int)(j->item & 0xff), nbytes);
  else if (j->itemsize == 2) for (size_t n = 0; n < count; n++) ((uint16_t *)target)[n] = (uint16_t)j->item;
  else if (j->itemsize == 4) for (size_t n = 0; n < count; n++) ((uint32_t *)target)[n] = (uint32_t)j->item;
  else for (size_t n = 0; n < count; n++) ((uint64_t *)target)[n] = j->item;
}

static void run(job *j, void (*task)(void *, int64_t), int64_t few) {
  const int64_t count = (int64_t)((j->nbytes + CHUNK - 1) / CHUNK);
  if (count > few) mx_parallel_for(count, task, j);
  else for (int64_t i = 0; i < count; i++) task(j, i);
}

void mx_copy_memory(void *target, const void *source, size_t nbytes) {
  job j = {target, source, nbytes, 1, 0};
  if (nbytes && target != source) run(&j, copy_chunk, FEW_CHUNKS);
}

void mx_fill_memory(void *target, int64_t count, int itemsize, uint64_t item) {
  job j = {target, NULL, (size_t)count * (size_t)itemsize, itemsize, item};
  run(&j, fill_chunk, 1);
}
