/* Numbers in text: [+-] digits, and for floats also a point, an exponent, nan, inf, infinity.  What
   must stand behind the text is said in decimal.h. */
#ifndef MX_NUMBER_H
#define MX_NUMBER_H

#include "decimal.h"
#include "mx_text.h"

static inline int is_space(char c) { return c == ' ' || (c >= '\t' && c <= '\r'); }

static inline const char *skip_space(const char *p, const char *end) {
  while (p < end && is_space(*p)) p++;
  return p;
}

/* Bytes of a number. */
static inline int64_t number_size(int dtype) {
  return dtype == MX_TEXT_F32 || dtype == MX_TEXT_I32 ? 4 : 8;
}

/* nan, inf or infinity at `p`. */
const char *scan_name(const char *p, double *value);

/* An integer of so many digits that it could be too large: NULL if it is. */
const char *scan_long_integer(const char *p, uint64_t most, uint64_t *magnitude);

static const double SIGNS[2] = {1, -1};          /* a factor, as signs are hard to predict */

static inline const char *scan_f32(const char *p, float *value) {
  double named = 0;
  const int is_negative = *p == '-';
  p += is_negative | (*p == '+');
  const char *stop = decimal_f32(p, value);
  if (!stop) stop = scan_name(p, &named), *value = (float)named;
  *value *= (float)SIGNS[is_negative];
  return stop;
}

static inline const char *scan_f64(const char *p, double *value) {
  const int is_negative = *p == '-';
  p += is_negative | (*p == '+');
  const char *stop = decimal_f64(p, value);
  if (!stop) stop = scan_name(p, value);
  *value *= SIGNS[is_negative];
  return stop;
}

static inline const char *scan_integer(const char *p, int size, int64_t *value) {
  const int is_negative = *p == '-';
  p += is_negative | (*p == '+');
  const uint64_t most = (1ull << (8 * size - 1)) - !is_negative;
  uint64_t magnitude = 0;
  const char *stop = scan_digits(p, &magnitude);
  if (stop == p) return NULL;
  if (stop - p > 9) stop = scan_long_integer(p, most, &magnitude);
  *value = (int64_t)(is_negative ? 0 - magnitude : magnitude);
  return stop;
}

/* The number of the dtype that stands at `p`, and where it ends; NULL: there is none. */
static inline const char *scan_number(int dtype, const char *p, void *number) {
  if (dtype == MX_TEXT_F32) return scan_f32(p, number);
  if (dtype == MX_TEXT_F64) return scan_f64(p, number);
  if (dtype == MX_TEXT_I64) return scan_integer(p, 8, number);
  int64_t wide = 0;
  const char *stop = scan_integer(p, 4, &wide);
  *(int32_t *)number = (int32_t)wide;
  return stop;
}

#endif
