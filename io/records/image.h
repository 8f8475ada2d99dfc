/* An encoded image to a crop of pixels, by way of buffers that are used again. */
#ifndef MX_RECORDS_IMAGE_H
#define MX_RECORDS_IMAGE_H

#include "workshop.h"

/* Into another step; nothing is done to an image of that size. */
int mx_resize_view(workshop *shop, view *image, extent size, int method);

/* The crop of the result's size of an encoded image, with what is drawn. */
int mx_make_crop(workshop *shop, const uint8_t *bytes, int64_t size, mx_sequence *random,
                 view *crop, mx_crew_error *error);

#endif
