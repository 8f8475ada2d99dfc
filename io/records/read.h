/* From the number of a record to its labels and its encoded image. */
#ifndef MX_READ_H
#define MX_READ_H

#include "mx_image_records.h"

/* Read the record of sample `task` into the batch's labels and ids; `bytes` is the encoded image,
   which stays until the reader is used again. */
int mx_read_sample(const mx_image_records *records, mx_rec_reader *reader,
                   const mx_image_batch *batch, int64_t task, const uint8_t **bytes, int64_t *size,
                   mx_crew_error *error);

#endif
