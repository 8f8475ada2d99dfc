/* The objects of an image. */
#ifndef MX_BOXES_H
#define MX_BOXES_H

#include "mx_detection.h"

enum { CLASS, LEFT, TOP, RIGHT, BOTTOM };        /* of an object's floats; others may follow */

typedef struct boxes {
  float *values;                     /* (count, width) */
  int64_t count, width;
} boxes;

typedef struct rectangle {
  float left, top, width, height;    /* of the image's */
} rectangle;

/* Find the objects among an image's labels, in place; those without an area are left out. */
int mx_find_boxes(float *labels, int64_t count, int64_t *header_width, boxes *found,
                  mx_crew_error *error);

void mx_mirror_boxes(boxes *boxes);

/* As parts of a rectangle that holds the whole image. */
void mx_pad_boxes(boxes *boxes, rectangle outside);

/* As parts of a cut, without the objects that it loses; `room` is as large as `boxes`.  0: the cut
   does not fit the objects, and nothing is changed. */
int mx_crop_boxes(boxes *boxes, rectangle cut, const mx_det_sampler *sampler,
                  const mx_det_augment *augment, float *room);

#endif
