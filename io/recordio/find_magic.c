/* The search for the magic, at the speed of memory. */
#include "format.h"

enum { RUN = 64 };                   /* words whose comparisons are joined before one branch */

#if defined(__x86_64__) && defined(__gnu_linux__) && !defined(MX_DEBUG)
#define FOR_EACH_CPU __attribute__((target_clones("avx2", "default")))
#else
#define FOR_EACH_CPU
#endif

static int64_t find_by_word(const unsigned char *bytes, int64_t begin, int64_t size) {
  for (int64_t at = begin; at + 4 <= size; at += 4) {
    if (load_word(bytes + at) == MX_REC_MAGIC) return at;
  }
  return -1;
}

/* The first run of RUN words, from `bytes` on, that holds a magic, as an index in bytes, or the end
   of the whole runs. */
FOR_EACH_CPU static int64_t find_run(const unsigned char *bytes, int64_t size) {
  int64_t at = 0;
  for (; at + 4 * RUN <= size; at += 4 * RUN) {
    uint32_t found = 0;
    for (int word = 0; word < RUN; word++) {
      found |= -(uint32_t)(load_word(bytes + at + 4 * word) == MX_REC_MAGIC);
    }
    if (found) break;
  }
  return at;
}

int64_t mx_rec_find_magic(const unsigned char *bytes, int64_t size) {
  const int64_t run = size < 4 * RUN ? 0 : find_run(bytes, size);
  return find_by_word(bytes, run, size);
}
