/* Draws what happens to an image and its boxes: as MXNet does it, with draws of its own. */
#include "plan.h"

#include <math.h>

static const double LEAST_PAD = 1.05;            /* below, nothing is padded */

static int is_drawn(mx_sequence *random, double probability) {
  return probability > 0 && mx_next_unit(random) < probability;
}

/* An integer; rounded towards 0, so 0 is as likely as two others. */
static int64_t draw_shift(mx_sequence *random, double probability, int64_t most) {
  if (most < 1 || !is_drawn(random, probability)) return 0;
  return (int64_t)mx_draw(random, (double)-most, (double)most);
}

static void plan_colours(const mx_det_augment *a, mx_sequence *random, det_plan *plan) {
  plan->hue = draw_shift(random, a->random_hue_prob, a->max_random_hue);
  plan->saturation = draw_shift(random, a->random_saturation_prob, a->max_random_saturation);
  plan->lightness = draw_shift(random, a->random_illumination_prob, a->max_random_illumination);
  plan->contrast = 1;
  if (a->max_random_contrast > 0 && is_drawn(random, a->random_contrast_prob)) {
    plan->contrast += mx_draw(random, -a->max_random_contrast, a->max_random_contrast);
  }
}

static void plan_pad(const mx_det_augment *a, mx_sequence *random, boxes *boxes, det_plan *plan) {
  const extent size = plan->resized;
  plan->padded = size;
  plan->image_top = plan->image_left = 0;
  if (a->max_pad_scale <= 1 || !is_drawn(random, a->rand_pad_prob)) return;
  const double scale = mx_draw(random, 1, a->max_pad_scale);
  const double x = mx_draw(random, 0, scale - 1), y = mx_draw(random, 0, scale - 1);
  if (scale < LEAST_PAD) return;
  plan->image_left = (int64_t)(x * (double)size.width);
  plan->image_top = (int64_t)(y * (double)size.height);
  plan->padded.width += plan->image_left + (int64_t)((scale - 1 - x) * (double)size.width);
  plan->padded.height += plan->image_top + (int64_t)((scale - 1 - y) * (double)size.height);
  mx_pad_boxes(boxes, (rectangle){(float)-x, (float)-y, (float)scale, (float)scale});
}

static double between(double low, double value, double high) {
  return fmin(fmax(low, value), high);
}

/* Its aspect is as near to what is asked for as an image of this aspect allows at the scale. */
static rectangle draw_cut(const mx_det_sampler *s, double aspect, mx_sequence *random) {
  const double scale = mx_draw(random, s->min_scale, s->max_scale), area = scale * scale;
  const double low = between(area, s->min_aspect / aspect, 1 / area);
  const double high = between(area, s->max_aspect / aspect, 1 / area);
  const double ratio = sqrt(mx_draw(random, low, high));
  const double width = fmin(1, scale * ratio), height = fmin(1, scale / ratio);
  const double x = mx_draw(random, 0, 1 - width), y = mx_draw(random, 0, 1 - height);
  return (rectangle){(float)x, (float)y, (float)width, (float)height};
}

/* 0 where less than a pixel is left of the image. */
static int place_crop(rectangle cut, det_plan *plan) {
  const extent size = plan->padded;
  if (!(cut.width > 0 && cut.height > 0)) return 0;
  const int64_t left = (int64_t)((double)cut.left * (double)size.width);
  const int64_t top = (int64_t)((double)cut.top * (double)size.height);
  const int64_t width = (int64_t)(cut.width * (float)size.width);
  const int64_t height = (int64_t)(cut.height * (float)size.height);
  if (width < 1 || height < 1 || left >= size.width || top >= size.height) return 0;
  plan->left = left;
  plan->top = top;
  plan->crop = (extent){height < size.height - top ? height : size.height - top,
                        width < size.width - left ? width : size.width - left};
  return 1;
}

static int try_crops(const mx_det_augment *a, const mx_det_sampler *sampler, mx_sequence *random,
                     boxes *boxes, float *room, det_plan *plan) {
  const double aspect = (double)plan->padded.width / (double)plan->padded.height;
  for (int64_t trial = 0; trial < (int64_t)sampler->trials; trial++) {
    const rectangle cut = draw_cut(sampler, aspect, random);
    det_plan tried = *plan;
    if (place_crop(cut, &tried) && mx_crop_boxes(boxes, cut, sampler, a, room)) {
      *plan = tried;
      return 1;
    }
  }
  return 0;
}

/* The samplers in random order, until one succeeds. */
static void plan_crop(const mx_det_augment *a, mx_sequence *random, boxes *boxes, int64_t *order,
                      float *room, det_plan *plan) {
  plan->crop = plan->padded;
  plan->top = plan->left = 0;
  if (!is_drawn(random, a->rand_crop_prob)) return;
  for (int64_t i = 0; i < a->num_samplers; i++) order[i] = i;
  for (int64_t i = 0; i < a->num_samplers; i++) {
    const int64_t j = mx_draw_integer(random, i, a->num_samplers - 1), drawn = order[j];
    order[j] = order[i];
    if (try_crops(a, &a->samplers[drawn], random, boxes, room, plan)) return;
  }
}

static int64_t limited(float length, int64_t most) {
  return length < 1 ? 1 : length > (float)most ? most : (int64_t)length;
}

static extent plan_result(const mx_augment *images, int64_t mode, extent crop) {
  const extent most = {images->height, images->width};
  const float rows = (float)most.height, columns = (float)most.width;
  float height = (float)crop.height, width = (float)crop.width;
  if (mode == MX_DET_FORCE) return most;
  if (mode == MX_DET_FIT) {
    const float down = rows / height, across = columns / width, factor = fminf(down, across);
    height *= factor;
    width *= factor;
  } else {
    if (height > rows) {
      width *= rows / height;
      height = rows;
    }
    if (width > columns) {
      height *= columns / width;
      width = columns;
    }
  }
  return (extent){limited(height, most.height), limited(width, most.width)};
}

void mx_plan_detection(const mx_det_records *records, extent image, mx_sequence *random,
                       boxes *boxes, int64_t *order, float *room, det_plan *plan) {
  const mx_augment *images = &records->images->augment;
  const mx_det_augment *a = &records->augment;
  plan->resized = mx_plan_resize(images, image);
  plan->resize_method = mx_resize_method(images, image, plan->resized, random);
  plan_colours(a, random, plan);
  plan->is_mirrored = is_drawn(random, a->rand_mirror_prob);
  if (plan->is_mirrored) mx_mirror_boxes(boxes);
  plan_pad(a, random, boxes, plan);
  plan_crop(a, random, boxes, order, room, plan);
  plan->result = plan_result(images, a->resize_mode, plan->crop);
  plan->result_method = mx_resize_method(images, plan->crop, plan->result, random);
}
