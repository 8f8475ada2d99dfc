/* A record of an image: a header of 24 bytes (the number of labels, a label, an id of 8 bytes and
   another), the labels if there are several, and the encoded image.  All are little-endian. */
#include "read.h"

#include <string.h>

enum { HEADER = 24 };

static uint64_t load(const uint8_t *bytes, int count) {
  uint64_t value = 0;
  for (int i = count - 1; i >= 0; i--) value = value << 8 | bytes[i];
  return value;
}

static float load_float(const uint8_t *bytes) {
  const uint32_t bits = (uint32_t)load(bytes, 4);
  float value;
  memcpy(&value, &bits, sizeof value);
  return value;
}

int64_t mx_find_listed(const mx_image_records *records, uint64_t id) {
  int64_t low = 0, high = records->list_size;
  while (low < high) {
    const int64_t middle = low + (high - low) / 2;
    if (records->list_ids[middle] < id) low = middle + 1;
    else high = middle;
  }
  return low < records->list_size && records->list_ids[low] == id ? low : -1;
}

void mx_load_labels(const packed *record, float *labels) {
  for (int64_t i = 0; i < record->num_labels; i++) labels[i] = load_float(record->labels + 4 * i);
}

int mx_read_record(const mx_image_records *records, mx_rec_reader *reader, int64_t number,
                   packed *result, mx_crew_error *error) {
  mx_rec_error damage;
  mx_record record;
  error->numbers[0] = number;
  error->numbers[1] = records->offsets[number];
  mx_rec_seek(reader, records->offsets[number]);
  const int status = mx_rec_next(reader, NULL, NULL, &record, &damage);
  if (status) {
    error->numbers[2] = status;
    memcpy(error->message, &damage, sizeof damage);
    return MX_SAMPLE_RECORD;
  }
  const uint8_t *start = record.data;
  const int64_t count = record.size >= HEADER ? (int64_t)load(start, 4) : 0;
  error->numbers[2] = record.size;
  error->numbers[3] = HEADER + 4 * count;
  if (record.size < HEADER + 4 * count) return MX_SAMPLE_SHORT;
  const uint8_t *labels = start + (count ? HEADER : 4);
  *result = (packed){load(start + 8, 8), count ? count : 1, labels, start + HEADER + 4 * count,
                     record.size - HEADER - 4 * count};
  return MX_SAMPLE_OK;
}

static int take_labels(const mx_image_records *records, const packed *record, float *labels,
                       mx_crew_error *error) {
  const int64_t width = records->label_width;
  if (records->list_ids) {
    const int64_t at = mx_find_listed(records, record->id);
    error->numbers[3] = (int64_t)record->id;
    if (at < 0) return MX_SAMPLE_NOT_LISTED;
    memcpy(labels, records->list_labels + at * width, (size_t)width * sizeof *labels);
    return MX_SAMPLE_OK;
  }
  error->numbers[3] = record->num_labels;
  if (width != record->num_labels) return MX_SAMPLE_LABELS;
  mx_load_labels(record, labels);
  return MX_SAMPLE_OK;
}

int mx_read_sample(const mx_image_records *records, mx_rec_reader *reader,
                   const mx_image_batch *batch, int64_t task, const uint8_t **bytes, int64_t *size,
                   mx_crew_error *error) {
  packed record;
  const int status = mx_read_record(records, reader, batch->records[task], &record, error);
  if (status) return status;
  batch->ids[task] = record.id;
  *bytes = record.bytes;
  *size = record.size;
  return take_labels(records, &record, batch->labels + task * records->label_width, error);
}
