/* From the number of a record to its labels and its encoded image. */
#ifndef MX_READ_H
#define MX_READ_H

#include "mx_image_records.h"

/* Read the record of sample `task` into the batch's labels and ids; `bytes` is the encoded image,
   which stays until the reader is used again. */
int mx_read_sample(const mx_image_records *records, mx_rec_reader *reader,
                   const mx_image_batch *batch, int64_t task, const uint8_t **bytes, int64_t *size,
                   mx_crew_error *error);

typedef struct packed {
  uint64_t id;
  int64_t num_labels;                /* at least 1 */
  const uint8_t *labels;             /* floats, little-endian */
  const uint8_t *bytes;              /* the encoded image */
  int64_t size;
} packed;

/* Read record `number`, which stays until the reader is used again. */
int mx_read_record(const mx_image_records *records, mx_rec_reader *reader, int64_t number,
                   packed *record, mx_crew_error *error);

/* Its labels, all of them. */
void mx_load_labels(const packed *record, float *labels);

/* Where an id stands in the list; -1 where it does not. */
int64_t mx_find_listed(const mx_image_records *records, uint64_t id);

#endif
