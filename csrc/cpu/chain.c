/* Kernels that work element by element, one after another on a block that stays in the cache. */
#include <string.h>

#include "mx_kernel.h"
#include "mx_size.h"

enum { OPS = 24, ARGS = 96, PLACES = 64, TEMPORARIES = 32768, TASK = 16384 };

/* fn, whole, rest: of each kernel, and its descriptors for a block and for the last one. first: where
 * its arguments begin in args, which are numbers of arrays. An array lies in ptr[place], or, for
 * place < 0, at ~place in the memory of temporary ones. item: bytes of an element. */
typedef struct {
  int64_t num_ops, size, block;
  int64_t fn[OPS], whole[OPS], rest[OPS], first[OPS + 1], scalar[OPS];
  int64_t args[ARGS], item[PLACES], place[PLACES];
} chain_dims;

typedef struct {
  const chain_dims *dims;
  void *const *ptr;
  const mx_scalar *scalars;
  int64_t blocks_per_task;
  int status;                /* of any block that failed */
} chain_job;

static int run_block(const chain_job *job, int64_t begin, char *temporaries) {
  const chain_dims *d = job->dims;
  const int is_whole = d->size - begin >= d->block;
  void *args[ARGS];
  for (int64_t i = 0; i < d->num_ops; i++) {
    for (int64_t j = d->first[i]; j < d->first[i + 1]; j++) {
      const int64_t array = d->args[j], place = d->place[array];
      args[j - d->first[i]] = place < 0 ? temporaries + ~place
                                        : (char *)job->ptr[place] + begin * d->item[array];
    }
    const mx_kernel fn = (mx_kernel)(intptr_t)d->fn[i];
    const void *desc = (const void *)(intptr_t)(is_whole ? d->whole[i] : d->rest[i]);
    const int status = fn(desc, args, job->scalars + d->scalar[i]);
    if (status != MX_OK) return status;
  }
  return MX_OK;
}

static void chain_task(void *context, int64_t task) {
  chain_job *job = context;
  const chain_dims *d = job->dims;
  _Alignas(64) char temporaries[TEMPORARIES];
  for (int64_t i = 0; i < job->blocks_per_task; i++) {
    const int64_t begin = (task * job->blocks_per_task + i) * d->block;
    if (begin >= d->size) return;
    const int status = run_block(job, begin, temporaries);
    if (status != MX_OK) __atomic_store_n(&job->status, status, __ATOMIC_RELAXED);
  }
}

static int chain_bytes(const void *desc, void *const *ptr, const mx_scalar *scalars) {
  const chain_dims *d = desc;
  if (d->size == 0) return MX_OK;
  chain_job job = {d, ptr, scalars, TASK / d->block + 1, MX_OK};
  const int64_t per_task = job.blocks_per_task * d->block;
  const int64_t count = mx_ceil_div(d->size, per_task);
  if (count == 1) chain_task(&job, 0);
  else mx_rt->parallel_for(count, chain_task, &job);
  return job.status;
}

const mx_kernel_entry mx_table_chain[] = {
    MX_ENTRY(chain, bytes, chain_dims,
             "num_ops size block fn:24 whole:24 rest:24 first:25 scalar:24 args:96 item:64 place:64"),
    {0}};
