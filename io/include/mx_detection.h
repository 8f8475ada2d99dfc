/* Records of images with boxes to batches, as MXNet's ImageDetRecordIter makes them.

   The labels of a record are the number of floats of this header, that of an object, what else the
   header holds, and the objects: class, left, top, right, bottom (0 to 1, of the image), more. */
#ifndef MX_DETECTION_H
#define MX_DETECTION_H

#include "mx_image_records.h"

/* Draws boxes to cut out.  One must fit at least one object in all three ways. */
typedef struct mx_det_sampler {
  double min_scale, max_scale;       /* edges of a square of the box's area, of the image's edges */
  double min_aspect, max_aspect;     /* width / height, of pixels */
  double min_overlap, max_overlap;   /* intersection / union */
  double min_sample_coverage, max_sample_coverage;           /* intersection / cut */
  double min_object_coverage, max_object_coverage;           /* intersection / object */
  double trials;
} mx_det_sampler;

enum { MX_DET_FORCE, MX_DET_FIT, MX_DET_SHRINK };

/* What is done to an image and its boxes, in this order, after it has been resized; MXNet's
   parameters have the same names. */
typedef struct mx_det_augment {
  int64_t max_random_hue, max_random_saturation, max_random_illumination;
  double random_hue_prob, random_saturation_prob, random_illumination_prob;
  double max_random_contrast, random_contrast_prob;
  double rand_mirror_prob;
  double rand_pad_prob, max_pad_scale;
  double rand_crop_prob;
  int64_t num_samplers;
  const mx_det_sampler *samplers;
  int64_t keeps_by_overlap;          /* else the objects whose centres are in the crop */
  double emit_overlap_thresh;
  int64_t resize_mode;
} mx_det_augment;

typedef struct mx_det_records {
  /* Of its `augment`, what resizes, fills and normalises counts; std 0 does not divide.  The labels
     of a listed id are list_labels[list_starts[i]] to list_labels[list_starts[i + 1] - 1]. */
  const mx_image_records *images;
  const int64_t *list_starts;
  int64_t label_width;               /* of each record; below 1: any */
  int64_t label_pad_width;
  float label_pad_value;
  mx_det_augment augment;
} mx_det_records;

enum { MX_DET_PREFIX = 4 };          /* channels, height, width and number of labels come first */

/* Why there are no boxes, beside what mx_image_records.h has.  numbers[3]: how many labels there are;
   `message` holds the number that was found. */
enum {
  MX_DET_FEW = 100,                  /* too few labels for a header and an object */
  MX_DET_HEADER,                     /* a header of that many */
  MX_DET_OBJECT,                     /* objects of that many */
  MX_DET_REST,                       /* so many labels too many */
  MX_DET_WIDE,                       /* more than label_pad_width */
  MX_DET_OTHER_WIDTH                 /* other than label_width */
};

/* The most labels of a record, and the number of the first that has them; records that cannot be
   read do not count. */
int64_t mx_det_most_labels(const mx_rec_source *source, const int64_t *offsets, int64_t count,
                           int64_t *record);

/* Fills batches of mx_image_records.h; labels: (count, MX_DET_PREFIX + label_pad_width). */
mx_crew_work mx_det_records_work(const mx_det_records *records);

#endif
