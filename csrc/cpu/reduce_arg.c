/* argmax, argmin: (outer, axis, inner) -> (outer, inner), the index stored in the input's dtype. */
#include "mx_kernel.h"
#include "mx_size.h"

typedef struct { int64_t outer, axis, inner; } arg_dims;
typedef struct {
  const arg_dims *d;
  const void *x;
  void *y;
  int64_t group;
} arg_job;

enum { ARG_TILE = 64, ARG_WORK = 1 << 15 };

static int arg_run(const arg_dims *d, void *const *ptr, void (*task)(void *, int64_t)) {
  const int64_t units = d->outer * mx_ceil_div(d->inner, ARG_TILE);
  const int64_t work = d->axis * (d->inner < ARG_TILE ? d->inner : ARG_TILE);
  if (!units) return MX_OK;
  arg_job job = {d, ptr[0], ptr[1], work < ARG_WORK ? ARG_WORK / work : 1};
  const int64_t count = mx_ceil_div(units, job.group);
  if (count > 1) mx_rt->parallel_for(count, task, &job);
  else task(&job, 0);
  return MX_OK;
}

#define IS_NAN(x) ((x) != (x))
#define MX_BODY "reduce_arg_ops.h"
#include "mx_each_float.h"
#undef IS_NAN

#define IS_NAN(x) ((void)(x), 0)
#include "mx_each_integer.h"

#define ENTRY(name, dtype) MX_ENTRY(name, dtype, arg_dims, "outer axis inner")
#define FLOATS(name) ENTRY(name, f16), ENTRY(name, bf16), ENTRY(name, f32), ENTRY(name, f64)
#define INTEGERS(name) ENTRY(name, i8), ENTRY(name, u8), ENTRY(name, i32), ENTRY(name, i64)

const mx_kernel_entry mx_table_reduce_arg[] = {
    FLOATS(argmax), FLOATS(argmin), INTEGERS(argmax), INTEGERS(argmin), {0}};
