/* Decimal numbers to binary ones, correctly rounded (to nearest, ties to even), in any locale.

   The number is taken times a power of ten that is cut off after 64 bits, which gives a lower and
   an upper bound of it.  If both round to the same number, that is it; else strtod decides.

   Eight bytes behind the text must be there, and the first of them must not go on with a number. */
#ifndef MX_DECIMAL_H
#define MX_DECIMAL_H

#include "powers.h"

#include <string.h>

enum { MOST_DIGITS = 19 };           /* that any uint64_t holds */

/* The number that begins at `text`, when it is known to be one; for what is rare. */
double decimal_slow_f64(const char *text);
float decimal_slow_f32(const char *text);

static inline int is_digit(char c) { return (unsigned char)(c - '0') < 10; }

/* Eight characters, the first in the lowest byte, less '0'. */
static inline uint64_t load_digits(const char *p) {
  uint64_t word;
  memcpy(&word, p, sizeof word);
#if __BYTE_ORDER__ == __ORDER_BIG_ENDIAN__
  word = __builtin_bswap64(word);
#endif
  return word ^ 0x3030303030303030;
}

/* Digits, one a byte, the first in the lowest: pairs to numbers below 100, then fours, then all. */
static inline uint64_t join_digits(uint64_t word) {
  word = word * 10 + (word >> 8);
  const uint64_t low = 0x000000ff000000ff;
  return ((word & low) * (100 + (1000000ull << 32))
          + (word >> 16 & low) * (1 + (10000ull << 32))) >> 32;
}

/* Behind the digits at `p`, which are appended to `digits`; that wraps where there are too many. */
static inline const char *scan_digits(const char *p, uint64_t *digits) {
  static const uint64_t tens[8] = {1, 10, 100, 1000, 10000, 100000, 1000000, 10000000};
  for (;;) {
    const uint64_t word = load_digits(p);
    const uint64_t others = ((word + 0x7676767676767676) | word) & 0x8080808080808080;
    if (others) {
      const int count = __builtin_ctzll(others) >> 3;
      *digits = *digits * tens[count] + join_digits(word << (56 - 8 * count) << 8);
      return p + count;
    }
    *digits = *digits * 100000000 + join_digits(word);
    p += 8;
  }
}

/* Behind the 'e'. */
static inline const char *scan_exponent(const char *p, int64_t *exponent) {
  const int64_t limit = INT64_MAX / 100;         /* no text has so many digits to make up for it */
  const int is_negative = *p == '-';
  int64_t value = 0;
  p += is_negative || *p == '+';
  if (!is_digit(*p)) return NULL;
  for (; is_digit(*p); p++) if (value < limit) value = value * 10 + (*p - '0');
  *exponent = is_negative ? -value : value;
  return p;
}

/* The unsigned number at `p`, digits * 10^exponent, and where it ends; NULL: there is none.  With
   more than MOST_DIGITS in its text, `digits` may have wrapped. */
static inline const char *decimal_scan(const char *p, uint64_t *digits, int64_t *exponent,
                                       int64_t *count) {
  const char *const text = p;
  int64_t power = 0;
  *digits = 0;
  *exponent = 0;
  if (p[1] == '.' && is_digit(*p)) *digits = (uint64_t)(*p++ - '0');       /* common, and quick */
  else p = scan_digits(p, digits);
  *count = p - text;
  if (*p == '.') {
    const char *const fraction = p + 1;
    p = scan_digits(fraction, digits);
    *exponent = fraction - p;
    *count -= *exponent;
  }
  if (*count == 0) return NULL;
  if ((*p | 0x20) == 'e') p = scan_exponent(p + 1, &power);
  *exponent += power;
  return p;
}

/* Round to the upper 64 - drop bits. */
static inline uint64_t round_off(uint64_t value, int drop) {
  return (value >> drop) + (value >> (drop - 1) & 1);
}

/* The bits of digits * 10^power, or where `is_cut`, of more, by less than 10^power, as a binary
   number with `size` bits in its fraction, the leading 1 included, and `limit` as its largest
   exponent; 0: they are not certain, or it is not within the normal range. */
static inline int decimal_settle(uint64_t digits, int64_t power, int is_cut, int size, int limit,
                                 uint64_t *bits) {
  if (digits == 0 || power < LEAST_POWER || power > LARGEST_POWER) return 0;
  const int shift = __builtin_clzll(digits), drop = 64 - size;
  const unsigned __int128 product =
    (unsigned __int128)(digits << shift) * POWERS[power - LEAST_POWER];
  /* less than one more for what the product, and one for what the power lost; and for the digits
     cut off, one of them, or 2^shift */
  uint64_t low = (uint64_t)(product >> 64), high = low + 2 + ((uint64_t)is_cut << shift);
  if ((low ^ high) >> 63) return 0;
  const int is_small = !(low >> 63);
  low <<= is_small;
  high <<= is_small;
  uint64_t value = round_off(low - 1, drop);     /* below, so that no tie is taken for settled */
  if (value != round_off(high, drop)) return 0;
  int64_t exponent = ((217706 * power) >> 16) + 64 - shift - is_small;     /* log2(10) * 2^16 */
  if (value >> size) value >>= 1, exponent++;
  if (exponent < 1 - limit || exponent > limit) return 0;
  *bits = (value & ((1ull << (size - 1)) - 1)) | (uint64_t)(exponent + limit) << (size - 1);
  return 1;
}

static inline int decimal_settle_f64(uint64_t digits, int64_t power, int is_cut, double *value) {
  uint64_t bits;
  if (!decimal_settle(digits, power, is_cut, 53, 1023, &bits)) return 0;
  memcpy(value, &bits, sizeof *value);
  return 1;
}

static inline int decimal_settle_f32(uint64_t digits, int64_t power, int is_cut, float *value) {
  uint64_t bits;
  if (!decimal_settle(digits, power, is_cut, 24, 127, &bits)) return 0;
  const uint32_t lower = (uint32_t)bits;
  memcpy(value, &lower, sizeof *value);
  return 1;
}

static inline const char *decimal_f64(const char *p, double *value) {
  uint64_t digits;
  int64_t power, count;
  const char *stop = decimal_scan(p, &digits, &power, &count);
  if (!stop) return NULL;
  if (count > MOST_DIGITS) *value = decimal_slow_f64(p);
  else if (power == 0 || digits == 0) *value = (double)digits;
  else if (!decimal_settle_f64(digits, power, 0, value)) *value = decimal_slow_f64(p);
  return stop;
}

static inline const char *decimal_f32(const char *p, float *value) {
  uint64_t digits;
  int64_t power, count;
  const char *stop = decimal_scan(p, &digits, &power, &count);
  if (!stop) return NULL;
  if (count > MOST_DIGITS) *value = decimal_slow_f32(p);
  else if (power == 0 || digits == 0) *value = (float)digits;
  else if (!decimal_settle_f32(digits, power, 0, value)) *value = decimal_slow_f32(p);
  return stop;
}

#endif
