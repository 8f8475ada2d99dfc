/* Concatenation along an axis and its inverse, as byte copies.
 *
 * The joined array is (outer, row) bytes; part p is (outer, sizes[p]), and the sizes fill the row.
 *   concat  ptr: the parts, then the joined array
 *   split   ptr: the joined array, then the parts
 */
#include <string.h>

#include "mx_kernel.h"
#include "mx_size.h"

enum { MOST_PARTS = 64, CHUNK = 1 << 17 };

typedef struct { int64_t num_parts, outer, row, sizes[MOST_PARTS]; } join_dims;
#define FIELDS "num_parts outer row sizes:64"

typedef struct {
  const join_dims *d;
  void *const *parts;
  char *joined;
  int is_split;
  int64_t offset[MOST_PARTS];    /* of each part within a row */
} join_job;

static inline void copy_piece(char *to, const char *from, int64_t n) {
  switch (n) {
    case 4: memcpy(to, from, 4); break;
    case 8: memcpy(to, from, 8); break;
    default: memcpy(to, from, (size_t)n);
  }
}

/* Task i copies CHUNK bytes of the joined array, which may begin and end within a part. */
static void join_task(void *context, int64_t i) {
  const join_job *job = context;
  const join_dims *d = job->d;
  const int64_t total = d->outer * d->row;
  const int64_t end = (i + 1) * CHUNK < total ? (i + 1) * CHUNK : total;
  int64_t at = i * CHUNK, o = at / d->row, within = at % d->row, part = 0;
  while (within >= job->offset[part] + d->sizes[part]) part++;
  while (at < end) {
    const int64_t skip = within - job->offset[part];
    int64_t n = d->sizes[part] - skip;
    if (n > end - at) n = end - at;
    char *piece = (char *)job->parts[part] + o * d->sizes[part] + skip;
    if (n && job->is_split) copy_piece(piece, job->joined + at, n);
    else if (n) copy_piece(job->joined + at, piece, n);
    at += n;
    within += n;
    if (++part == d->num_parts) {
      part = 0;
      within = 0;
      o++;
    }
  }
}

static int join(const void *desc, void *const *parts, char *joined, int is_split) {
  join_job job = {.d = desc, .parts = parts, .joined = joined, .is_split = is_split};
  for (int64_t part = 1; part < job.d->num_parts; part++)
    job.offset[part] = job.offset[part - 1] + job.d->sizes[part - 1];
  const int64_t count = mx_ceil_div(job.d->outer * job.d->row, CHUNK);
  if (count > 1) mx_rt->parallel_for(count, join_task, &job);
  else if (count) join_task(&job, 0);
  return MX_OK;
}

static int concat_bytes(const void *desc, void *const *ptr, const mx_scalar *scalars) {
  (void)scalars;
  return join(desc, ptr, ptr[((const join_dims *)desc)->num_parts], 0);
}

static int split_bytes(const void *desc, void *const *ptr, const mx_scalar *scalars) {
  (void)scalars;
  return join(desc, ptr + 1, ptr[0], 1);
}

const mx_kernel_entry mx_table_join[] = {
    MX_ENTRY(concat, bytes, join_dims, FIELDS), MX_ENTRY(split, bytes, join_dims, FIELDS), {0}};
