/* where: each element from one of two arrays.
 *
 * The arrays have any dtype, whose items are only moved: a kernel for each item size.  Conditions
 * of 16 bits are all floats, and of one byte all integers or bool; so are those of 4 and 8 bytes
 * but for float and double. */
#include "mx_dtype.h"
#include "pointwise.h"

/* condition, x, y -> out: `size` items of `inner` elements; the condition has one entry an item. */
typedef struct { int64_t size, inner; } where_dims;

typedef struct {
  const void *condition, *x, *y;
  void *out;
  int64_t inner;
} where_job;

#define IS_NONZERO(x) ((x) != 0)
#define IS_NONZERO_HALF(x) (((x) & 0x7fff) != 0)

#define WHERE(kind, type, is_true, item, real)                                                  \
  static void where_##kind##_##item##_range(const void *context, int64_t begin, int64_t end) {  \
    const where_job *job = context;                                                             \
    const type *condition = job->condition;                                                     \
    const real *x = job->x, *y = job->y;                                                        \
    real *out = job->out;                                                                       \
    if (job->inner == 1) {                                                                      \
      for (int64_t i = begin; i < end; i++) out[i] = is_true(condition[i]) ? x[i] : y[i];       \
      return;                                                                                   \
    }                                                                                           \
    for (int64_t i = begin; i < end;) {                                                         \
      const int64_t row = i / job->inner, rest = (row + 1) * job->inner - i;                    \
      const int64_t n = rest < end - i ? rest : end - i;                                        \
      memmove(out + i, (is_true(condition[row]) ? x : y) + i, (size_t)n * sizeof(real));        \
      i += n;                                                                                   \
    }                                                                                           \
  }                                                                                             \
  static int where_##kind##_##item(const void *desc, void *const *ptr, const mx_scalar *s) {    \
    (void)s;                                                                                    \
    const where_dims *d = desc;                                                                 \
    const where_job job = {ptr[0], ptr[1], ptr[2], ptr[3], d->inner};                           \
    return pointwise_run(d->size * d->inner, where_##kind##_##item##_range, &job);              \
  }
#define EACH_ITEM(kind, type, is_true)                                           \
  WHERE(kind, type, is_true, 1, uint8_t) WHERE(kind, type, is_true, 2, uint16_t) \
  WHERE(kind, type, is_true, 4, uint32_t) WHERE(kind, type, is_true, 8, uint64_t)
EACH_ITEM(f32, float, IS_NONZERO)
EACH_ITEM(f64, double, IS_NONZERO)
EACH_ITEM(half, uint16_t, IS_NONZERO_HALF)
EACH_ITEM(byte, uint8_t, IS_NONZERO)
EACH_ITEM(i32, int32_t, IS_NONZERO)
EACH_ITEM(i64, int64_t, IS_NONZERO)

#define ENTRY(dtype, kind, item) \
  {"where_" #dtype "_" #item, where_##kind##_##item, NULL, (int64_t)sizeof(where_dims), \
   "size inner"}
#define ENTRIES(dtype, kind) \
  ENTRY(dtype, kind, 1), ENTRY(dtype, kind, 2), ENTRY(dtype, kind, 4), ENTRY(dtype, kind, 8)

const mx_kernel_entry mx_table_where[] = {
    ENTRIES(f32, f32), ENTRIES(f64, f64), ENTRIES(f16, half), ENTRIES(bf16, half),
    ENTRIES(u8, byte), ENTRIES(i8, byte), ENTRIES(b8, byte), ENTRIES(i32, i32),
    ENTRIES(i64, i64), {0}};
