/* Convolution whose groups have one channel of data each, and its gradients: nothing is summed
 * over channels, so there are no matrices to multiply.  The plan is that of conv_general.c: a
 * channel is copied, padded and in phases, and then a tap of the window is a shift of the copy.
 * Here a task copies one channel at a time, which stays in the cache while all taps go over it. */
#include <math.h>
#include <string.h>

#include "conv_plan.h"

typedef struct {
  conv_plan plan;
  void *const *ptr;
  const row_finish *finish;
  conv_part *parts;
  int64_t *offset, *number;    /* of the taps, part by part: in the copy, in the window */
  char *slices;                /* of the tasks, slice_bytes each */
  int64_t tasks, slice_bytes;
} depthwise_job;

enum {
  MOST_TASKS = 16,
  SLACK = 64,                  /* elements that a span may read or write past the end */
};

static void list_parts(depthwise_job *job) {
  const conv_plan *p = &job->plan;
  int64_t before = 0;
  for (int64_t i = 0; i < p->num_parts; i++) {
    job->parts[i] = part_at(p, i);
    job->parts[i].taps_before = before;
    list_taps(p, &job->parts[i], job->offset + before * p->in, NULL);
    list_taps(p, &job->parts[i], NULL, job->number + before);
    before += job->parts[i].taps;
  }
}

/* Where the part begins in a channel's copy, and how far it reaches. */
static inline int64_t start_of(const conv_plan *p, const conv_part *part) {
  return (part->start[0] * p->length[1] + part->start[1]) * p->length[2] + part->start[2];
}

static inline int64_t extent_of(const conv_plan *p, const conv_part *part) {
  return ((part->count[0] - 1) * p->length[1] + part->count[1] - 1) * p->length[2] +
         part->count[2];
}

#define MX_BODY "conv_depthwise_impl.h"
#include "mx_each_float.h"
