/* Rows `label index:value index:value ... # comment`, to their pairs. */
#include "number.h"
#include "row.h"

#include <stdlib.h>
#include <string.h>

enum { FIRST_ROOM = 256 };           /* pairs */

void mx_text_pairs_free(mx_text_pairs *pairs) {
  free(pairs->columns);
  free(pairs->values);
  pairs->columns = NULL;
  pairs->values = NULL;
  pairs->count = pairs->room = 0;
}

/* Room for one pair more. */
static int grow(mx_text_pairs *pairs) {
  const int64_t room = pairs->room ? 2 * pairs->room : FIRST_ROOM;
  int64_t *columns = realloc(pairs->columns, (size_t)room * sizeof *columns);
  if (columns) pairs->columns = columns;
  void *values = columns ? realloc(pairs->values, (size_t)room * sizeof(double)) : NULL;
  if (values) pairs->values = values;
  if (!values) return MX_TEXT_MEMORY;
  pairs->room = room;
  return MX_TEXT_OK;
}

typedef struct place { int64_t column, at; } place;

static int by_place(const void *left, const void *right) {
  const place *a = left, *b = right;
  if (a->column != b->column) return a->column < b->column ? -1 : 1;
  return a->at < b->at ? -1 : 1;
}

/* Put the pairs from `first` on in the order of their columns.  Of two values for one column the
   later counts, as in MXNet. */
static int sort_pairs(mx_text_pairs *pairs, int64_t first, int64_t size) {
  const int64_t count = pairs->count - first;
  place *places = malloc((size_t)count * (sizeof *places + (size_t)size));
  if (!places) return MX_TEXT_MEMORY;
  char *old = (char *)(places + count), *values = (char *)pairs->values + first * size;
  memcpy(old, values, (size_t)(count * size));
  for (int64_t i = 0; i < count; i++) places[i] = (place){pairs->columns[first + i], i};
  qsort(places, (size_t)count, sizeof *places, by_place);
  pairs->count = first;
  for (int64_t i = 0; i < count; i++) {
    if (i + 1 < count && places[i + 1].column == places[i].column) continue;
    memcpy((char *)pairs->values + pairs->count * size, old + places[i].at * size, (size_t)size);
    pairs->columns[pairs->count++] = places[i].column;
  }
  free(places);
  return MX_TEXT_OK;
}

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

/* Appends the pair at `*at`, and goes behind it. */
static inline int scan_pair(int dtype, int64_t columns, const char **at, const char *end,
                            mx_text_pairs *pairs) {
  const char *const begin = *at, *p = begin;
  int64_t index = 0, value;
  for (; is_digit(*p); p++)
    if (index < columns) index = index > INT64_MAX / 10 - 1 ? INT64_MAX : index * 10 + (*p - '0');
  if (p == begin || *p != ':') return MX_TEXT_PAIR;
  p = scan_number(dtype, p + 1, &value);
  if (!p || (p < end && !is_space(*p))) return MX_TEXT_PAIR;
  if (index >= columns) return MX_TEXT_INDEX;
  const int64_t size = number_size(dtype);
  if (pairs->count == pairs->room && grow(pairs)) return MX_TEXT_MEMORY;
  memcpy((char *)pairs->values + pairs->count * size, &value, (size_t)size);
  pairs->columns[pairs->count++] = index;
  *at = p;
  return MX_TEXT_OK;
}

/* The dtype is a constant where this is inlined. */
static inline int scan_pairs(int dtype, int64_t columns, const char *p, const char *end,
                             mx_text_pairs *pairs, mx_crew_error *error) {
  const int64_t first = pairs->count;
  int ascend = 1;
  for (int64_t column = 1; (p = skip_space(p, end)) < end; column++) {
    const char *const begin = p;
    if (column == 1 && *p == 'q' && is_query(p, token_end(p, end))) {
      p = token_end(p, end);
      continue;
    }
    const int status = scan_pair(dtype, columns, &p, end, pairs);
    if (status == MX_TEXT_MEMORY) return status;
    if (status) return blame(status, column, begin, token_end(begin, end), error);
    const int64_t last = pairs->count - 1;
    ascend &= last == first || pairs->columns[last - 1] < pairs->columns[last];
  }
  return ascend ? MX_TEXT_OK : sort_pairs(pairs, first, number_size(dtype));
}

int libsvm_row(int dtype, int64_t columns, const char *begin, const char *end,
               mx_text_pairs *pairs, void *label, mx_crew_error *error) {
  double unused;
  const char *comment = memchr(begin, '#', (size_t)(end - begin));
  if (comment) end = comment;
  const char *p = skip_space(begin, end), *stop = token_end(p, end);
  if (!scan_label(label ? dtype : MX_TEXT_F64, p, stop, label ? label : &unused)) {
    return blame(MX_TEXT_LABEL, 0, p, stop, error);
  }
  switch (dtype) {
    case MX_TEXT_F32: return scan_pairs(MX_TEXT_F32, columns, stop, end, pairs, error);
    case MX_TEXT_F64: return scan_pairs(MX_TEXT_F64, columns, stop, end, pairs, error);
    case MX_TEXT_I32: return scan_pairs(MX_TEXT_I32, columns, stop, end, pairs, error);
    default: return scan_pairs(MX_TEXT_I64, columns, stop, end, pairs, error);
  }
}
