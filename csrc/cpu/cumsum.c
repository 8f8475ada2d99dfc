/* cumsum: the sums of the items up to each one, along an axis. */
#include "mx_kernel.h"
#include "mx_size.h"

/* x, y: (outer, axis, inner). */
typedef struct { int64_t outer, axis, inner; } cumsum_dims;

enum {
  CUMSUM_LINES = 64,       /* side by side, summed together */
  CUMSUM_ROWS = 4,         /* lines of items side by side, whose sums do not wait for each other */
  CUMSUM_WORK = 1 << 15, CUMSUM_TASKS = 64,
};

typedef struct {
  const cumsum_dims *d;
  const void *x;
  void *y;
  int64_t parts, tasks;    /* of one line each, CUMSUM_ROWS of them, or CUMSUM_LINES */
} cumsum_job;

static int64_t cumsum_parts(const cumsum_dims *d) {
  if (d->inner == 1) return mx_ceil_div(d->outer, CUMSUM_ROWS);
  return d->outer * mx_ceil_div(d->inner, CUMSUM_LINES);
}

#define MX_BODY "cumsum_impl.h"
#define ADD(a, b) ((a) + (b))
#include "mx_each_float.h"
#undef ADD
#define ADD(a, b) ((wide)((uint64_t)(a) + (uint64_t)(b)))       /* wraps round */
#include "mx_each_integer.h"

#define ENTRY(dtype) MX_ENTRY(cumsum, dtype, cumsum_dims, "outer axis inner")

const mx_kernel_entry mx_table_cumsum[] = {ENTRY(f16), ENTRY(bf16), ENTRY(f32), ENTRY(f64),
                                           ENTRY(i8),  ENTRY(u8),   ENTRY(i32), ENTRY(i64), {0}};
