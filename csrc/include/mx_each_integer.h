/* Includes MX_BODY once per integer dtype, with the names of mx_each_float.h:
 * DT is i8, u8, i32 or i64, `real` and `wide` are the stored type. */
#include "mx_dtype.h"

#define MX_JOIN(a, b) a##_##b
#define MX_JOIN_(a, b) MX_JOIN(a, b)
#define FN(name) MX_JOIN_(name, DT)
#define LOAD(x) (x)
#define STORE(x) (x)
#define IS_HALF 0

#define DT i8
#define real int8_t
#define wide int8_t
#include MX_BODY
#undef DT
#undef real
#undef wide

#define DT u8
#define real uint8_t
#define wide uint8_t
#include MX_BODY
#undef DT
#undef real
#undef wide

#define DT i32
#define real int32_t
#define wide int32_t
#include MX_BODY
#undef DT
#undef real
#undef wide

#define DT i64
#define real int64_t
#define wide int64_t
#include MX_BODY
#undef DT
#undef real
#undef wide
#undef LOAD
#undef STORE
#undef IS_HALF
