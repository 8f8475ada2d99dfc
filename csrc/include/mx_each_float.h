/* Includes MX_BODY once per floating dtype.  In the body:
 *   DT         the dtype's name: f16, bf16, f32, f64      FN(name)   name_<DT>
 *   real       the stored type                            wide       the type it computes in
 *   LOAD(x)    real -> wide                               STORE(x)   wide -> real
 *   IS_HALF    1 for f16 and bf16, which come after f32
 * No include guard: every inclusion stamps the body out again. */
#include "mx_each_wide.h"

#define IS_HALF 1
#define DT f16
#define real mx_f16
#define wide float
#define LOAD(x) mx_f16_to_float(x)
#define STORE(x) mx_float_to_f16(x)
#include MX_BODY
#undef DT
#undef real
#undef LOAD
#undef STORE

#define DT bf16
#define real mx_bf16
#define LOAD(x) mx_bf16_to_float(x)
#define STORE(x) mx_float_to_bf16(x)
#include MX_BODY
#undef DT
#undef real
#undef wide
#undef LOAD
#undef STORE
#undef IS_HALF
