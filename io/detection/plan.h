/* What is drawn for an image, and where its pixels go. */
#ifndef MX_DET_PLAN_H
#define MX_DET_PLAN_H

#include "../records/geometry.h"
#include "boxes.h"

typedef struct det_plan {
  extent resized;                    /* the size after `resize` */
  int64_t hue, saturation, lightness;            /* shifts */
  double contrast;                   /* a factor */
  int is_mirrored;
  extent padded;
  int64_t image_top, image_left;     /* where the image is, in the padded one */
  extent crop;
  int64_t top, left;                 /* of the crop, in the padded image */
  extent result;                     /* what the crop is resized to; at the upper left */
  int resize_method, result_method;
} det_plan;

/* Draws in a fixed order, and moves the boxes along.  order: (num_samplers,); room: as large as the
   boxes. */
void mx_plan_detection(const mx_det_records *records, extent image, mx_sequence *random,
                       boxes *boxes, int64_t *order, float *room, det_plan *plan);

#endif
