/* Rows `label index:value index:value ... # comment`, to all their numbers. */
#include "number.h"
#include "row.h"

#include <string.h>

static const char *token_end(const char *p, const char *end) {
  while (p < end && !is_space(*p)) p++;
  return p;
}

/* Whether it is `label`, or `label:weight`, whose weight counts for nothing, as in MXNet. */
static int scan_label(int dtype, const char *p, const char *end, void *label) {
  double weight;
  p = scan_number(dtype, p, label);
  if (p && p < end && *p == ':') p = scan_number(MX_TEXT_F64, p + 1, &weight);
  return p == end;
}

/* Whether it is the number of a query, which counts for nothing, either. */
static int is_query(const char *p, const char *end) {
  int64_t number;
  return end - p > 4 && memcmp(p, "qid:", 4) == 0
    && scan_number(MX_TEXT_I64, p + 4, &number) == end;
}

/* Goes behind the pair at `*at`.  Of two values for one index the later counts, as in MXNet. */
static inline int scan_pair(int dtype, int64_t columns, const char **at, const char *end,
                            char *values) {
  const char *const begin = *at, *p = begin;
  int64_t index = 0, value;
  for (; is_digit(*p); p++) if (index < columns) index = index * 10 + (*p - '0');
  if (p == begin || *p != ':') return MX_TEXT_PAIR;
  p = scan_number(dtype, p + 1, &value);
  if (!p || (p < end && !is_space(*p))) return MX_TEXT_PAIR;
  if (index >= columns) return MX_TEXT_INDEX;
  const int64_t size = number_size(dtype);
  memcpy(values + index * size, &value, (size_t)size);
  *at = p;
  return MX_TEXT_OK;
}

/* The dtype is a constant where this is inlined. */
static inline int scan_pairs(int dtype, int64_t columns, const char *p, const char *end,
                             char *values, mx_crew_error *error) {
  memset(values, 0, (size_t)(columns * number_size(dtype)));
  for (int64_t column = 1; (p = skip_space(p, end)) < end; column++) {
    const char *const begin = p;
    if (column == 1 && *p == 'q' && is_query(p, token_end(p, end))) {
      p = token_end(p, end);
      continue;
    }
    const int status = scan_pair(dtype, columns, &p, end, values);
    if (status) return blame(status, column, begin, token_end(begin, end), error);
  }
  return MX_TEXT_OK;
}

int libsvm_row(int dtype, int64_t columns, const char *begin, const char *end, char *values,
               void *label, mx_crew_error *error) {
  double unused;
  const char *comment = memchr(begin, '#', (size_t)(end - begin));
  if (comment) end = comment;
  const char *p = skip_space(begin, end), *stop = token_end(p, end);
  if (!scan_label(label ? dtype : MX_TEXT_F64, p, stop, label ? label : &unused)) {
    return blame(MX_TEXT_LABEL, 0, p, stop, error);
  }
  switch (dtype) {
    case MX_TEXT_F32: return scan_pairs(MX_TEXT_F32, columns, stop, end, values, error);
    case MX_TEXT_F64: return scan_pairs(MX_TEXT_F64, columns, stop, end, values, error);
    case MX_TEXT_I32: return scan_pairs(MX_TEXT_I32, columns, stop, end, values, error);
    default: return scan_pairs(MX_TEXT_I64, columns, stop, end, values, error);
  }
}
