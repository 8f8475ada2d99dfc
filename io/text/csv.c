/* Rows of numbers with commas between them. */
#include "number.h"
#include "row.h"

#include <string.h>

int blame(int status, int64_t number, const char *begin, const char *end, mx_crew_error *error) {
  const int64_t size = end - begin < MX_CREW_MESSAGE ? end - begin : MX_CREW_MESSAGE;
  error->numbers[2] = number;
  error->numbers[3] = size;
  memcpy(error->message, begin, (size_t)size);
  return status;
}

static const char *field_end(const char *p, const char *end) {
  const char *comma = memchr(p, ',', (size_t)(end - p));
  return comma ? comma : end;
}

/* Behind the number and the space around it, or NULL. */
static inline const char *scan_field(int dtype, const char *p, const char *end, char *value) {
  p = scan_number(dtype, skip_space(p, end), value);
  if (!p) return NULL;
  p = skip_space(p, end);
  return p == end || *p == ',' ? p : NULL;
}

/* Why the row is none: the wrong number of fields first, then the first wrong field. */
static int explain(int dtype, int64_t columns, const char *begin, const char *end, char *values,
                   mx_crew_error *error) {
  int64_t count = 1;
  for (const char *p = begin; (p = field_end(p, end)) < end; p++) count++;
  if (count != columns) return blame(MX_TEXT_COUNT, count, begin, end, error);
  const char *p = begin;
  int64_t column = 0;
  while (scan_field(dtype, p, end, values)) {
    p = field_end(p, end) + 1;
    column++;
  }
  return blame(MX_TEXT_FIELD, column, p, field_end(p, end), error);
}

/* The dtype is a constant where this is inlined. */
static inline int scan_row(int dtype, int64_t columns, const char *begin, const char *end,
                           char *values, mx_crew_error *error) {
  const int64_t size = number_size(dtype);
  const char *p = begin;
  for (int64_t column = 0; column < columns; column++) {
    const char *stop = scan_field(dtype, p, end, values + column * size);
    if (!stop || (stop == end) != (column + 1 == columns)) {
      return explain(dtype, columns, begin, end, values, error);
    }
    p = stop + 1;
  }
  return MX_TEXT_OK;
}

int csv_row(int dtype, int64_t columns, const char *begin, const char *end, char *values,
            mx_crew_error *error) {
  begin = skip_space(begin, end);
  while (end > begin && is_space(end[-1])) end--;
  if (end - begin > 1 && end[-1] == ',') end--;
  switch (dtype) {
    case MX_TEXT_F32: return scan_row(MX_TEXT_F32, columns, begin, end, values, error);
    case MX_TEXT_F64: return scan_row(MX_TEXT_F64, columns, begin, end, values, error);
    case MX_TEXT_I32: return scan_row(MX_TEXT_I32, columns, begin, end, values, error);
    default: return scan_row(MX_TEXT_I64, columns, begin, end, values, error);
  }
}
