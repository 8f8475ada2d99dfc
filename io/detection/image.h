/* The pixels of a planned image. */
#ifndef MX_DET_IMAGE_H
#define MX_DET_IMAGE_H

#include "../records/decode.h"
#include "plan.h"

/* The image that was begun, as planned: (channels, height, width) of the batch, in the workshop. */
int mx_make_detection(workshop *shop, const encoded *image, const det_plan *plan, view *result,
                      mx_crew_error *error);

#endif
