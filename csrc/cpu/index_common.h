/* What the index_*.c kernels share: index arrays of any dtype read as int64, and rows of bytes. */
#ifndef MX_INDEX_COMMON_H
#define MX_INDEX_COMMON_H
#include <string.h>

#include "mx_dtype.h"
#include "mx_kernel.h"

/* How indices are read: MXNet's type flags (base.DTYPES), so that a kernel has one body. */
enum {
  FLAG_F32, FLAG_F64, FLAG_F16, FLAG_U8, FLAG_I32, FLAG_I8, FLAG_I64, FLAG_B8,
  FLAG_BF16 = 12,
};

enum { MODE_CLIP, MODE_WRAP, MODE_RAISE };

enum { INDEX_BLOCK = 128, INDEX_GRAIN = 1 << 14, INDEX_TASKS = 64 };

/* Truncation toward zero; what int64 cannot hold goes to its ends, NaN to the lower. */
static inline int64_t index_from_double(double x) {
  if (!(x > -0x1p63)) return INT64_MIN;
  return x >= 0x1p63 ? INT64_MAX : (int64_t)x;
}

/* to[i] = indices[begin + i] for i in [0, n). */
static inline void load_indices(int64_t flag, const void *indices, int64_t begin, int64_t n,
                                int64_t *to) {
#define LOAD_AS(T, CONVERT)                                                              \
  for (int64_t i = 0; i < n; i++) to[i] = CONVERT(((const T *)indices)[begin + i]);      \
  break
#define FROM_F16(h) index_from_double(mx_f16_to_float(h))
#define FROM_BF16(h) index_from_double(mx_bf16_to_float(h))
  switch (flag) {
    case FLAG_F32: LOAD_AS(float, index_from_double);
    case FLAG_F64: LOAD_AS(double, index_from_double);
    case FLAG_F16: LOAD_AS(mx_f16, FROM_F16);
    case FLAG_BF16: LOAD_AS(mx_bf16, FROM_BF16);
    case FLAG_I32: LOAD_AS(int32_t, (int64_t));
    case FLAG_I64: LOAD_AS(int64_t, (int64_t));
    case FLAG_I8: LOAD_AS(int8_t, (int64_t));
    default: LOAD_AS(uint8_t, (int64_t));
  }
#undef FROM_BF16
#undef FROM_F16
#undef LOAD_AS
}

/* i brought into [0, K), K > 0; MODE_RAISE sets *status instead where it is outside. */
static inline int64_t index_in_axis(int64_t i, int64_t K, int64_t mode, int *status) {
  if (i >= 0 && i < K) return i;
  if (mode == MODE_CLIP) return i < 0 ? 0 : K - 1;
  if (mode == MODE_WRAP) return (i % K + K) % K;
  *status = MX_BAD_INDEX;
  return 0;
}

static inline void copy_row(char *to, const char *from, int64_t nbytes) {
  switch (nbytes) {
    case 1: *to = *from; break;
    case 2: memcpy(to, from, 2); break;
    case 4: memcpy(to, from, 4); break;
    case 8: memcpy(to, from, 8); break;
    default: memcpy(to, from, (size_t)nbytes);
  }
}

/* Tasks report a bad index here; all that do write the same value. */
static inline void report(int *status, int found) {
  if (found != MX_OK) __atomic_store_n(status, found, __ATOMIC_RELAXED);
}

/* Run task over `work` units (about one ns each) cut into at most `most` tasks; returns the count
 * through *num_tasks before it starts. */
static inline void run_tasks(void (*task)(void *context, int64_t i), void *context, int64_t work,
                             int64_t most, int64_t *num_tasks) {
  *num_tasks = mx_task_count(work, INDEX_GRAIN, most < INDEX_TASKS ? most : INDEX_TASKS);
  if (*num_tasks == 1) task(context, 0);
  else mx_rt->parallel_for(*num_tasks, task, context);
}
#endif
