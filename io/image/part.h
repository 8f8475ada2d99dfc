/* Three channels that lie side by side, parted. */
#ifndef MX_IMAGE_PART_H
#define MX_IMAGE_PART_H

#include <stdint.h>

void part_three(const uint8_t *pixels, int64_t count, uint8_t *first, uint8_t *second,
                uint8_t *third);

#endif
