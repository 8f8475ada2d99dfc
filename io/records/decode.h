/* An encoded image to pixels. */
#ifndef MX_DECODE_H
#define MX_DECODE_H

#include "workshop.h"

/* One that was begun: a JPEG, or the pixels of another image. */
typedef struct encoded {
  int is_jpeg;
  mx_jpeg_info info;
  view pixels;
  extent size;                       /* upright */
} encoded;

int mx_open_image(workshop *shop, const uint8_t *bytes, int64_t size, encoded *image,
                  mx_crew_error *error);

/* A window of the JPEG that was begun, as it is stored. */
int mx_decode_window(workshop *shop, const mx_jpeg_window *window, view *image,
                     mx_crew_error *error);

/* All of the JPEG that was begun, upright. */
int mx_decode_whole(workshop *shop, const mx_jpeg_info *info, view *image, mx_crew_error *error);

#endif
