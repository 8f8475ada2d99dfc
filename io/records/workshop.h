/* What a thread works with: views of pixels, and buffers that are used again. */
#ifndef MX_WORKSHOP_H
#define MX_WORKSHOP_H

#include "geometry.h"
#include "mx_image.h"

typedef struct view {
  const uint8_t *pixels;
  extent size;
  int64_t stride;                    /* bytes from a row to the next */
} view;

typedef struct buffer {
  uint8_t *bytes;
  int64_t capacity;
} buffer;

/* What one thread has. */
typedef struct workshop {
  const mx_image_records *records;
  mx_rec_reader *reader;
  mx_jpeg_decoder *jpeg;             /* NULL: there is no library */
  void *keep;                        /* of the other decoder */
  buffer decoded, turned, steps[2];
  int step;                          /* the buffer that was filled last */
  int is_doubtful;                   /* the JPEG library made up pixels of this image */
} workshop;

static inline mx_image image_of(view view, int64_t channels) {
  return (mx_image){(uint8_t *)(uintptr_t)view.pixels, view.size.height, view.size.width, channels,
                    view.stride, MX_IMAGE_U8};
}

static inline view mx_view_of(const uint8_t *pixels, extent size, int64_t channels) {
  return (view){pixels, size, size.width * channels};
}

static inline view mx_cut(view image, int64_t top, int64_t left, extent size, int64_t channels) {
  return (view){image.pixels + top * image.stride + left * channels, size, image.stride};
}

static inline int mx_is_same(extent a, extent b) {
  return a.height == b.height && a.width == b.width;
}

/* NULL: no memory, or no JPEG decoder though there is a library. */
workshop *mx_workshop_new(const mx_image_records *records);
void mx_workshop_free(workshop *shop);

/* Room for the pixels of an image; NULL: no memory. */
uint8_t *mx_room(buffer *buffer, extent size, int64_t channels);

/* The same in the one of `steps` that was not filled last; NULL also for more than 4 GiB, which
   some systems promise but do not have. */
uint8_t *mx_step_room(workshop *shop, extent size);

#endif
