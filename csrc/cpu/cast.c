/* Conversions between all dtypes. */
#include "mx_dtype.h"
#include "mx_math.h"
#include "pointwise.h"

typedef struct { int64_t size, from; } cast_dims;
#define CAST_FIELDS "size from"

typedef void (*cast_loop)(const void *source, void *target, int64_t n);
typedef struct { cast_loop loop; const char *source; char *target; int64_t in, out; } cast_job;

static void cast_range(const void *context, int64_t begin, int64_t end) {
  const cast_job *job = context;
  job->loop(job->source + begin * job->in, job->target + begin * job->out, end - begin);
}

#define AS_IS(x) (x)
/* EACH_FROM(M, to): M(from name, type, load, to) for every dtype; `kind` 0 float, 1 integer. */
#define EACH_SOURCE(M)                                                                 \
  M(f32, float, AS_IS, 0) M(f64, double, AS_IS, 0) M(f16, mx_f16, mx_f16_to_float, 0)  \
  M(bf16, mx_bf16, mx_bf16_to_float, 0) M(u8, uint8_t, AS_IS, 1) M(i32, int32_t, AS_IS, 1) \
  M(i8, int8_t, AS_IS, 1) M(i64, int64_t, AS_IS, 1) M(b8, mx_b8, AS_IS, 1)

#define TO_INTEGER_0(type, x) MX_TRUNCATE(type, x)     /* from a float */
#define TO_INTEGER_1(type, x) (type)(x)                /* from an integer */

#define LOOP(from, type, load, kind, to, target_type, convert)                         \
  static void from##_to_##to(const void *in, void *out, int64_t n) {                   \
    const type *source = in;                                                           \
    target_type *target = out;                                                         \
    for (int64_t i = 0; i < n; i++) target[i] = convert(load(source[i]), kind);        \
  }
#define FLOAT32(x, kind) (float)(x)
#define FLOAT64(x, kind) (double)(x)
#define FLOAT16(x, kind) mx_float_to_f16((float)(x))
#define BFLOAT16(x, kind) mx_float_to_bf16((float)(x))
#define BOOL(x, kind) (x) != 0
#define UINT8(x, kind) TO_INTEGER_##kind(uint8_t, x)
#define INT32(x, kind) TO_INTEGER_##kind(int32_t, x)
#define INT8(x, kind) TO_INTEGER_##kind(int8_t, x)
#define INT64(x, kind) TO_INTEGER_##kind(int64_t, x)

#define F32(from, type, load, kind) LOOP(from, type, load, kind, f32, float, FLOAT32)
#define F64(from, type, load, kind) LOOP(from, type, load, kind, f64, double, FLOAT64)
#define F16(from, type, load, kind) LOOP(from, type, load, kind, f16, mx_f16, FLOAT16)
#define BF16(from, type, load, kind) LOOP(from, type, load, kind, bf16, mx_bf16, BFLOAT16)
#define U8(from, type, load, kind) LOOP(from, type, load, kind, u8, uint8_t, UINT8)
#define I32(from, type, load, kind) LOOP(from, type, load, kind, i32, int32_t, INT32)
#define I8(from, type, load, kind) LOOP(from, type, load, kind, i8, int8_t, INT8)
#define I64(from, type, load, kind) LOOP(from, type, load, kind, i64, int64_t, INT64)
#define B8(from, type, load, kind) LOOP(from, type, load, kind, b8, mx_b8, BOOL)

/* cast_<to>: desc->from is the source's place in EACH_SOURCE. */
#define KERNEL(to, target_type)                                                        \
  static int cast_##to(const void *desc, void *const *ptr, const mx_scalar *scalars) { \
    (void)scalars;                                                                     \
    static const cast_loop loops[] = {f32_to_##to, f64_to_##to, f16_to_##to,           \
                                      bf16_to_##to, u8_to_##to, i32_to_##to,           \
                                      i8_to_##to, i64_to_##to, b8_to_##to};            \
    static const int64_t sizes[] = {4, 8, 2, 2, 1, 4, 1, 8, 1};                        \
    const cast_dims *d = desc;                                                         \
    const cast_job job = {loops[d->from], ptr[0], ptr[1], sizes[d->from],              \
                          sizeof(target_type)};                                        \
    return pointwise_run(d->size, cast_range, &job);                                   \
  }

EACH_SOURCE(F32) KERNEL(f32, float)
EACH_SOURCE(F64) KERNEL(f64, double)
EACH_SOURCE(F16) KERNEL(f16, mx_f16)
EACH_SOURCE(BF16) KERNEL(bf16, mx_bf16)
EACH_SOURCE(U8) KERNEL(u8, uint8_t)
EACH_SOURCE(I32) KERNEL(i32, int32_t)
EACH_SOURCE(I8) KERNEL(i8, int8_t)
EACH_SOURCE(I64) KERNEL(i64, int64_t)
EACH_SOURCE(B8) KERNEL(b8, mx_b8)

#define ENTRY(to) MX_ENTRY(cast, to, cast_dims, CAST_FIELDS)
const mx_kernel_entry mx_table_cast[] = {
    ENTRY(f32), ENTRY(f64), ENTRY(f16), ENTRY(bf16), ENTRY(u8),
    ENTRY(i32), ENTRY(i8),  ENTRY(i64), ENTRY(b8),   {0}};
