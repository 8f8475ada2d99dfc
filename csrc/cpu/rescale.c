/* y = x * scale in y's dtype, x and y of 8 or 32 bits: what quantization is made of. */
#include <math.h>
#include <stdint.h>

#include "mx_kernel.h"
#include "mx_size.h"

/* x (count), scale (1) of float32 -> y (count).  Products are rounded to the nearest integer, the
 * even one of two, or towards 0 if `truncate`; those outside the range of y's dtype become its
 * nearest end, and NaN becomes its least value. */
typedef struct { int64_t count, truncate; } rescale_dims;

typedef struct {
  const void *x;
  void *y;
  float scale;
  int64_t count, truncate;
} rescale_job;

enum { RESCALE_CHUNK = 1 << 15 };

static inline float rescale_clip(float x, float low, float high) {
  x = x > low ? x : low;
  return x < high ? x : high;
}

static inline int8_t to_i8(float x) { return (int8_t)(int32_t)rescale_clip(x, -128, 127); }
static inline uint8_t to_u8(float x) { return (uint8_t)(int32_t)rescale_clip(x, 0, 255); }
static inline float to_f32(float x) { return x; }
static inline int32_t to_i32(float x) {      /* 2147483520 is the last float32 below 2^31 */
  return x >= 2147483648.0f ? INT32_MAX : (int32_t)rescale_clip(x, -2147483648.0f, 2147483520.0f);
}

#define RESCALE(in, in_type, out, out_type, round, chop)                                     \
  static void rescale_##out##_part_##in(void *context, int64_t task) {                       \
    const rescale_job *job = context;                                                        \
    const int64_t first = task * RESCALE_CHUNK;                                              \
    const int64_t left = job->count - first;                                                 \
    const int64_t count = left < RESCALE_CHUNK ? left : RESCALE_CHUNK;                       \
    const in_type *x = (const in_type *)job->x + first;                                      \
    out_type *y = (out_type *)job->y + first;                                                \
    const float scale = job->scale;                                                          \
    if (job->truncate)                                                                       \
      for (int64_t i = 0; i < count; i++) y[i] = to_##out(chop((float)x[i] * scale));        \
    else                                                                                     \
      for (int64_t i = 0; i < count; i++) y[i] = to_##out(round((float)x[i] * scale));       \
  }                                                                                          \
  static int rescale_##out##_##in(const void *desc, void *const *ptr,                        \
                                  const mx_scalar *scalars) {                                \
    const rescale_dims *d = desc;                                                            \
    rescale_job job = {ptr[0], ptr[2], *(const float *)ptr[1], d->count, d->truncate};       \
    (void)scalars;                                                                           \
    mx_rt->parallel_for(mx_ceil_div(d->count, RESCALE_CHUNK),                      \
                        rescale_##out##_part_##in, &job);                                    \
    return MX_OK;                                                                            \
  }

#define RESCALE_TO(out, out_type, round, chop)           \
  RESCALE(i8, int8_t, out, out_type, round, chop)        \
  RESCALE(u8, uint8_t, out, out_type, round, chop)       \
  RESCALE(i32, int32_t, out, out_type, round, chop)      \
  RESCALE(f32, float, out, out_type, round, chop)

RESCALE_TO(i8, int8_t, rintf, truncf)
RESCALE_TO(u8, uint8_t, rintf, truncf)
RESCALE_TO(i32, int32_t, rintf, truncf)
RESCALE_TO(f32, float, , )

#define ENTRY(out, in) MX_ENTRY(rescale_##out, in, rescale_dims, "count truncate")
#define ENTRIES(out) ENTRY(out, i8), ENTRY(out, u8), ENTRY(out, i32), ENTRY(out, f32)

const mx_kernel_entry mx_table_rescale[] = {
    ENTRIES(i8), ENTRIES(u8), ENTRIES(i32), ENTRIES(f32), {0}};
