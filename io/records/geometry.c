/* Plans an image's way to a crop.  What is drawn is drawn in this order, whatever the image. */
#include "geometry.h"

#include <math.h>
#include <string.h>

enum { NEAREST, BILINEAR, BICUBIC, AREA, BY_SIZE = 9, RANDOM = 10 };
enum { ATTEMPTS = 10 };

static const double LONGEST = 1e10;  /* pixels of an edge: more than there is memory for */

double mx_draw(mx_sequence *random, double low, double high) {
  return low + (high - low) * mx_next_unit(random);
}

int64_t mx_draw_integer(mx_sequence *random, int64_t low, int64_t high) {
  const int64_t drawn = low + (int64_t)(mx_next_unit(random) * (double)(high - low + 1));
  return drawn < high ? drawn : high;
}

static int same(extent a, extent b) { return a.height == b.height && a.width == b.width; }

/* Bicubic where an image grows, means of areas where it shrinks, else bilinear. */
int mx_resize_method(const mx_augment *augment, extent from, extent to, mx_sequence *random) {
  if (augment->inter_method == RANDOM) return (int)mx_draw_integer(random, 0, 4);
  if (augment->inter_method != BY_SIZE) return (int)augment->inter_method;
  if (to.height > from.height && to.width > from.width) return BICUBIC;
  return to.height < from.height && to.width < from.width ? AREA : BILINEAR;
}

extent mx_plan_resize(const mx_augment *augment, extent image) {
  const int64_t size = augment->resize;
  if (size < 1) return image;
  return image.height > image.width
    ? (extent){image.height * size / image.width, size}
    : (extent){size, image.width * size / image.height};
}

static int is_warped(const mx_augment *a) {
  return a->max_rotate_angle > 0 || a->rotate > 0 || a->max_shear_ratio > 0
    || a->min_random_scale != 1 || a->max_random_scale != 1
    || (!a->random_resized_crop && (a->min_aspect_ratio != 1 || a->max_aspect_ratio != 1))
    || a->max_img_size != 1e10 || a->min_img_size != 0;
}

static float limited(const mx_augment *a, float length) {
  return (float)fmin(LONGEST, fmax(a->min_img_size, fmin(a->max_img_size, length)));
}

/* Rotation by the angle, shear along x, and scaling by (width, height), about the centre; in
   single precision, as MXNet rounds. */
static void plan_warp(const mx_augment *a, extent from, mx_sequence *random, geometry *plan) {
  const float shear = (float)mx_draw(random, -a->max_shear_ratio, a->max_shear_ratio);
  const int64_t drawn = mx_draw_integer(random, -a->max_rotate_angle, a->max_rotate_angle);
  const float scale = (float)mx_draw(random, a->min_random_scale, a->max_random_scale);
  const float ratio = a->random_resized_crop ? 1
    : (float)mx_draw(random, a->min_aspect_ratio, a->max_aspect_ratio);
  const double angle = (double)(a->rotate > 0 ? a->rotate : drawn) * (3.14159265358979323846 / 180);
  const float cosine = (float)cos(angle), sine = (float)sin(angle);
  const float high = 2 * scale / (1 + ratio), wide = ratio * high;
  const float m[4] = {high * cosine - shear * sine * wide, high * sine + shear * cosine * wide,
                      -sine * wide, cosine * wide};
  const float width = (float)from.width, height = (float)from.height;
  const float new_width = limited(a, scale * width), new_height = limited(a, scale * height);
  plan->warped = (extent){(int64_t)new_height, (int64_t)new_width};
  const float right = (new_width - (m[0] * width + m[1] * height)) / 2;
  const float down = (new_height - (m[2] * width + m[3] * height)) / 2;
  const double matrix[6] = {m[0], m[1], right, m[2], m[3], down};
  memcpy(plan->matrix, matrix, sizeof matrix);
}

/* A random area of a random aspect, upright or lying; 0 where none fits, or none is asked for. */
static int plan_area_crop(const mx_augment *a, mx_sequence *random, geometry *plan) {
  const extent from = plan->enlarged;
  const double area = (double)from.height * (double)from.width;
  if (a->min_random_area == 1 && a->max_random_area == 1 && a->min_aspect_ratio == 1
      && a->max_aspect_ratio == 1) {
    return 0;
  }
  for (int i = 0; i < ATTEMPTS; i++) {
    const double part = area * mx_draw(random, a->min_random_area, a->max_random_area);
    const double ratio = mx_draw(random, a->min_aspect_ratio, a->max_aspect_ratio);
    extent crop = {llround(sqrt(part / ratio)), llround(sqrt(part * ratio))};
    if (mx_next_unit(random) > 0.5) crop = (extent){crop.width, crop.height};
    const double down = mx_next_unit(random), right = mx_next_unit(random);
    if (crop.height < 1 || crop.width < 1 || crop.height > from.height || crop.width > from.width) {
      continue;
    }
    plan->crop = crop;
    plan->top = (int64_t)(down * (double)(from.height - crop.height + 1));
    plan->left = (int64_t)(right * (double)(from.width - crop.width + 1));
    return 1;
  }
  return 0;
}

static void place_crop(const mx_augment *a, mx_sequence *random, geometry *plan) {
  plan->top = plan->enlarged.height - plan->crop.height;
  plan->left = plan->enlarged.width - plan->crop.width;
  plan->top = a->rand_crop ? mx_draw_integer(random, 0, plan->top) : plan->top / 2;
  plan->left = a->rand_crop ? mx_draw_integer(random, 0, plan->left) : plan->left / 2;
}

static int plan_square_crop(const mx_augment *a, mx_sequence *random, geometry *plan) {
  const int64_t size = mx_draw_integer(random, a->min_crop_size, a->max_crop_size);
  if (a->max_crop_size > plan->enlarged.height || a->max_crop_size > plan->enlarged.width) {
    return MX_SAMPLE_CROP;
  }
  plan->crop = (extent){size, size};
  place_crop(a, random, plan);
  return MX_SAMPLE_OK;
}

static void plan_enlarging(const mx_augment *a, geometry *plan) {
  extent *size = &plan->heightened;
  if (size->height < a->height) {
    *size = (extent){a->height, (int64_t)((double)a->height / (double)size->height
                                          * (double)size->width)};
  }
  plan->enlarged = *size;
  if (size->width < a->width) {
    plan->enlarged = (extent){(int64_t)((double)a->width / (double)size->width
                                        * (double)size->height), a->width};
  }
}

static int plan_crop(const mx_augment *a, mx_sequence *random, geometry *plan) {
  if (a->random_resized_crop) {
    if (plan_area_crop(a, random, plan)) return MX_SAMPLE_OK;
  } else if (a->max_crop_size != -1 || a->min_crop_size != -1) {
    return plan_square_crop(a, random, plan);
  }
  plan_enlarging(a, plan);
  plan->crop = (extent){a->height, a->width};
  place_crop(a, random, plan);
  return MX_SAMPLE_OK;
}

int mx_plan_geometry(const mx_augment *a, extent image, mx_sequence *random, geometry *plan) {
  plan->resized = mx_plan_resize(a, image);
  plan->resize_method = mx_resize_method(a, image, plan->resized, random);
  plan->is_warped = is_warped(a);
  plan->warped = plan->resized;
  if (plan->is_warped) plan_warp(a, plan->resized, random, plan);
  plan->warp_method = mx_resize_method(a, plan->resized, plan->warped, random);
  const extent padded = {plan->warped.height + 2 * a->pad, plan->warped.width + 2 * a->pad};
  plan->heightened = plan->enlarged = padded;
  if (padded.height < 1 || padded.width < 1) return MX_SAMPLE_CROP;
  const int status = plan_crop(a, random, plan);
  const extent result = {a->height, a->width};
  plan->enlarge_method = NEAREST;
  if (!same(padded, plan->enlarged)) {
    plan->enlarge_method = mx_resize_method(a, padded, plan->enlarged, random);
  }
  plan->crop_method = same(plan->crop, result) ? NEAREST
                                               : mx_resize_method(a, plan->crop, result, random);
  return status;
}
