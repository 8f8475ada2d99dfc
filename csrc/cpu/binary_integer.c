/* Pointwise functions of two arrays with broadcasting: integers and bool.  Rows: binary_ops.def. */
#include "binary.h"

#include "mx_dtype.h"

#define BOTH(name, on_floats, on_integers) ROW(name, on_integers)
#define JOIN(a, b) a##_##b
#define JOIN_(a, b) JOIN(a, b)
#define FN(name) JOIN_(name, DT)
#define wide int64_t
#define LOAD(x) (x)
#define STORE(x) ((real)(x))

#define DT i8
#define real int8_t
#include "binary_impl.h"
#undef DT
#undef real

#define DT u8
#define real uint8_t
#include "binary_impl.h"
#undef DT
#undef real

#define DT i32
#define real int32_t
#include "binary_impl.h"
#undef DT
#undef real

#define DT i64
#define real int64_t
#include "binary_impl.h"
#undef DT
#undef STORE
#undef real

#define DT b8
#define real mx_b8
#define STORE(x) ((mx_b8)((x) != 0))
#include "binary_impl.h"
#undef BOTH

#define ENTRIES(name, dtype)                                      \
  MX_ENTRY(name, dtype, binary_dims, BINARY_FIELDS),              \
      MX_ENTRY(name##_scalar, dtype, scalar_dims, "size"),        \
      MX_ENTRY(r##name##_scalar, dtype, scalar_dims, "size"),
#define BOTH(name, f, g)                                                     \
  ENTRIES(name, i8) ENTRIES(name, u8) ENTRIES(name, i32) ENTRIES(name, i64)  \
  ENTRIES(name, b8)

const mx_kernel_entry mx_table_binary_integer[] = {
#include "binary_ops.def"
    {0}};
