/* Rows of bytes, and a label each, to batches of floats. */
#ifndef MX_ROWS_H
#define MX_ROWS_H

#include "mx_crew.h"

/* What the rows are; it must outlive the crew. */
typedef struct mx_rows {
  const uint8_t *values;             /* (rows, width) */
  const float *labels;               /* (rows,) */
  int64_t width;
  float scale;                       /* data = value * scale */
} mx_rows;

/* A batch of `count` rows, which takes mx_rows_tasks(count, width) tasks. */
typedef struct mx_rows_batch {
  const int64_t *samples;            /* (count,): which rows */
  int64_t count;
  float *data;                       /* (count, width) */
  float *labels;                     /* (count,) */
} mx_rows_batch;

int64_t mx_rows_tasks(int64_t count, int64_t width);

mx_crew_work mx_rows_work(const mx_rows *rows);

#endif
