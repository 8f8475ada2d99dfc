/* Random changes of an image's colours. */
#ifndef MX_COLOUR_H
#define MX_COLOUR_H

#include "mx_image_records.h"
#include "mx_random.h"

/* Change (count, channels) pixels in place, as the settings and what is drawn say. */
void mx_jitter_colours(const mx_augment *augment, mx_sequence *random, uint8_t *pixels,
                       int64_t count);

#endif
