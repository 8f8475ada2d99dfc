/* Sums across a row of bytes, for as many pixels from table->inner on as there are instructions
   for; gives the first pixel not done.  Up to 16 bytes behind the last sum are written as well. */
#ifndef MX_IMAGE_RESIZE_X86_H
#define MX_IMAGE_RESIZE_X86_H

#include "resize.h"

int64_t linear_x86(int16_t *sums, const uint8_t *row, const resize_taps *table, int64_t width,
                   int64_t channels);
int64_t taps_x86(int32_t *sums, const uint8_t *row, const resize_taps *table, int64_t width,
                 int64_t channels);

#endif
