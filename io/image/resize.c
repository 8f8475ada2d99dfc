/* Resizing: which way to take. */
#include "resize.h"

#include <float.h>
#include <math.h>
#include <string.h>

static const int64_t MOST = INT64_C(1) << 30;

static int check(const mx_image *src, const mx_image *dst, int64_t height, int64_t width) {
  if (!are_alike(src, dst)) return MX_IMAGE_ARGUMENT;
  if (is_empty(src) || height < 1 || width < 1) return MX_IMAGE_EMPTY;
  if (src->channels > MOST || src->width > MOST / src->channels || width > MOST / src->channels ||
      src->height > MOST || height > MOST) {
    return MX_IMAGE_SIZE;
  }
  return MX_IMAGE_OK;
}

static resize_axis axis(int64_t from, int64_t to, int64_t first, int64_t count) {
  resize_axis made = {from, to, first, count, 0, (double)to / (double)from};
  made.scale = 1.0 / made.inverse;
  return made;
}

/* The whole number of source pixels to a pixel, or 0. */
static int64_t whole_factor(const resize_axis *axis) {
  const double factor = nearbyint(axis->scale);
  return fabs(axis->scale - factor) < DBL_EPSILON ? (int64_t)factor : 0;
}

static void copy(const resize_job *job) {
  const int64_t pixel = pixel_bytes(&job->src);
  for (int64_t y = 0; y < job->dst.height; y++) {
    memcpy(row_of(&job->dst, y),
           row_of(&job->src, job->down.first + y) + job->across.first * pixel,
           (size_t)(job->dst.width * pixel));
  }
}

static const resize_passes *passes_of(int dtype, int interp) {
  const int is_u8 = dtype == MX_IMAGE_U8;
  switch (interp) {
    case MX_IMAGE_CUBIC: return is_u8 ? &resize_passes_cubic_u8 : &resize_passes_cubic_f32;
    case MX_IMAGE_LANCZOS4: return is_u8 ? &resize_passes_lanczos_u8 : &resize_passes_lanczos_f32;
    default: return is_u8 ? &resize_passes_linear_u8 : &resize_passes_linear_f32;
  }
}

int mx_image_resize_part(const mx_image *src, int64_t height, int64_t width, int64_t top,
                         int64_t left, const mx_image *dst, int interp) {
  const int status = check(src, dst, height, width);
  if (status != MX_IMAGE_OK) return status;
  if (interp < MX_IMAGE_NEAREST || interp > MX_IMAGE_LANCZOS4 || top < 0 || left < 0 ||
      dst->height < 0 || dst->width < 0 || dst->height > height - top ||
      dst->width > width - left) {
    return MX_IMAGE_ARGUMENT;
  }
  if (dst->height == 0 || dst->width == 0) return MX_IMAGE_OK;
  const resize_job job = {*src, *dst, axis(src->width, width, left, dst->width),
                          axis(src->height, height, top, dst->height), interp};
  if (height == src->height && width == src->width) {
    copy(&job);
    return MX_IMAGE_OK;
  }
  if (interp == MX_IMAGE_NEAREST) return resize_nearest(&job);
  const int64_t y = whole_factor(&job.down), x = whole_factor(&job.across);
  const int is_halved = interp == MX_IMAGE_LINEAR && y == 2 && x == 2;
  if ((interp == MX_IMAGE_AREA && job.down.scale >= 1 && job.across.scale >= 1) || is_halved) {
    return y && x ? resize_area_whole(&job, y, x) : resize_area(&job);
  }
  return resize_by_taps(&job, passes_of(src->dtype, interp));
}

int mx_image_resize(const mx_image *src, const mx_image *dst, int interp) {
  return mx_image_resize_part(src, dst->height, dst->width, 0, 0, dst, interp);
}
