/* Pointwise functions of one array: integers and bool.  The exact ones compute in the dtype, the
 * others in double, rounded towards zero, as MXNet does. */
#include "unary.h"

#include "mx_math.h"

#define F_(name) name
#define V_(name) mx_##name
#define JOIN(a, b) a##_##b
#define JOIN_(a, b) JOIN(a, b)
#define FN(name) JOIN_(name, DT)

#define LOOP(name, f)                                                                 \
  static void FN(name##_loop)(const void *const *in, void *out, int64_t n) {          \
    const real *restrict source = in[0];                                              \
    real *target = out;                                                               \
    for (int64_t i = 0; i < n; i++) {                                                 \
      const wide x = (wide)source[i];                                                 \
      (void)x;                                                                        \
      target[i] = STORE(f);                                                           \
    }                                                                                 \
  }                                                                                   \
  static int FN(name)(const void *desc, void *const *ptr, const mx_scalar *scalars) { \
    (void)scalars;                                                                    \
    return unary_run(desc, ptr, 1, sizeof(real), FN(name##_loop));                    \
  }
#define BOTH(name, on_floats, f, df) LOOP(name, f)
#define UX(name, f, df) LOOP(name, f)
#define UY UX

#define DT i8
#define real int8_t
#include "unary_integer_impl.h"
#define DT u8
#define real uint8_t
#include "unary_integer_impl.h"
#define DT i32
#define real int32_t
#include "unary_integer_impl.h"
#define DT i64
#define real int64_t
#include "unary_integer_impl.h"

#undef BOTH
#undef UX
#define ENTRY(name, dtype) MX_ENTRY(name, dtype, unary_dims, "size"),
#define UX(name, f, df) ENTRY(name, i8) ENTRY(name, u8) ENTRY(name, i32) ENTRY(name, i64)
#define BOTH(name, on_floats, f, df) UX(name, f, df)

#define DT b8
#define real mx_b8
#define wide int64_t
#define STORE(x) ((mx_b8)(x))
LOOP(logical_not, x == 0)

const mx_kernel_entry mx_table_unary_integer[] = {
#include "unary_exact_ops.def"
#include "unary_ops.def"
    ENTRY(logical_not, b8) {0}};
