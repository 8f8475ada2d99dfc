/* What the CPU can run: all that the flags of a set in setup.py (ISA_FLAGS, NARROW) let the compiler
 * use. */
#ifndef MX_CPU_H
#define MX_CPU_H

#if defined(__x86_64__)
#include <cpuid.h>
#endif
#if defined(__x86_64__) && defined(__linux__)
#include <sys/syscall.h>
#include <unistd.h>
#endif

static inline int mx_cpu_has_avx2(void) {
#if defined(__x86_64__)
  unsigned a, b, c, d;                /* compilers of before 2021 do not know "f16c" */
  return __builtin_cpu_supports("avx2") && __builtin_cpu_supports("fma") &&
         __get_cpuid(1, &a, &b, &c, &d) && (c & bit_F16C);
#else
  return 0;
#endif
}

static inline int mx_cpu_has_avx512(void) {
#if defined(__x86_64__)
  return __builtin_cpu_supports("avx512f") && __builtin_cpu_supports("avx512bw") &&
         __builtin_cpu_supports("avx512dq") && __builtin_cpu_supports("avx512vl") &&
         __builtin_cpu_supports("avx512cd") && __builtin_cpu_supports("bmi") &&
         __builtin_cpu_supports("bmi2") && mx_cpu_has_avx2();
#else
  return 0;
#endif
}

/* Products by tiles.  Linux lets a process use the tile registers when it has asked for
 * them ("Using XSTATE features in user space applications", kernel.org); this asks. */
static inline int mx_cpu_has_amx(void) {
#if defined(__x86_64__) && defined(__linux__) && defined(SYS_arch_prctl)
  enum { REQUEST = 0x1023, TILE_DATA = 18 };
  enum { BFLOAT16 = 1 << 22, TILES = 1 << 24, INT8 = 1 << 25, AVX512_BF16 = 1 << 5 };
  unsigned a, b, c, d;
  if (!mx_cpu_has_avx512() || !__builtin_cpu_supports("avx512vnni")) return 0;
  if (!__get_cpuid_count(7, 0, &a, &b, &c, &d)) return 0;
  if (!(d & TILES) || !(d & BFLOAT16) || !(d & INT8)) return 0;
  if (!__get_cpuid_count(7, 1, &a, &b, &c, &d) || !(a & AVX512_BF16)) return 0;
  return syscall(SYS_arch_prctl, REQUEST, TILE_DATA) == 0;
#else
  return 0;
#endif
}
#endif
