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

/* The labels of an id, found by bisection; NULL where it is not listed. */
static const float *find_listed(const mx_image_records *records, uint64_t id) {
  int64_t low = 0, high = records->list_size;
  while (low < high) {
    const int64_t middle = low + (high - low) / 2;
    if (records->list_ids[middle] < id) low = middle + 1;
    else high = middle;
  }
  const int is_found = low < records->list_size && records->list_ids[low] == id;
  return is_found ? records->list_labels + low * records->label_width : NULL;
}

static int take_labels(const mx_image_records *records, const uint8_t *record, int64_t count,
                       float *labels, mx_crew_error *error) {
  const int64_t width = records->label_width;
  if (records->list_ids) {
    const uint64_t id = load(record + 8, 8);
    const float *listed = find_listed(records, id);
    error->numbers[3] = (int64_t)id;
    if (!listed) return MX_SAMPLE_NOT_LISTED;
    memcpy(labels, listed, (size_t)width * sizeof *labels);
    return MX_SAMPLE_OK;
  }
  error->numbers[3] = count ? count : 1;
  if (width != error->numbers[3]) return MX_SAMPLE_LABELS;
  if (count == 0) labels[0] = load_float(record + 4);
  for (int64_t i = 0; i < count; i++) labels[i] = load_float(record + HEADER + 4 * i);
  return MX_SAMPLE_OK;
}

int mx_read_sample(const mx_image_records *records, mx_rec_reader *reader,
                   const mx_image_batch *batch, int64_t task, const uint8_t **bytes, int64_t *size,
                   mx_crew_error *error) {
  const int64_t number = batch->records[task];
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
  batch->ids[task] = load(start + 8, 8);
  *bytes = start + HEADER + 4 * count;
  *size = record.size - HEADER - 4 * count;
  return take_labels(records, start, count, batch->labels + task * records->label_width, error);
}
