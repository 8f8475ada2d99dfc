/* Decodes an image, as far as it is needed, and takes it the way that was planned.

   A JPEG that is only resized and cropped is decoded where the crop will lie, and no more; at half,
   a quarter or an eighth of its size where that is still as large as what it is resized to. */
#include "image.h"

#include "decode.h"
#include "mx_image.h"

#include <string.h>

enum { SUPPORT = 8 };                /* source pixels beside a window that a resize may look at */

/* A part of `image` resized to `whole`: rows from `top`, columns from `left`. */
static int resize_part(workshop *shop, view image, extent whole, int method, int64_t top,
                       int64_t left, extent part, view *result) {
  const int64_t channels = shop->records->augment.channels;
  uint8_t *pixels = mx_step_room(shop, part);
  if (!pixels) return MX_SAMPLE_MEMORY;
  *result = mx_view_of(pixels, part, channels);
  const mx_image from = image_of(image, channels), to = image_of(*result, channels);
  return mx_image_resize_part(&from, whole.height, whole.width, top, left, &to, method)
    ? MX_SAMPLE_MEMORY : MX_SAMPLE_OK;
}

int mx_resize_view(workshop *shop, view *image, extent size, int method) {
  if (mx_is_same(image->size, size)) return MX_SAMPLE_OK;
  return resize_part(shop, *image, size, method, 0, 0, size, image);
}

static int warp(workshop *shop, const geometry *plan, view *image) {
  const mx_augment *augment = &shop->records->augment;
  const double fill = (double)augment->fill_value, fills[4] = {fill, fill, fill, fill};
  uint8_t *pixels = mx_step_room(shop, plan->warped);
  if (!pixels) return MX_SAMPLE_MEMORY;
  const mx_image from = image_of(*image, augment->channels);
  *image = mx_view_of(pixels, plan->warped, augment->channels);
  const mx_image to = image_of(*image, augment->channels);
  return mx_image_warp_affine(&from, &to, plan->matrix, plan->warp_method, MX_IMAGE_CONSTANT, fills)
    ? MX_SAMPLE_MEMORY : MX_SAMPLE_OK;
}

static int pad(workshop *shop, view *image) {
  const mx_augment *augment = &shop->records->augment;
  const int64_t pad = augment->pad, channels = augment->channels;
  const extent size = {image->size.height + 2 * pad, image->size.width + 2 * pad};
  uint8_t *pixels = mx_step_room(shop, size);
  if (!pixels) return MX_SAMPLE_MEMORY;
  memset(pixels, (int)augment->fill_value, (size_t)(size.height * size.width * channels));
  const view padded = mx_view_of(pixels, size, channels);
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
  int status = mx_resize_view(shop, image, plan->resized, plan->resize_method);
  if (!status && plan->is_warped) status = warp(shop, plan, image);
  if (!status && augment->pad) status = pad(shop, image);
  if (!status) status = mx_resize_view(shop, image, plan->heightened, plan->enlarge_method);
  if (!status) status = mx_resize_view(shop, image, plan->enlarged, plan->enlarge_method);
  if (status) return status;
  *image = mx_cut(*image, plan->top, plan->left, plan->crop, channels);
  return mx_resize_view(shop, image, (extent){augment->height, augment->width}, plan->crop_method);
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
  return !plan->is_warped && !augment->pad && mx_is_same(plan->enlarged, plan->resized);
}

/* Decode the part that the crop of the resized image needs, and resize that. */
static int take_short_way(workshop *shop, const geometry *plan, const mx_jpeg_info *info,
                          view *image, mx_crew_error *error) {
  const mx_augment *augment = &shop->records->augment;
  const int64_t channels = augment->channels;
  const extent result = {augment->height, augment->width}, stored = {info->height, info->width};
  const int is_resized = !mx_is_same(plan->resized, stored);
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
  int status = mx_decode_window(shop, &window, image, error);
  if (!status && is_resized) {
    /* as if the whole image had been decoded; only what was is looked at.  It begins outside of what
       was, where no pointer may be formed by subtraction. */
    const uintptr_t begin = (uintptr_t)image->pixels
                            - (uintptr_t)(window.top * image->stride + window.left * channels);
    const view whole = {(const uint8_t *)begin, scaled, image->stride};
    status = resize_part(shop, whole, plan->resized, plan->resize_method, plan->top, plan->left,
                         plan->crop, image);
  }
  return status ? status : mx_resize_view(shop, image, result, plan->crop_method);
}

int mx_make_crop(workshop *shop, const uint8_t *bytes, int64_t size, mx_sequence *random,
                 view *crop, mx_crew_error *error) {
  const mx_augment *augment = &shop->records->augment;
  encoded image;
  geometry plan;
  int status = mx_open_image(shop, bytes, size, &image, error);
  if (status) return status;
  error->numbers[2] = image.size.height;
  error->numbers[3] = image.size.width;
  status = mx_plan_geometry(augment, image.size, random, &plan);
  if (status) return status;
  if (image.is_jpeg && image.info.orientation == 1 && is_short(augment, &plan)) {
    return take_short_way(shop, &plan, &image.info, crop, error);
  }
  if (image.is_jpeg) status = mx_decode_whole(shop, &image.info, crop, error);
  else *crop = image.pixels;
  return status ? status : take_all_steps(shop, &plan, crop);
}
