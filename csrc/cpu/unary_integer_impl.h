/* The rows for one integer dtype, given DT and real; undefines them again. */
#define wide int64_t
#define STORE(x) ((real)(x))
#include "unary_exact_ops.def"
#undef wide
#undef STORE

#define wide double
#define STORE(x) MX_TRUNCATE(real, x)
#include "unary_ops.def"
#undef wide
#undef STORE
#undef DT
#undef real
