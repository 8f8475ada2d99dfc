/* Sequences of different lengths in one array (A, B, row): time is axis 0 or 1, the other is the
 * batch.  ptr: x; perhaps the lengths (batch), read if has_length, else all sequences are full; y.
 *
 *   sequence_mask       y = x, `value` from the length on
 *   sequence_reverse    the first `length` items of each sequence in reverse order
 *   sequence_last       y (batch, row): each sequence's last item, 0 of one without items
 *   sequence_last_grad  dx (A, B, row): dy at the last items, 0 elsewhere
 */
#include "index_common.h"

typedef struct {
  int64_t A, B, row_bytes, axis, num_inputs, has_length, index_flag, item, value;
} sequence_dims;
#define FIELDS "A B row_bytes axis num_inputs has_length index_flag item value"

static void *output(const sequence_dims *d, void *const *ptr) { return ptr[d->num_inputs]; }

static int64_t length_of(const sequence_dims *d, void *const *ptr, int64_t n) {
  int64_t length = d->axis ? d->B : d->A;
  if (d->has_length) load_indices(d->index_flag, ptr[1], n, 1, &length);
  return length;
}

static inline int64_t row_number(const sequence_dims *d, int64_t t, int64_t n) {
  return d->axis ? n * d->B + t : t * d->B + n;
}

typedef struct { const sequence_dims *d; void *const *ptr; } sequence_job;

/* Sequence n of sequence_mask. */
static void mask_task(void *context, int64_t n) {
  const sequence_job *job = context;
  const sequence_dims *d = job->d;
  const int64_t T = d->axis ? d->B : d->A, length = length_of(d, job->ptr, n);
  const char *x = job->ptr[0];
  char *y = output(d, job->ptr);
  for (int64_t t = 0; t < T; t++) {
    const int64_t at = row_number(d, t, n) * d->row_bytes;
    if (t < length) {
      copy_row(y + at, x + at, d->row_bytes);
    } else {
      for (int64_t byte = 0; byte < d->row_bytes; byte += d->item)
        copy_row(y + at + byte, (const char *)&d->value, d->item);
    }
  }
}

/* Sequence n of sequence_reverse. */
static void reverse_task(void *context, int64_t n) {
  const sequence_job *job = context;
  const sequence_dims *d = job->d;
  const int64_t T = d->axis ? d->B : d->A;
  int64_t length = length_of(d, job->ptr, n);
  if (length > T) length = T;
  const char *x = job->ptr[0];
  char *y = output(d, job->ptr);
  for (int64_t t = 0; t < T; t++) {
    const int64_t from = t < length ? length - 1 - t : t;
    copy_row(y + row_number(d, t, n) * d->row_bytes, x + row_number(d, from, n) * d->row_bytes,
             d->row_bytes);
  }
}

static int run_sequences(const sequence_dims *d, void *const *ptr,
                         void (*task)(void *context, int64_t n)) {
  sequence_job job = {d, ptr};
  const int64_t batch = d->axis ? d->A : d->B;
  if (d->A * d->B * d->row_bytes > 8 * INDEX_GRAIN) {
    mx_rt->parallel_for(batch, task, &job);
  } else if (d->A * d->B * d->row_bytes > 0) {
    for (int64_t n = 0; n < batch; n++) task(&job, n);
  }
  return MX_OK;
}

static int sequence_mask_bytes(const void *desc, void *const *ptr, const mx_scalar *scalars) {
  (void)scalars;
  return run_sequences(desc, ptr, mask_task);
}

static int sequence_reverse_bytes(const void *desc, void *const *ptr, const mx_scalar *scalars) {
  (void)scalars;
  return run_sequences(desc, ptr, reverse_task);
}

static int sequence_last_bytes(const void *desc, void *const *ptr, const mx_scalar *scalars) {
  (void)scalars;
  const sequence_dims *d = desc;
  const int64_t T = d->axis ? d->B : d->A, batch = d->axis ? d->A : d->B;
  for (int64_t n = 0; n < batch; n++) {
    const int64_t length = length_of(d, ptr, n);
    char *y = (char *)output(d, ptr) + n * d->row_bytes;
    if (length < 0 || length > T) return MX_BAD_INDEX;
    if (length == 0) memset(y, 0, (size_t)d->row_bytes);
    else copy_row(y, (const char *)ptr[0] + row_number(d, length - 1, n) * d->row_bytes, d->row_bytes);
  }
  return MX_OK;
}

static int sequence_last_grad_bytes(const void *desc, void *const *ptr, const mx_scalar *scalars) {
  (void)scalars;
  const sequence_dims *d = desc;
  const int64_t T = d->axis ? d->B : d->A, batch = d->axis ? d->A : d->B;
  memset(output(d, ptr), 0, (size_t)(d->A * d->B * d->row_bytes));
  for (int64_t n = 0; n < batch; n++) {
    const int64_t length = length_of(d, ptr, n);
    if (length < 0 || length > T) return MX_BAD_INDEX;
    if (length == 0) continue;
    copy_row((char *)output(d, ptr) + row_number(d, length - 1, n) * d->row_bytes,
             (const char *)ptr[0] + n * d->row_bytes, d->row_bytes);
  }
  return MX_OK;
}

const mx_kernel_entry mx_table_index_sequence[] = {
    MX_ENTRY(sequence_mask, bytes, sequence_dims, FIELDS),
    MX_ENTRY(sequence_reverse, bytes, sequence_dims, FIELDS),
    MX_ENTRY(sequence_last, bytes, sequence_dims, FIELDS),
    MX_ENTRY(sequence_last_grad, bytes, sequence_dims, FIELDS), {0}};
