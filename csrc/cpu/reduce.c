/* Reductions over any set of axes: sum (and mean), nansum, prod, nanprod, norms, max, min. */
#include "reduce.h"
#include "half.h"

#include <math.h>

enum { SUM_VECTORS = 8, SUM_LANES = 4 * SUM_VECTORS };
typedef double doubles __attribute__((vector_size(32)));
#define UNROLL _Pragma("GCC unroll 8")

#define MX_BODY "reduce_float.h"
#include "mx_each_float.h"
#undef MX_BODY

#define MX_BODY "reduce_integer.h"
#include "mx_each_integer.h"
#undef MX_BODY

#define ENTRY(name, dtype) \
  MX_ENTRY_SCRATCH(name, dtype, name##_scratch_##dtype, reduce_dims, REDUCE_FIELDS)
#define FLOATS(name) ENTRY(name, f16), ENTRY(name, bf16), ENTRY(name, f32), ENTRY(name, f64)
#define INTEGERS(name) ENTRY(name, i8), ENTRY(name, u8), ENTRY(name, i32), ENTRY(name, i64)

const mx_kernel_entry mx_table_reduce[] = {
    FLOATS(sum), FLOATS(nansum), FLOATS(prod), FLOATS(nanprod), FLOATS(norm1), FLOATS(norm2),
    FLOATS(max), FLOATS(min), INTEGERS(sum), INTEGERS(prod), INTEGERS(norm1), INTEGERS(norm2),
    INTEGERS(max), INTEGERS(min), {0}};
