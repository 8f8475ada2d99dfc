/* Includes MX_BODY for float and double, with the names of mx_each_float.h. */
#include "mx_dtype.h"

#define MX_JOIN(a, b) a##_##b
#define MX_JOIN_(a, b) MX_JOIN(a, b)
#define FN(name) MX_JOIN_(name, DT)

#define DT f32
#define real float
#define wide float
#define LOAD(x) (x)
#define STORE(x) (x)
#define IS_HALF 0
#include MX_BODY
#undef DT
#undef real
#undef wide

#define DT f64
#define real double
#define wide double
#include MX_BODY
#undef DT
#undef real
#undef wide
#undef LOAD
#undef STORE
#undef IS_HALF
