/* Records of images to batches of arrays: read, decode, augment, normalise.

   What is random about an image depends on (seed, epoch, number of the record) alone, so any number
   of threads makes the same batches.  Images are rows of pixels of bytes, red first. */
#ifndef MX_IMAGE_RECORDS_H
#define MX_IMAGE_RECORDS_H

#include "mx_crew.h"
#include "mx_jpeg.h"
#include "mx_recordio.h"

/* What is done to an image, in this order, as MXNet's ImageRecordIter does it; its parameters have
   the same names there. */
typedef struct mx_augment {
  int64_t channels, height, width;   /* of the result */
  int64_t resize;                    /* pixels of the shorter edge; -1: as it is */
  int64_t inter_method;              /* 0 to 4; 9: by the sizes; 10: random */
  /* an affine transform */
  int64_t max_rotate_angle, rotate;  /* degrees; rotate -1: random */
  double max_shear_ratio;
  double min_aspect_ratio, max_aspect_ratio;
  double min_random_scale, max_random_scale;
  double min_img_size, max_img_size;
  int64_t fill_value, pad;
  /* a crop */
  int64_t rand_crop, random_resized_crop;
  int64_t min_crop_size, max_crop_size;          /* -1: the size of the result */
  double min_random_area, max_random_area;
  /* colours */
  double brightness, contrast, saturation, pca_noise;
  int64_t random_h, random_s, random_l;
  /* the result */
  int64_t mirror, rand_mirror;
  double max_random_contrast, max_random_illumination, scale;
  double mean[4], std[4];
  const float *mean_image;           /* (channels, height, width), instead of `mean`; or NULL */
} mx_augment;

/* Decodes what the JPEG library does not: pixels (height, width, channels), upright, which `keep`
   owns until it is released; or 0, and a message of at most MX_CREW_MESSAGE bytes. */
typedef struct mx_other_decoder {
  void *context;
  int (*decode)(void *context, const void *bytes, int64_t size, int64_t channels, void **keep,
                const uint8_t **pixels, int64_t *height, int64_t *width, char *message);
  void (*release)(void *keep);
} mx_other_decoder;

typedef struct mx_image_records {
  mx_rec_source source;
  const int64_t *offsets;            /* bytes; of record 0, 1, ... */
  const mx_jpeg_library *jpeg;       /* NULL: `other` decodes all */
  mx_other_decoder other;
  mx_augment augment;
  uint64_t seed;
  int dtype;                         /* of the result, as in mx_image.h */
  int64_t label_width;
  int64_t list_size;                 /* of an image list, whose labels replace those of records */
  const uint64_t *list_ids;          /* ascending; or NULL */
  const float *list_labels;          /* (list_size, label_width) */
} mx_image_records;

/* A batch of `count` samples, and where they go. */
typedef struct mx_image_batch {
  const int64_t *records;            /* numbers of the records */
  const uint64_t *epochs;            /* of each sample */
  void *data;                        /* (count, channels, height, width) */
  float *labels;                     /* (count, label_width) */
  uint64_t *ids;                     /* (count,), of the records' headers */
  uint8_t *doubtful;                 /* (count,); 1: a JPEG with pixels made up for missing bytes */
} mx_image_batch;

/* Why there is no image.  numbers[0]: the record's number, numbers[1]: its offset. */
enum {
  MX_SAMPLE_OK,
  MX_SAMPLE_RECORD,                   /* a damaged record: numbers[2] is the status of mx_recordio,
                                        `message` holds an mx_rec_error */
  MX_SAMPLE_MEMORY,
  MX_SAMPLE_SHORT,                    /* no room for a header of numbers[3] bytes */
  MX_SAMPLE_LABELS,                   /* numbers[3] labels */
  MX_SAMPLE_NOT_LISTED,               /* id numbers[3] is not in the list */
  MX_SAMPLE_PIXELS,                   /* no image: `message` says why */
  MX_SAMPLE_CROP                      /* an image of numbers[2] x numbers[3] is too small */
};

/* Where the records of a file begin, in memory that the caller frees; without reading what lies
   between their headers. */
int mx_scan_records(const mx_rec_source *source, int64_t **offsets, int64_t *count,
                    mx_rec_error *error);

/* What a crew of threads does for a batch, a task a sample; `records` must outlive the crew. */
mx_crew_work mx_image_records_work(const mx_image_records *records);

#endif
