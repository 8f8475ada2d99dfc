/* add_n: the sum of any number of arrays, each result rounded once. */
#include "pointwise.h"

typedef struct { int64_t size, count; } add_n_dims;

typedef struct {
  void *const *ptr;    /* `count` inputs, then the output */
  int64_t count;
} add_n_job;

enum { BLOCK = 512 };

#define MX_BODY "add_n_impl.h"
#include "mx_each_float.h"
#undef FN
#undef MX_JOIN
#undef MX_JOIN_
#include "mx_each_integer.h"

#define ENTRY(dtype) MX_ENTRY(add_n, dtype, add_n_dims, "size count")
const mx_kernel_entry mx_table_add_n[] = {
    ENTRY(f16), ENTRY(bf16), ENTRY(f32), ENTRY(f64),
    ENTRY(i8), ENTRY(u8), ENTRY(i32), ENTRY(i64), {0}};
