/* The words of a RecordIO file. */
#ifndef MX_REC_FORMAT_H
#define MX_REC_FORMAT_H

#include "mx_recordio.h"

#include <string.h>

enum { HEADER = 8 };                 /* bytes of the magic and of the word with flag and size */

static inline uint32_t load_word(const unsigned char *bytes) {
  uint32_t word;
  memcpy(&word, bytes, sizeof word);
#if __BYTE_ORDER__ == __ORDER_BIG_ENDIAN__
  word = __builtin_bswap32(word);
#endif
  return word;
}

static inline void store_word(unsigned char *bytes, uint32_t word) {
#if __BYTE_ORDER__ == __ORDER_BIG_ENDIAN__
  word = __builtin_bswap32(word);
#endif
  memcpy(bytes, &word, sizeof word);
}

static inline int64_t padded(int64_t size) { return (size + 3) & ~(int64_t)3; }

static inline int fail(mx_rec_error *error, int status, int64_t record, int64_t at,
                       int64_t expected, int64_t found) {
  *error = (mx_rec_error){record, at, expected, found};
  return status;
}

/* The index in bytes, a multiple of 4, of the first magic among the whole words; -1: none. */
int64_t mx_rec_find_magic(const unsigned char *bytes, int64_t size);

#endif
