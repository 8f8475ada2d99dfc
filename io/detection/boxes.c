/* What becomes of the objects when their image is changed; in single precision, as in MXNet. */
#include "boxes.h"

#include <stdio.h>
#include <string.h>

enum { LEAST_HEADER = 2, LEAST_OBJECT = 5 };

static int fail(mx_crew_error *error, int status, double found, int64_t count) {
  snprintf(error->message, MX_CREW_MESSAGE, "%g", found);
  error->numbers[3] = count;
  return status;
}

/* As a size a label is cut to an integer; 0 where it is none. */
static int64_t size_of(float label, int64_t most) {
  return label >= 0 && label <= (float)most ? (int64_t)label : 0;
}

int mx_find_boxes(float *labels, int64_t count, int64_t *header_width, boxes *found,
                  mx_crew_error *error) {
  if (count < LEAST_HEADER + LEAST_OBJECT) return fail(error, MX_DET_FEW, 0, count);
  const int64_t header = size_of(labels[0], count), width = size_of(labels[1], count);
  if (header < LEAST_HEADER) return fail(error, MX_DET_HEADER, labels[0], count);
  if (width < LEAST_OBJECT) return fail(error, MX_DET_OBJECT, labels[1], count);
  const int64_t rest = (count - header) % width;
  if (rest) return fail(error, MX_DET_REST, (double)rest, count);
  *header_width = header;
  *found = (boxes){labels + header, 0, width};
  for (const float *from = labels + header; from < labels + count; from += width) {
    if (!(from[RIGHT] > from[LEFT] && from[BOTTOM] > from[TOP])) continue;
    memmove(found->values + found->count++ * width, from, (size_t)width * sizeof *from);
  }
  return MX_SAMPLE_OK;
}

void mx_mirror_boxes(boxes *boxes) {
  for (int64_t i = 0; i < boxes->count; i++) {
    float *box = boxes->values + i * boxes->width;
    const float left = box[LEFT];
    box[LEFT] = 1.0f - box[RIGHT];
    box[RIGHT] = 1.0f - left;
  }
}

static float most(float a, float b) { return a > b ? a : b; }
static float least(float a, float b) { return a < b ? a : b; }

static void project(float *box, rectangle into) {
  box[LEFT] = most(0, (box[LEFT] - into.left) / into.width);
  box[TOP] = most(0, (box[TOP] - into.top) / into.height);
  box[RIGHT] = least(1, (box[RIGHT] - into.left) / into.width);
  box[BOTTOM] = least(1, (box[BOTTOM] - into.top) / into.height);
}

void mx_pad_boxes(boxes *boxes, rectangle outside) {
  for (int64_t i = 0; i < boxes->count; i++) project(boxes->values + i * boxes->width, outside);
}

static float shared_area(const float *box, rectangle cut) {
  const float wide = least(box[RIGHT], cut.left + cut.width) - most(box[LEFT], cut.left);
  const float high = least(box[BOTTOM], cut.top + cut.height) - most(box[TOP], cut.top);
  return wide > 0 && high > 0 ? wide * high : 0;
}

static float area_of(const float *box) {
  return (box[RIGHT] - box[LEFT]) * (box[BOTTOM] - box[TOP]);
}

static int is_within(float value, double low, double high) {
  return (float)low <= value && value <= (float)high;
}

static int is_fit(const float *box, rectangle cut, const mx_det_sampler *s) {
  const float shared = shared_area(box, cut), object = area_of(box), whole = cut.width * cut.height;
  return is_within(shared / (whole + object - shared), s->min_overlap, s->max_overlap)
    && is_within(shared / whole, s->min_sample_coverage, s->max_sample_coverage)
    && is_within(shared / object, s->min_object_coverage, s->max_object_coverage);
}

/* Whether any object will do: rounding must not stop one then. */
static int is_free(const mx_det_sampler *s) {
  return s->min_overlap <= 0 && s->max_overlap >= 1 && s->min_sample_coverage <= 0
    && s->max_sample_coverage >= 1 && s->min_object_coverage <= 0 && s->max_object_coverage >= 1;
}

static int is_kept(const float *box, rectangle cut, const mx_det_augment *augment) {
  if (augment->keeps_by_overlap) {
    return shared_area(box, cut) > (float)augment->emit_overlap_thresh * area_of(box);
  }
  const float x = (box[LEFT] + box[RIGHT]) * 0.5f, y = (box[TOP] + box[BOTTOM]) * 0.5f;
  return cut.left <= x && x < cut.left + cut.width && cut.top <= y && y < cut.top + cut.height;
}

int mx_crop_boxes(boxes *boxes, rectangle cut, const mx_det_sampler *sampler,
                  const mx_det_augment *augment, float *room) {
  const int64_t width = boxes->width;
  int is_right = boxes->count == 0 || is_free(sampler);
  int64_t kept = 0;
  for (int64_t i = 0; i < boxes->count; i++) {
    const float *box = boxes->values + i * width;
    is_right |= is_fit(box, cut, sampler);
    if (!is_kept(box, cut, augment)) continue;
    memcpy(room + kept * width, box, (size_t)width * sizeof *box);
    project(room + kept++ * width, cut);
  }
  if (!is_right || (boxes->count && !kept)) return 0;
  memcpy(boxes->values, room, (size_t)(kept * width) * sizeof *room);
  boxes->count = kept;
  return 1;
}
