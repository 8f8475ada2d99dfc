/* Whole arrays of uniform and normal numbers and of integers, each from its own place in the stream, so that the
 * numbers are those of csrc/cpu/random.c: a thread computes a block of four words, of which MX_BLOCKS make a
 * group of the CPU's. */
#include "prelude.cuh"
#include "mx_random.h"

struct fill_dims { int64_t n, output; };

#define SEED args.scalar[0].u
#define STREAM args.scalar[1].u

/* Words of the block of a counter. */
static void block_words(const mx_args &args, int64_t block, uint32_t words[4]) {
  words[0] = (uint32_t)block;
  words[1] = (uint32_t)(block >> 32);
  words[2] = (uint32_t)STREAM;
  words[3] = (uint32_t)(STREAM >> 32);
  mx_philox_rounds(words, (uint32_t)SEED, (uint32_t)(SEED >> 32));
}
#define PAIR(k) ((uint64_t)words[k] << 32 | words[(k) + 1])

#if !IS_INTEGER
#if defined(DTYPE_f64)
enum { GROUP = 2 * MX_BLOCKS, EACH_BLOCK = 2 };
#else
enum { GROUP = 4 * MX_BLOCKS, EACH_BLOCK = 4 };
#if defined(DTYPE_f16)
#define BITS 11
#elif defined(DTYPE_bf16)
#define BITS 8
#else
#define BITS 24
#endif
#endif

static void uniform_values(const uint32_t *words, wide *values) {
#if defined(DTYPE_f64)
  for (int k = 0; k < 2; k++) values[k] = mx_unit_f64(PAIR(2 * k));
#else
  for (int k = 0; k < 4; k++) values[k] = mx_unit_f32(words[k], BITS);
#endif
}
static void normal_values(const uint32_t *words, wide *values) {
#if defined(DTYPE_f64)
  mx_normal_pair_f64(PAIR(0), PAIR(2), values, values + 1);
#else
  for (int k = 0; k < 4; k += 2) mx_normal_pair_f32(words[k], words[k + 1], values + k, values + k + 1);
#endif
}

/* Value k of a block is the CPU's element k * MX_BLOCKS of its group. */
#define FILL(name, values_of, factor)                                                            \
  KERNEL(name, fill_dims) {                                                                      \
    const wide a = (wide)args.scalar[2].f, b = (wide)(factor);                                   \
    EACH(block, (d.n + GROUP - 1) / GROUP * MX_BLOCKS) {                                         \
      uint32_t words[4];                                                                         \
      wide values[4];                                                                            \
      block_words(args, block, words);                                                           \
      values_of(words, values);                                                                  \
      for (int k = 0; k < EACH_BLOCK; k++) {                                                     \
        const int64_t at = block / MX_BLOCKS * GROUP + k * MX_BLOCKS + block % MX_BLOCKS;        \
        if (at < d.n) OUT(d.output)[at] = STORE(a + values[k] * b);                              \
      }                                                                                          \
    }                                                                                            \
  }
FILL(random_uniform, uniform_values, args.scalar[3].f - args.scalar[2].f)
FILL(random_normal, normal_values, args.scalar[3].f)

#else
/* low + an integer below high - low, from 64 bits each. */
KERNEL(random_randint, fill_dims) {
  const int64_t low = (int64_t)args.scalar[2].f;
  const uint64_t range = (uint64_t)(int64_t)args.scalar[3].f - (uint64_t)low;
  EACH(block, (d.n + 2 * MX_BLOCKS - 1) / (2 * MX_BLOCKS) * MX_BLOCKS) {
    uint32_t words[4];
    block_words(args, block, words);
    for (int k = 0; k < 2; k++) {
      const int64_t at = block / MX_BLOCKS * 2 * MX_BLOCKS + k * MX_BLOCKS + block % MX_BLOCKS;
      const uint64_t bits = (uint64_t)words[k] << 32 | words[k + 2];
      if (at < d.n) OUT(0)[at] = (real)((uint64_t)low + __umul64hi(bits, range));
    }
  }
}
#endif
