/* Byte copies: y = x. */
#include <string.h>

#include "mx_kernel.h"
#include "mx_size.h"

typedef struct { int64_t nbytes; } copy_dims;
enum { CHUNK = 1 << 18 };

typedef struct { const char *from; char *to; int64_t nbytes; } copy_job;

static void copy_chunk(void *context, int64_t i) {
  const copy_job *job = context;
  const int64_t begin = i * CHUNK, rest = job->nbytes - begin;
  memcpy(job->to + begin, job->from + begin, (size_t)(rest < CHUNK ? rest : CHUNK));
}

static int copy_bytes(const void *desc, void *const *ptr, const mx_scalar *scalars) {
  (void)scalars;
  copy_job job = {ptr[0], ptr[1], ((const copy_dims *)desc)->nbytes};
  if (job.from == job.to) return MX_OK;
  const int64_t count = mx_ceil_div(job.nbytes, CHUNK);
  if (count > 4) mx_rt->parallel_for(count, copy_chunk, &job);
  else if (job.nbytes) memcpy(job.to, job.from, (size_t)job.nbytes);
  return MX_OK;
}

const mx_kernel_entry mx_table_copy[] = {MX_ENTRY(copy, bytes, copy_dims, "nbytes"), {0}};
