/* What a thread does for a sample: read, decode, augment image and boxes, normalise. */
#include "../records/read.h"
#include "image.h"

#include <stdlib.h>
#include <string.h>

typedef struct detector {
  const mx_det_records *records;
  workshop *shop;
  float *labels, *room;              /* (label_pad_width,) */
  int64_t *order;                    /* (num_samplers,) */
} detector;

static void end(void *state) {
  detector *detector = state;
  if (detector->shop) mx_workshop_free(detector->shop);
  free(detector->labels);
  free(detector->room);
  free(detector->order);
  free(detector);
}

static void *begin(void *context) {
  const mx_det_records *records = context;
  detector *state = calloc(1, sizeof *state);
  if (!state) return NULL;
  const size_t width = (size_t)records->label_pad_width + 1;
  state->records = records;
  state->shop = mx_workshop_new(records->images);
  state->labels = malloc(width * sizeof *state->labels);
  state->room = malloc(width * sizeof *state->room);
  state->order = malloc(((size_t)records->augment.num_samplers + 1) * sizeof *state->order);
  if (state->shop && state->labels && state->room && state->order) return state;
  end(state);
  return NULL;
}

/* The labels of the record or of the list, which `detector` then has. */
static int take_labels(detector *detector, const packed *record, int64_t *count,
                       mx_crew_error *error) {
  const mx_det_records *records = detector->records;
  const float *listed = NULL;
  *count = record->num_labels;
  if (records->list_starts) {
    const int64_t at = mx_find_listed(records->images, record->id);
    error->numbers[3] = (int64_t)record->id;
    if (at < 0) return MX_SAMPLE_NOT_LISTED;
    listed = records->images->list_labels + records->list_starts[at];
    *count = records->list_starts[at + 1] - records->list_starts[at];
  }
  error->numbers[3] = *count;
  if (records->label_width > 0 && *count != records->label_width) return MX_DET_OTHER_WIDTH;
  if (*count > records->label_pad_width) return MX_DET_WIDE;
  if (listed) memcpy(detector->labels, listed, (size_t)*count * sizeof *listed);
  else mx_load_labels(record, detector->labels);
  return MX_SAMPLE_OK;
}

static void store_labels(const detector *detector, int64_t header_width, const boxes *boxes,
                         extent image, float *row) {
  const mx_det_records *records = detector->records;
  const int64_t objects = boxes->count * boxes->width, count = header_width + objects;
  const float prefix[MX_DET_PREFIX] = {(float)records->images->augment.channels,
                                       (float)image.height, (float)image.width, (float)count};
  memcpy(row, prefix, sizeof prefix);
  row += MX_DET_PREFIX;
  memcpy(row, detector->labels, (size_t)header_width * sizeof *row);
  memcpy(row + header_width, boxes->values, (size_t)objects * sizeof *row);
  for (int64_t i = count; i < records->label_pad_width; i++) row[i] = records->label_pad_value;
}

/* (pixel - mean) * scale / std */
static void store_image(const mx_image_records *images, const view *image,
                        const mx_image_batch *batch, int64_t task) {
  const mx_augment *a = &images->augment;
  float mean[4], factor[4];
  for (int64_t c = 0; c < a->channels; c++) {
    mean[c] = (float)a->mean[c];
    factor[c] = (float)(a->std[c] > 0 ? a->scale / a->std[c] : a->scale);
  }
  const int64_t value = images->dtype == MX_IMAGE_F32 ? (int64_t)sizeof(float) : 1;
  const int64_t size = a->channels * a->height * a->width * value;
  const mx_image from = image_of(*image, a->channels);
  const mx_image_planes to = {(char *)batch->data + task * size, images->dtype, 0, mean,
                              a->mean_image, factor, NULL};
  mx_image_to_planes(&from, &to);
}

static int fill(void *state, void *into, int64_t task, mx_crew_error *error) {
  detector *detector = state;
  const mx_image_batch *batch = into;
  if (!detector) return MX_SAMPLE_MEMORY;
  const mx_det_records *records = detector->records;
  const mx_image_records *images = records->images;
  int64_t count, header_width;
  packed record;
  boxes boxes;
  encoded encoded;
  det_plan plan;
  view image;
  int status = mx_read_record(images, detector->shop->reader, batch->records[task], &record, error);
  if (!status) status = take_labels(detector, &record, &count, error);
  if (!status) status = mx_find_boxes(detector->labels, count, &header_width, &boxes, error);
  if (!status) {
    status = mx_open_image(detector->shop, record.bytes, record.size, &encoded, error);
  }
  if (status) return status;
  mx_sequence random = mx_sequence_at(images->seed, batch->epochs[task], batch->records[task]);
  mx_plan_detection(records, encoded.size, &random, &boxes, detector->order, detector->room, &plan);
  status = mx_make_detection(detector->shop, &encoded, &plan, &image, error);
  if (status) return status;
  batch->ids[task] = record.id;
  batch->doubtful[task] = (uint8_t)detector->shop->is_doubtful;
  store_labels(detector, header_width, &boxes, plan.result,
               batch->labels + task * (MX_DET_PREFIX + records->label_pad_width));
  store_image(images, &image, batch, task);
  return MX_SAMPLE_OK;
}

mx_crew_work mx_det_records_work(const mx_det_records *records) {
  return (mx_crew_work){(void *)(uintptr_t)records, begin, end, fill, 0};
}
