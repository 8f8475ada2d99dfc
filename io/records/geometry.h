/* Where the pixels of an augmented image come from. */
#ifndef MX_GEOMETRY_H
#define MX_GEOMETRY_H

#include "mx_image_records.h"
#include "mx_random.h"

typedef struct extent {
  int64_t height, width;             /* pixels */
} extent;

/* The steps from an image to a crop of the size of the result. */
typedef struct geometry {
  extent resized;                    /* the size after `resize` */
  int is_warped;
  double matrix[6];                  /* from (x, y) of the resized to that of the warped image */
  extent warped;
  extent heightened, enlarged;       /* as warped and padded, or first as high as the crop, if it is
                                        lower, and then as wide; two steps, as in MXNet */
  int64_t top, left;                 /* the crop, in the enlarged image */
  extent crop;                       /* resized to the result, if it is not of that size */
  int resize_method, warp_method, enlarge_method, crop_method;
} geometry;

/* MX_IMAGE_OK, or MX_IMAGE_CROP where the crop does not fit. */
int mx_plan_geometry(const mx_augment *augment, extent image, mx_sequence *random,
                     geometry *plan);

/* The size after `resize`. */
extent mx_plan_resize(const mx_augment *augment, extent image);

/* How to interpolate. */
int mx_resize_method(const mx_augment *augment, extent from, extent to, mx_sequence *random);

double mx_draw(mx_sequence *random, double low, double high);          /* uniform */
int64_t mx_draw_integer(mx_sequence *random, int64_t low, int64_t high);   /* both included */

#endif
