/* An encoded image to pixels: a JPEG by the library, all else by the other decoder. */
#include "decode.h"

#include <stdio.h>
#include <string.h>

static int decode_other(workshop *shop, const uint8_t *bytes, int64_t size, view *image,
                        mx_crew_error *error) {
  const mx_image_records *records = shop->records;
  const mx_other_decoder *other = &records->other;
  if (shop->keep) other->release(shop->keep);
  shop->keep = NULL;
  extent found;
  const uint8_t *pixels;
  if (!other->decode(other->context, bytes, size, records->augment.channels, &shop->keep, &pixels,
                     &found.height, &found.width, error->message)) {
    return MX_SAMPLE_PIXELS;
  }
  *image = mx_view_of(pixels, found, records->augment.channels);
  return MX_SAMPLE_OK;
}

static int jpeg_status(workshop *shop, int status, mx_crew_error *error) {
  if (status != MX_JPEG_DAMAGED) return status ? MX_SAMPLE_MEMORY : MX_SAMPLE_OK;
  snprintf(error->message, MX_CREW_MESSAGE, "%s", mx_jpeg_message(shop->jpeg));
  return MX_SAMPLE_PIXELS;
}

int mx_decode_window(workshop *shop, const mx_jpeg_window *window, view *image,
                     mx_crew_error *error) {
  const int64_t channels = shop->records->augment.channels;
  const extent size = {window->height, window->width};
  uint8_t *pixels = mx_room(&shop->decoded, size, channels);
  if (!pixels) return MX_SAMPLE_MEMORY;
  *image = mx_view_of(pixels, size, channels);
  int64_t warnings = 0;
  const int status = mx_jpeg_decode(shop->jpeg, window, channels, pixels, image->stride, &warnings);
  shop->is_doubtful |= warnings > 0;
  return jpeg_status(shop, status, error);
}

/* EXIF's orientations: 5 to 8 swap height and width, and each flips rows, columns, or both. */
static int turn(workshop *shop, int orientation, view *image) {
  const int64_t channels = shop->records->augment.channels;
  const int is_swapped = orientation >= 5;
  const int flips_rows = orientation == 3 || orientation == 4 || orientation >= 7;
  const int flips_columns = orientation == 2 || orientation == 3 || orientation == 6
                            || orientation == 7;
  const extent old = image->size;
  const extent size = is_swapped ? (extent){old.width, old.height} : old;
  uint8_t *pixels = mx_room(&shop->turned, size, channels);
  if (!pixels) return MX_SAMPLE_MEMORY;
  for (int64_t h = 0; h < size.height; h++) {
    for (int64_t w = 0; w < size.width; w++) {
      const int64_t y = flips_rows ? size.height - 1 - h : h;
      const int64_t x = flips_columns ? size.width - 1 - w : w;
      const uint8_t *from = image->pixels + (is_swapped ? x * image->stride + y * channels
                                                        : y * image->stride + x * channels);
      memcpy(pixels + (h * size.width + w) * channels, from, (size_t)channels);
    }
  }
  *image = mx_view_of(pixels, size, channels);
  return MX_SAMPLE_OK;
}

static int is_jpeg(const workshop *shop, const uint8_t *bytes, int64_t size) {
  return shop->jpeg && shop->records->augment.channels <= 3 && size > 3 && bytes[0] == 0xff
         && bytes[1] == 0xd8 && bytes[2] == 0xff;
}

int mx_decode_whole(workshop *shop, const mx_jpeg_info *info, view *image,
                    mx_crew_error *error) {
  const mx_jpeg_window all = {8, 0, 0, info->height, info->width};
  const int status = mx_decode_window(shop, &all, image, error);
  return status || info->orientation == 1 ? status : turn(shop, info->orientation, image);
}

int mx_open_image(workshop *shop, const uint8_t *bytes, int64_t size, encoded *image,
                  mx_crew_error *error) {
  shop->is_doubtful = 0;
  image->is_jpeg = is_jpeg(shop, bytes, size);
  if (image->is_jpeg) {
    mx_jpeg_info *info = &image->info;
    const int status = jpeg_status(shop, mx_jpeg_start(shop->jpeg, bytes, size, info), error);
    if (status) return status;
    image->size = info->orientation >= 5 ? (extent){info->width, info->height}
                                         : (extent){info->height, info->width};
    if (info->channels != 4) return MX_SAMPLE_OK;
  }
  image->is_jpeg = 0;
  const int status = decode_other(shop, bytes, size, &image->pixels, error);
  if (!status) image->size = image->pixels.size;
  return status;
}
