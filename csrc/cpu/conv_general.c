/* Convolution of any window as matrix products, and its gradients.  conv_plan.h tells how. */
#include <string.h>

#include "conv_plan.h"

enum {
  PART_WORK = 1 << 19,      /* multiply-adds that are worth a task */
  MOST_CHUNKS = 16,
  A_BYTES = 1 << 19,        /* of packed weights a task goes over: they stay in L2 */
  MOST_PANELS = 8,          /* of output channels in a task */
  BLOCK_K = 256,
  LONG_BLOCK_K = 1024,      /* where rows of the weight are read as they lie: fewer breaks */
  COPY_BYTES = 4 << 20,     /* of padded images made at a time */
  COLUMN_BYTES = 8 << 20,   /* of columns gathered at a time */
  FEW_CHANNELS = 32,        /* of the result: not worth to gather columns for */
  COPY_SLACK = 64,          /* elements that the last panel of columns reads past the copies */
  LINE_PIXELS = 4096,       /* of dy that stay in L2 */
  WIDE_ROW = 40,            /* of outputs: a vector may be left alone */
  FEW_PANELS = 8, MANY_ROWS = 4,   /* of columns; of the weight, for each column */
};

typedef struct {
  conv_plan plan;
  void *const *ptr;
  const row_finish *finish;
  void *weight, *image, *dy, *sum;   /* scratch: packed weight, copy, packed dy, dw transposed */
  void *columns;                     /* scratch: of small images, [panel][k][COLS]; or NULL */
  int64_t *offset, *number, *line;   /* scratch: of taps, in the copy and in the window; of lines */
  int64_t batch;                     /* images to work on at a time, at most */
  int64_t first, images;             /* those worked on now */
  int64_t blocks, block_rows, chunks;
  int64_t column_panels;             /* of a part, at most; 0: none are gathered */
  int packs;                         /* the weight; else it is read where it lies */
} conv_job;

#define MX_BODY "conv_general_impl.h"
#include "mx_each_float.h"
