/* Comparisons of two arrays, with broadcasting, and of an array and a scalar, with results of bool.
 * Rows: COMPARE and LOGICAL in binary_ops.def. */
#include "binary.h"
#include "half.h"

#define BOTH(name, on_floats, on_integers)
#define MX_BODY "compare_impl.h"

#define SCALAR(x) STORE((wide)(x))
#define IS_OUTSIDE(scalar, x) 0
#include "mx_each_float.h"
#undef SCALAR
#undef IS_OUTSIDE

#define SCALAR(x) MX_TRUNCATE(real, x)
#define IS_OUTSIDE(scalar, x) ((double)(scalar) != (x))     /* of a dtype that cannot hold x */
#include "mx_each_integer.h"

/* bool is compared as the bytes that it is. */
#define ENTRY(name, dtype, kernel)                                                                  \
  {#name "_bool_" #dtype, name##_bool_##kernel, NULL, (int64_t)sizeof(binary_dims), BINARY_FIELDS}, \
      {#name "_scalar_bool_" #dtype, name##_scalar_bool_##kernel, NULL,                             \
       (int64_t)sizeof(scalar_dims), "size"},
#define COMPARE(name, formula)                                                                      \
  ENTRY(name, f16, f16) ENTRY(name, bf16, bf16) ENTRY(name, f32, f32) ENTRY(name, f64, f64)         \
  ENTRY(name, i8, i8) ENTRY(name, u8, u8) ENTRY(name, i32, i32) ENTRY(name, i64, i64)               \
  ENTRY(name, b8, u8)
#define LOGICAL(name, formula) COMPARE(name, formula)

const mx_kernel_entry mx_table_compare[] = {
#include "binary_ops.def"
    {0}};
