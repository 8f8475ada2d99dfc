/* Takes an image the way that was planned.

   Only what the crop shows of it is coloured and turned round.  A JPEG is decoded there alone, and
   at half, a quarter or an eighth of its size where that is still large enough. */
#include "image.h"

#include "../records/colour.h"
#include "../records/image.h"
#include "mx_size.h"

#include <string.h>

enum { MORE = 2 };       /* pixels of a scaled crop, which begins at a whole one, for each of the
                            result */

typedef struct window {
  int64_t top, left;
  extent size;
} window;

static void cut_range(int64_t image, int64_t at, int64_t begin, int64_t length, int64_t *first,
                      int64_t *count) {
  const int64_t low = begin > at ? begin - at : 0;
  const int64_t high = begin + length - at < image ? begin + length - at : image;
  *first = low;
  *count = high > low ? high - low : 0;
}

/* What the crop shows of the image, before it is mirrored. */
static window find_visible(const det_plan *plan) {
  window seen;
  cut_range(plan->resized.height, plan->image_top, plan->top, plan->crop.height, &seen.top,
            &seen.size.height);
  cut_range(plan->resized.width, plan->image_left, plan->left, plan->crop.width, &seen.left,
            &seen.size.width);
  if (plan->is_mirrored) seen.left = plan->resized.width - seen.left - seen.size.width;
  return seen;
}

static int64_t scaled(int64_t length, int eighths) { return (length * eighths + 4) / 8; }

/* The part of a JPEG that is seen, at a size from which the result can be made. */
static mx_jpeg_window plan_window(const det_plan *plan, const mx_jpeg_info *info, window seen) {
  mx_jpeg_window part = {8, seen.top, seen.left, seen.size.height, seen.size.width};
  const extent stored = {info->height, info->width};
  const int is_whole = mx_is_same(seen.size, stored);
  const int64_t more = is_whole ? 1 : MORE;
  if (!mx_is_same(seen.size, plan->crop)) return part;       /* beside it are pixels of a border */
  const int64_t high = seen.size.height, wide = seen.size.width;
  const int64_t height = mx_ceil_div(stored.height * more * plan->result.height, high);
  const int64_t width = mx_ceil_div(stored.width * more * plan->result.width, wide);
  if (height > stored.height || width > stored.width) return part;
  const int eighths = mx_jpeg_eighths(info, height, width);
  if (is_whole) {
    return (mx_jpeg_window){eighths, 0, 0, mx_jpeg_scaled(stored.height, eighths),
                            mx_jpeg_scaled(stored.width, eighths)};
  }
  part = (mx_jpeg_window){eighths, seen.top * eighths / 8, seen.left * eighths / 8,
                          scaled(high, eighths), scaled(wide, eighths)};
  return part;
}

/* All of a JPEG, upright; smaller where it is resized to less. */
static int decode_all(workshop *shop, const mx_jpeg_info *info, extent resized, view *image,
                      mx_crew_error *error) {
  if (info->orientation != 1 || resized.height > info->height || resized.width > info->width) {
    return mx_decode_whole(shop, info, image, error);
  }
  const int eighths = mx_jpeg_eighths(info, resized.height, resized.width);
  const mx_jpeg_window all = {eighths, 0, 0, mx_jpeg_scaled(info->height, eighths),
                              mx_jpeg_scaled(info->width, eighths)};
  return mx_decode_window(shop, &all, image, error);
}

static int take_window(workshop *shop, const encoded *image, const det_plan *plan, window seen,
                       view *result, mx_crew_error *error) {
  const mx_jpeg_info *info = &image->info;
  int status = MX_SAMPLE_OK;
  if (image->is_jpeg && info->orientation == 1 && mx_is_same(plan->resized, image->size)) {
    const mx_jpeg_window part = plan_window(plan, info, seen);
    return mx_decode_window(shop, &part, result, error);
  }
  if (image->is_jpeg) status = decode_all(shop, info, plan->resized, result, error);
  else *result = image->pixels;
  if (!status) status = mx_resize_view(shop, result, plan->resized, plan->resize_method);
  *result = mx_cut(*result, seen.top, seen.left, seen.size, shop->records->augment.channels);
  return status;
}

/* The image on a larger one of bytes `fill`, which becomes the image. */
static int place(workshop *shop, view *image, extent size, int64_t top, int64_t left, int fill) {
  const int64_t channels = shop->records->augment.channels;
  uint8_t *pixels = mx_step_room(shop, size);
  if (!pixels) return MX_SAMPLE_MEMORY;
  memset(pixels, fill, (size_t)(size.height * size.width * channels));
  const view whole = mx_view_of(pixels, size, channels);
  for (int64_t h = 0; h < image->size.height; h++) {
    memcpy(pixels + (top + h) * whole.stride + left * channels, image->pixels + h * image->stride,
           (size_t)(image->size.width * channels));
  }
  *image = whole;
  return MX_SAMPLE_OK;
}

static int change_colours(workshop *shop, const det_plan *plan, view *image) {
  const int64_t channels = shop->records->augment.channels;
  const int64_t count = image->size.height * image->size.width;
  const int is_shifted = channels == 3 && (plan->hue || plan->saturation || plan->lightness);
  if (!is_shifted && plan->contrast == 1) return MX_SAMPLE_OK;
  if (place(shop, image, image->size, 0, 0, 0)) return MX_SAMPLE_MEMORY;
  uint8_t *pixels = shop->steps[shop->step].bytes;
  if (is_shifted) mx_shift_hls(pixels, count, plan->hue, plan->saturation, plan->lightness);
  if (plan->contrast != 1) mx_scale_bytes(pixels, count * channels, plan->contrast, 0);
  return MX_SAMPLE_OK;
}

static int mirror(workshop *shop, view *image) {
  const int64_t channels = shop->records->augment.channels;
  uint8_t *pixels = mx_step_room(shop, image->size);
  if (!pixels) return MX_SAMPLE_MEMORY;
  const mx_image from = image_of(*image, channels);
  *image = mx_view_of(pixels, image->size, channels);
  const mx_image to = image_of(*image, channels);
  return mx_image_flip(&from, &to, 0) ? MX_SAMPLE_MEMORY : MX_SAMPLE_OK;
}

int mx_make_detection(workshop *shop, const encoded *encoded, const det_plan *plan, view *image,
                      mx_crew_error *error) {
  const mx_augment *augment = &shop->records->augment;
  const extent whole = {augment->height, augment->width};
  const window seen = find_visible(plan);
  int status = MX_SAMPLE_OK;
  *image = (view){NULL, {0, 0}, 0};
  if (seen.size.height && seen.size.width) {
    status = take_window(shop, encoded, plan, seen, image, error);
    if (!status) status = change_colours(shop, plan, image);
    if (!status && plan->is_mirrored) status = mirror(shop, image);
  }
  if (!status && !mx_is_same(seen.size, plan->crop)) {
    const int64_t down = plan->image_top - plan->top, right = plan->image_left - plan->left;
    status = place(shop, image, plan->crop, down > 0 ? down : 0, right > 0 ? right : 0,
                   (int)augment->fill_value);
  }
  if (!status) status = mx_resize_view(shop, image, plan->result, plan->result_method);
  if (status || mx_is_same(plan->result, whole)) return status;
  return place(shop, image, whole, 0, 0, 0);
}
