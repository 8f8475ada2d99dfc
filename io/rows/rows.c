/* Rows of bytes to rows of floats. */
#include "mx_rows.h"
#include "mx_size.h"

#include "../image/multiversion.h"

enum { TASK = 256 << 10 };           /* values of a task, about: waking a thread costs, too */
enum { AHEAD = 2, LINE = 64 };       /* rows to ask for early, and bytes of a line of the cache */

static int64_t rows_of_task(int64_t width) {
  const int64_t rows = width ? TASK / width : TASK;
  return rows ? rows : 1;
}

int64_t mx_rows_tasks(int64_t count, int64_t width) {
  const int64_t rows = rows_of_task(width);
  return mx_ceil_div(count, rows);
}

MULTIVERSION static void scale_row(const uint8_t *values, int64_t width, float scale, float *data) {
  for (int64_t i = 0; i < width; i++) data[i] = (float)values[i] * scale;
}

/* The rows are far apart in a random order: ask for them before they are needed. */
static inline void expect(const mx_rows *rows, const mx_rows_batch *batch, int64_t i) {
#if defined(__GNUC__)
  if (i >= batch->count) return;
  const uint8_t *row = rows->values + batch->samples[i] * rows->width;
  for (int64_t at = 0; at < rows->width; at += LINE) __builtin_prefetch(row + at);
#endif
}

static int fill(void *state, void *into, int64_t task, mx_crew_error *error) {
  const mx_rows *rows = state;
  const mx_rows_batch *batch = into;
  const int64_t step = rows_of_task(rows->width), begin = task * step;
  const int64_t end = begin + step < batch->count ? begin + step : batch->count;
  (void)error;
  for (int64_t i = begin; i < end; i++) {
    const int64_t row = batch->samples[i];
    expect(rows, batch, i + AHEAD);
    scale_row(rows->values + row * rows->width, rows->width, rows->scale,
              batch->data + i * rows->width);
    batch->labels[i] = rows->labels[row];
  }
  return 0;
}

static void *begin(void *context) { return context; }

static void end(void *state) { (void)state; }

mx_crew_work mx_rows_work(const mx_rows *rows) {
  return (mx_crew_work){(void *)(uintptr_t)rows, begin, end, fill, 1};
}
