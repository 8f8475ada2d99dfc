/* Pointwise functions of one array: float dtypes.  Rows: unary_ops.def. */
#include "unary.h"

#include "half.h"
#include "mx_math.h"

#define F_(name) FLOAT_OR_DOUBLE(name)
#define FLOAT_OR_DOUBLE(name) _Generic((wide)0, float: name##f, double: name)
#define V_(name) _Generic((wide)0, float: mx_##name##f, double: mx_##name)
#define mx_softplus(x) _Generic((wide)0, float: mx_softplusf, double: mx_softplus)(x)
#define mx_rint_down(x) _Generic((wide)0, float: mx_rint_downf, double: mx_rint_down)(x)
#define mx_mish_grad(x) _Generic((wide)0, float: mx_mish_gradf, double: mx_mish_grad)(x)
#define mx_digamma(x) _Generic((wide)0, float: mx_digammaf, double: mx_digamma)(x)
#define mx_trigamma(x) _Generic((wide)0, float: mx_trigammaf, double: mx_trigamma)(x)
#define mx_erfinv(x) _Generic((wide)0, float: mx_erfinvf, double: mx_erfinv)(x)

#define MX_BODY "unary_impl.h"
#include "mx_each_float.h"
#undef MX_BODY

#define ENTRIES(name, dtype)                             \
  MX_ENTRY(name, dtype, unary_dims, "size"),             \
      MX_ENTRY(grad_##name, dtype, unary_dims, "size"),
#define UX(name, f, df) ENTRIES(name, f16) ENTRIES(name, bf16) ENTRIES(name, f32) ENTRIES(name, f64)
#define UY UX
#define BOTH(name, f, on_integers, df) UX(name, f, df)

const mx_kernel_entry mx_table_unary[] = {
#include "unary_exact_ops.def"
#include "unary_ops.def"
    {0}};
