/* where: each element from one of two arrays, whose items are only moved: DTYPE is their size. */
#include "prelude.cuh"
#include "item.cuh"

/* condition, x, y -> out: `size` items of `inner` elements; the condition has one entry an item. */
struct where_dims { int64_t size, inner; };

template <typename C, typename Test>
static void choose(const where_dims &d, const C *condition, const item *x, const item *y, item *out, Test test) {
  EACH(i, d.size * d.inner) out[i] = test(condition[i / d.inner]) ? x[i] : y[i];
}

#define WHERE(name, C, is_true)                                                                   \
  KERNEL(where_##name, where_dims) {                                                              \
    choose(d, (const C *)args.ptr[0], (const item *)args.ptr[1], (const item *)args.ptr[2],       \
           (item *)args.ptr[3], [](C c) { return is_true; });                                     \
  }
WHERE(f32, float, c != 0)
WHERE(f64, double, c != 0)
WHERE(f16, uint16_t, (c & 0x7fff) != 0)
WHERE(bf16, uint16_t, (c & 0x7fff) != 0)
WHERE(u8, uint8_t, c != 0)
WHERE(i8, int8_t, c != 0)
WHERE(b8, uint8_t, c != 0)
WHERE(i32, int32_t, c != 0)
WHERE(i64, int64_t, c != 0)
