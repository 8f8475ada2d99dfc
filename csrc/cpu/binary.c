/* Pointwise functions of two arrays with broadcasting: float dtypes.  Rows: binary_ops.def. */
#include "binary.h"
#include "half.h"

#define F_(name) FLOAT_##name
#define FLOAT_pow _Generic((wide)0, float: powf, double: pow)
#define FLOAT_sqrt _Generic((wide)0, float: sqrtf, double: sqrt)
#define FLOAT_hypot _Generic((wide)0, float: hypotf, double: hypot)
#define FLOAT_mx_mod _Generic((wide)0, float: mx_modf_, double: mx_mod)
#define FLOAT_mx_floor_div _Generic((wide)0, float: mx_floor_divf, double: mx_floor_div)

#define BOTH(name, on_floats, on_integers) ROW(name, on_floats)
#define MX_BODY "binary_impl.h"
#include "mx_each_float.h"
#undef MX_BODY
#undef BOTH

#define ENTRIES(name, dtype)                                      \
  MX_ENTRY(name, dtype, binary_dims, BINARY_FIELDS),              \
      MX_ENTRY(name##_scalar, dtype, scalar_dims, "size"),        \
      MX_ENTRY(r##name##_scalar, dtype, scalar_dims, "size"),
#define BOTH(name, f, g) \
  ENTRIES(name, f16) ENTRIES(name, bf16) ENTRIES(name, f32) ENTRIES(name, f64)

const mx_kernel_entry mx_table_binary[] = {
#include "binary_ops.def"
    {0}};
