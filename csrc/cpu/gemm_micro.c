/* The microkernels of gemm_micro.h, for float and double. */
#include "gemm_micro.h"

#include <stddef.h>

#include "mx_kernel.h"

#define MICRO_JOIN(a, b) a##_##b
#define MICRO_JOIN_(a, b) MICRO_JOIN(a, b)
#define FN(name) MICRO_JOIN_(name, T)
#define INLINE static inline __attribute__((always_inline))
#define UNROLL _Pragma("GCC unroll 16")

#define T float
#define FINISH_ROWS finish_rows_f32
#include "gemm_micro_impl.h"
#undef T
#undef FINISH_ROWS
#define T double
#define FINISH_ROWS finish_rows_f64
#include "gemm_micro_impl.h"
#undef T
#undef FINISH_ROWS

typedef struct { int64_t rounds, tasks; } fma_peak_dims;

static void fma_peak_task(void *context, int64_t task) {
  const fma_peak_dims *d = context;
  float a[TILE_ROWS], b[TILE_COLS(float)];
  int64_t offset[64];
  (void)task;
  for (int i = 0; i < TILE_ROWS; i++) a[i] = 1e-3f;
  for (int j = 0; j < TILE_COLS(float); j++) b[j] = 1e-3f;
  for (int k = 0; k < 64; k++) offset[k] = 0;
  float c[TILE_AREA(float)];
  const tile_float out = {.c = c, .c_step = TILE_COLS(float)};
  for (int64_t round = 0; round < d->rounds / 64; round++) {
    /* as if all were written and read elsewhere: what is known is not computed again and again */
    __asm__ volatile("" : : "r"(a), "r"(b), "r"(offset), "r"(c) : "memory");
    micro_taps_float(TILE_ROWS, TILE_COLS(float), 64, a, 0, b, offset, &out);
  }
  __asm__ volatile("" : : "r"(c) : "memory");
}

/* For benchmarks: tasks * rounds * TILE_AREA multiply-adds that wait for nothing but each other. */
static int fma_peak_f32(const void *desc, void *const *ptr, const mx_scalar *scalars) {
  fma_peak_dims dims = *(const fma_peak_dims *)desc;
  (void)scalars;
  mx_rt->parallel_for(dims.tasks, fma_peak_task, &dims);
  *(float *)ptr[0] = TILE_AREA(float);
  return MX_OK;
}

const mx_kernel_entry mx_table_gemm_micro[] = {
    MX_ENTRY(fma_peak, f32, fma_peak_dims, "rounds tasks"), {0}};
