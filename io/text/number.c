/* Numbers that are rare. */
#include "number.h"

#include <math.h>

/* Behind `word`, of small letters, or NULL. */
static const char *skip_word(const char *p, const char *word) {
  for (; *word; p++, word++) if ((*p | 0x20) != *word) return NULL;
  return p;
}

const char *scan_name(const char *p, double *value) {
  const char *stop = skip_word(p, "nan");
  *value = stop ? NAN : INFINITY;
  if (!stop) stop = skip_word(p, "infinity");
  return stop ? stop : skip_word(p, "inf");
}

const char *scan_long_integer(const char *p, uint64_t most, uint64_t *magnitude) {
  *magnitude = 0;
  for (; is_digit(*p); p++) {
    const uint64_t digit = (uint64_t)(*p - '0');
    if (*magnitude > (most - digit) / 10) return NULL;
    *magnitude = *magnitude * 10 + digit;
  }
  return p;
}
