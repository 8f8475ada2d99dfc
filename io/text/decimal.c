/* Numbers with many digits, and those that strtod has to decide. */
#include "decimal.h"

#include <stdio.h>
#include <stdlib.h>

enum { DECISIVE = 800 };             /* digits; a tie between doubles has 767 at most */
enum { SATURATED = 99999 };          /* a power that gives 0 or infinity with DECISIVE digits */

/* The first significant digits of a number, and the power of ten of the last of them. */
typedef struct figures {
  char text[DECISIVE + 32];
  int64_t count, power;
  int is_cut;                        /* one of those behind is not 0 */
} figures;

static void read_figures(const char *p, int64_t most, figures *found) {
  int64_t behind = 0, fraction = 0, power = 0;
  int is_fraction = 0;
  found->count = found->is_cut = 0;
  for (; is_digit(*p) || (*p == '.' && !is_fraction); p++) {
    if (*p == '.') {
      is_fraction = 1;
      continue;
    }
    fraction += is_fraction;
    if (found->count == 0 && *p == '0') continue;
    if (found->count < most) found->text[found->count++] = *p;
    else behind++, found->is_cut |= *p != '0';
  }
  if ((*p | 0x20) == 'e') scan_exponent(p + 1, &power);
  found->power = power - fraction + behind;
  memset(found->text + found->count, 0, 8);
}

/* As digits and a power, which no locale writes in another way. */
static void write_plainly(const char *text, figures *found) {
  read_figures(text, DECISIVE, found);
  if (found->is_cut) found->text[found->count++] = '1', found->power--;
  if (found->power > SATURATED) found->power = SATURATED;
  if (found->power < -SATURATED) found->power = -SATURATED;
  snprintf(found->text + found->count, 16, "e%d", (int)found->power);
}

static uint64_t first_digits(const char *text, figures *found) {
  uint64_t digits = 0;
  read_figures(text, MOST_DIGITS, found);
  scan_digits(found->text, &digits);
  return digits;
}

double decimal_slow_f64(const char *text) {
  figures found;
  double value;
  const uint64_t digits = first_digits(text, &found);
  if (digits == 0) return 0;
  if (decimal_settle_f64(digits, found.power, found.is_cut, &value)) return value;
  write_plainly(text, &found);
  return strtod(found.text, NULL);
}

float decimal_slow_f32(const char *text) {
  figures found;
  float value;
  const uint64_t digits = first_digits(text, &found);
  if (digits == 0) return 0;
  if (decimal_settle_f32(digits, found.power, found.is_cut, &value)) return value;
  write_plainly(text, &found);
  return strtof(found.text, NULL);
}
