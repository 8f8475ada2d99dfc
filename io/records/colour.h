/* Random changes of an image's colours. */
#ifndef MX_COLOUR_H
#define MX_COLOUR_H

#include "mx_image_records.h"
#include "mx_random.h"

/* Change (count, channels) pixels in place, as the settings and what is drawn say. */
void mx_jitter_colours(const mx_augment *augment, mx_sequence *random, uint8_t *pixels,
                       int64_t count);

/* Shift hue (of 180), saturation and lightness (of 255) of (count, 3) pixels in place. */
void mx_shift_hls(uint8_t *pixels, int64_t count, int64_t hue, int64_t saturation,
                  int64_t lightness);

/* byte * factor + offset, rounded, in place. */
void mx_scale_bytes(uint8_t *bytes, int64_t size, double factor, double offset);

#endif
