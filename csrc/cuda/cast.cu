/* Conversions to one dtype from all others. */
#include "prelude.cuh"

/* from: the source's place among f32 f64 f16 bf16 u8 i32 i8 i64 b8. */
struct cast_dims { int64_t size, from; };

template <typename T> static real from_float(T x) {
#if defined(DTYPE_b8)
  return x != 0;
#elif defined(DTYPE_i64)
  return mx_truncate64((double)x);
#elif IS_INTEGER
  return (real)mx_truncate32((double)x);
#else
  return STORE((wide)x);
#endif
}
static real from_integer(int64_t x) { return STORE((wide)x); }

KERNEL(cast, cast_dims) {
  const void *x = args.ptr[0];
  EACH(i, d.size) {
    real y;
    switch (d.from) {
      case 0: y = from_float(((const float *)x)[i]); break;
      case 1: y = from_float(((const double *)x)[i]); break;
      case 2: y = from_float(mx_f16_to_float(((const mx_f16 *)x)[i])); break;
      case 3: y = from_float(mx_bf16_to_float(((const mx_bf16 *)x)[i])); break;
      case 5: y = from_integer(((const int32_t *)x)[i]); break;
      case 6: y = from_integer(((const int8_t *)x)[i]); break;
      case 7: y = from_integer(((const int64_t *)x)[i]); break;
      default: y = from_integer(((const uint8_t *)x)[i]);
    }
    OUT(1)[i] = y;
  }
}
