/* Decodes an image, as far as it is needed, and takes it the way that was planned.

   A JPEG that is only resized and cropped is decoded where the crop will lie, and no more; at half,
   a quarter or an eighth of its size where that is still as large as what it is resized to. */
#include "image.h"

#include "mx_image.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { SUPPORT = 8 };                /* source pixels beside a window that a resize may look at */

uint8_t *mx_room(buffer *buffer, int64_t pixels, int64_t channels) {
  if (pixels * channels > buffer->capacity) {
    free(buffer->bytes);
    buffer->bytes = malloc((size_t)(pixels * channels));
    buffer->capacity = buffer->bytes ? pixels * channels : 0;
  }
  return buffer->bytes;
}

static uint8_t *step_room(workshop *shop, extent size) {
  shop->step = !shop->step;
  return mx_room(&shop->steps[shop->step], size.height * size.width,
                 shop->records->augment.channels);
}

static view view_of(const uint8_t *pixels, extent size, int64_t channels) {
  return (view){pixels, size, size.width * channels};
}

static view cut(view image, int64_t top, int64_t left, extent size, int64_t channels) {
  return (view){image.pixels + top * image.stride + left * channels, size, image.stride};
}

static int is_same(extent a, extent b) { return a.height == b.height && a.width == b.width; }

/* A part of `image` resized to `whole`: rows from `top`, columns from `left`. */
static int resize_part(workshop *shop, view image, extent whole, int method, int64_t top,
                       int64_t left, extent part, view *result) {
  const int64_t channels = shop->records->augment.channels;
  uint8_t *pixels = step_room(shop, part);
  if (!pixels) return MX_SAMPLE_MEMORY;
  *result = view_of(pixels, part, channels);
  const mx_image from = image_of(image, channels), to = image_of(*result, channels);
  return mx_image_resize_part(&from, whole.height, whole.width, top, left, &to, method)
    ? MX_SAMPLE_MEMORY : MX_SAMPLE_OK;
}

static int resize(workshop *shop, view *image, extent size, int method) {
  if (is_same(image->size, size)) return MX_SAMPLE_OK;
  return resize_part(shop, *image, size, method, 0, 0, size, image);
}

static int warp(workshop *shop, const geometry *plan, view *image) {
  const mx_augment *augment = &shop->records->augment;
  const double fill = (double)augment->fill_value, fills[4] = {fill, fill, fill, fill};
  uint8_t *pixels = step_room(shop, plan->warped);
  if (!pixels) return MX_SAMPLE_MEMORY;
  const mx_image from = image_of(*image, augment->channels);
  *image = view_of(pixels, plan->warped, augment->channels);
  const mx_image to = image_of(*image, augment->channels);
  return mx_image_warp_affine(&from, &to, plan->matrix, plan->warp_method, MX_IMAGE_CONSTANT, fills)
    ? MX_SAMPLE_MEMORY : MX_SAMPLE_OK;
}

static int pad(workshop *shop, view *image) {
  const mx_augment *augment = &shop->records->augment;
  const int64_t pad = augment->pad, channels = augment->channels;
  const extent size = {image->size.height + 2 * pad, image->size.width + 2 * pad};
  uint8_t *pixels = step_room(shop, size);
  if (!pixels) return MX_SAMPLE_MEMORY;
  memset(pixels, (int)augment->fill_value, (size_t)(size.height * size.width * channels));
  const view padded = view_of(pixels, size, channels);
  for (int64_t h = 0; h < image->size.height; h++) {
    memcpy(pixels + (h + pad) * padded.stride + pad * channels,
           image->pixels + h * image->stride, (size_t)(image->size.width * channels));
  }
  *image = padded;
  return MX_SAMPLE_OK;
}

/* All steps, over the whole image. */
static int take_all_steps(workshop *shop, const geometry *plan, view *image) {
  const mx_augment *augment = &shop->records->augment;
  const int64_t channels = augment->channels;
  int status = resize(shop, image, plan->resized, plan->resize_method);
  if (!status && plan->is_warped) status = warp(shop, plan, image);
  if (!status && augment->pad) status = pad(shop, image);
  if (!status) status = resize(shop, image, plan->heightened, plan->enlarge_method);
  if (!status) status = resize(shop, image, plan->enlarged, plan->enlarge_method);
  if (status) return status;
  *image = cut(*image, plan->top, plan->left, plan->crop, channels);
  return resize(shop, image, (extent){augment->height, augment->width}, plan->crop_method);
}

/* ---------------------------------------------------------------- decoding */

static int other_image(workshop *shop, const uint8_t *bytes, int64_t size, view *image,
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
  *image = view_of(pixels, found, records->augment.channels);
  return MX_SAMPLE_OK;
}

static int jpeg_status(workshop *shop, int status, mx_crew_error *error) {
  if (status != MX_JPEG_DAMAGED) return status ? MX_SAMPLE_MEMORY : MX_SAMPLE_OK;
  snprintf(error->message, MX_CREW_MESSAGE, "%s", mx_jpeg_message(shop->jpeg));
  return MX_SAMPLE_PIXELS;
}

/* A window of the JPEG that was started. */
static int decode_window(workshop *shop, const mx_jpeg_window *window, view *image,
                         mx_crew_error *error) {
  const int64_t channels = shop->records->augment.channels;
  const extent size = {window->height, window->width};
  uint8_t *pixels = mx_room(&shop->decoded, size.height * size.width, channels);
  if (!pixels) return MX_SAMPLE_MEMORY;
  *image = view_of(pixels, size, channels);
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
  uint8_t *pixels = mx_room(&shop->turned, size.height * size.width, channels);
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
  *image = view_of(pixels, size, channels);
  return MX_SAMPLE_OK;
}

/* ---------------------------------------------------------------- the short way */

/* Where a window of the resized image comes from, along one axis, with some pixels more. */
static void source_range(int64_t from, int64_t to, int64_t begin, int64_t length,
                         int64_t *source_begin, int64_t *source_length) {
  const double ratio = (double)from / (double)to;
  const int64_t beside = SUPPORT + (int64_t)ratio;
  int64_t low = (int64_t)((double)begin * ratio) - beside;
  int64_t high = (int64_t)((double)(begin + length) * ratio) + beside + 1;
  low = low < 0 ? 0 : low;
  high = high > from ? from : high;
  *source_begin = low;
  *source_length = high - low;
}

/* Whether all that happens to the image is a resize and a crop. */
static int is_short(const mx_augment *augment, const geometry *plan) {
  return !plan->is_warped && !augment->pad && is_same(plan->enlarged, plan->resized);
}

/* Decode the part that the crop of the resized image needs, and resize that. */
static int take_short_way(workshop *shop, const geometry *plan, const mx_jpeg_info *info,
                          view *image, mx_crew_error *error) {
  const mx_augment *augment = &shop->records->augment;
  const int64_t channels = augment->channels;
  const extent result = {augment->height, augment->width}, stored = {info->height, info->width};
  const int is_resized = !is_same(plan->resized, stored);
  mx_jpeg_window window = {8, plan->top, plan->left, plan->crop.height, plan->crop.width};
  extent scaled = stored;
  if (is_resized) {
    window.eighths = mx_jpeg_eighths(info, plan->resized.height, plan->resized.width);
    scaled = (extent){mx_jpeg_scaled(stored.height, window.eighths),
                      mx_jpeg_scaled(stored.width, window.eighths)};
    source_range(scaled.height, plan->resized.height, plan->top, plan->crop.height, &window.top,
                 &window.height);
    source_range(scaled.width, plan->resized.width, plan->left, plan->crop.width, &window.left,
                 &window.width);
  }
  int status = decode_window(shop, &window, image, error);
  if (!status && is_resized) {
    /* as if the whole image had been decoded; only what was is looked at */
    const view whole = {image->pixels - window.top * image->stride - window.left * channels,
                        scaled, image->stride};
    status = resize_part(shop, whole, plan->resized, plan->resize_method, plan->top, plan->left,
                         plan->crop, image);
  }
  return status ? status : resize(shop, image, result, plan->crop_method);
}

static int is_jpeg(const workshop *shop, const uint8_t *bytes, int64_t size) {
  return shop->jpeg && shop->records->augment.channels <= 3 && size > 3 && bytes[0] == 0xff
         && bytes[1] == 0xd8 && bytes[2] == 0xff;
}

/* Decode all of it, upright. */
static int decode_whole(workshop *shop, const mx_jpeg_info *info, view *image,
                        mx_crew_error *error) {
  const mx_jpeg_window all = {8, 0, 0, info->height, info->width};
  const int status = decode_window(shop, &all, image, error);
  return status || info->orientation == 1 ? status : turn(shop, info->orientation, image);
}

static int plan_geometry(workshop *shop, extent size, mx_sequence *random, geometry *plan,
                         mx_crew_error *error) {
  error->numbers[2] = size.height;
  error->numbers[3] = size.width;
  return mx_plan_geometry(&shop->records->augment, size, random, plan);
}

static int crop_jpeg(workshop *shop, const mx_jpeg_info *info, mx_sequence *random, view *crop,
                     mx_crew_error *error) {
  const int is_swapped = info->orientation >= 5;
  const extent upright = is_swapped ? (extent){info->width, info->height}
                                    : (extent){info->height, info->width};
  geometry plan;
  int status = plan_geometry(shop, upright, random, &plan, error);
  if (status) return status;
  if (info->orientation == 1 && is_short(&shop->records->augment, &plan)) {
    return take_short_way(shop, &plan, info, crop, error);
  }
  status = decode_whole(shop, info, crop, error);
  return status ? status : take_all_steps(shop, &plan, crop);
}

int mx_make_crop(workshop *shop, const uint8_t *bytes, int64_t size, mx_sequence *random,
                 view *crop, mx_crew_error *error) {
  shop->is_doubtful = 0;
  if (is_jpeg(shop, bytes, size)) {
    mx_jpeg_info info;
    const int status = jpeg_status(shop, mx_jpeg_start(shop->jpeg, bytes, size, &info), error);
    if (status) return status;
    if (info.channels != 4) return crop_jpeg(shop, &info, random, crop, error);
  }
  geometry plan;
  int status = other_image(shop, bytes, size, crop, error);
  if (!status) status = plan_geometry(shop, crop->size, random, &plan, error);
  return status ? status : take_all_steps(shop, &plan, crop);
}
