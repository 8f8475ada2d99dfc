/* Counter-based random numbers: Philox4x32-10 (Salmon et al., 2011).
 *
 * A call has a key of 128 bits, (seed, stream); what an element gets depends on the key and its
 * index alone, so never on the number of threads. */
#ifndef MX_RANDOM_H
#define MX_RANDOM_H
#include <math.h>
#include <stdint.h>
#include <string.h>

#include "mx_loops.h"
#include "mx_math.h"
#include "mx_philox.h"

enum { MX_BLOCKS = 16, MX_WORDS = 4 * MX_BLOCKS };

/* MX_BLOCKS blocks of four words each, counters `counter`, `counter` + 1, ...: word w of block b
 * is words[w * MX_BLOCKS + b]. */
static inline void mx_philox(uint64_t seed, uint64_t stream, uint64_t counter,
                             uint32_t words[MX_WORDS]) {
  uint32_t *c0 = words, *c1 = c0 + MX_BLOCKS, *c2 = c1 + MX_BLOCKS, *c3 = c2 + MX_BLOCKS;
  for (int b = 0; b < MX_BLOCKS; b++) {
    c0[b] = (uint32_t)(counter + (uint64_t)b);
    c1[b] = (uint32_t)((counter + (uint64_t)b) >> 32);
    c2[b] = (uint32_t)stream;
    c3[b] = (uint32_t)(stream >> 32);
  }
  uint32_t k0 = (uint32_t)seed, k1 = (uint32_t)(seed >> 32);
  for (int round = 0; round < 10; round++, k0 += 0x9e3779b9u, k1 += 0xbb67ae85u)
    MX_ROLLED for (int b = 0; b < MX_BLOCKS; b++) {
      const uint64_t p0 = (uint64_t)c0[b] * 0xd2511f53u, p1 = (uint64_t)c2[b] * 0xcd9e8d57u;
      const uint32_t a = (uint32_t)(p1 >> 32) ^ c1[b] ^ k0;
      const uint32_t c = (uint32_t)(p0 >> 32) ^ c3[b] ^ k1;
      c1[b] = (uint32_t)p1;
      c3[b] = (uint32_t)p0;
      c0[b] = a;
      c2[b] = c;
    }
}

/* One element's own endless sequence, for samplers that reject. */
typedef struct {
  uint64_t seed, stream, element;
  uint32_t draw, used;
  uint32_t words[4];
} mx_sequence;

static inline mx_sequence mx_sequence_at(uint64_t seed, uint64_t stream, int64_t element) {
  const mx_sequence sequence = {seed, stream, (uint64_t)element, 0, 4, {0}};
  return sequence;
}

static inline uint32_t mx_next_word(mx_sequence *s) {
  if (s->used == 4) {
    const uint32_t c[4] = {(uint32_t)s->element, (uint32_t)(s->element >> 32), s->draw++,
                           (uint32_t)s->stream};
    memcpy(s->words, c, sizeof c);
    mx_philox_rounds(s->words, (uint32_t)s->seed, (uint32_t)((s->seed ^ s->stream) >> 32));
    s->used = 0;
  }
  return s->words[s->used++];
}

static inline uint64_t mx_next_u64(mx_sequence *s) {
  const uint64_t high = mx_next_word(s);
  return high << 32 | mx_next_word(s);
}

/* 53 random bits, in (0, 1). */
static inline double mx_unit(uint64_t bits) { return ((double)(bits >> 11) + 0.5) * 0x1p-53; }

static inline double mx_next_unit(mx_sequence *s) { return mx_unit(mx_next_u64(s)); }

/* sin and cos of 2 pi u, u in [0, 1), without branches: polynomials within an eighth of a turn. */
static inline void mx_sincos_turn(float u, float *sine, float *cosine) {
  const int32_t quarter = (int32_t)(4.0f * u + 0.5f);
  const float x = (u - 0.25f * (float)quarter) * 6.28318531f, z = x * x;
  const float s = x + x * z * (-1.6666654611e-1f + z * (8.3321608736e-3f - z * 1.9515295891e-4f));
  const float c = 1.0f - 0.5f * z +
                  z * z * (4.166664568298827e-2f + z * (-1.388731625493765e-3f +
                                                        z * 2.443315711809948e-5f));
  const float a = quarter & 1 ? c : s, b = quarter & 1 ? s : c;
  *sine = quarter & 2 ? -a : a;
  *cosine = (quarter + 1) & 2 ? -b : b;
}

/* Two standard normal numbers from a radius and an angle (Box and Muller), of one word each, or of
 * two words each. */
static inline void mx_normal_pair_f32(uint32_t first, uint32_t second, float *one, float *other) {
  const float unit = ((float)first + 0.5f) * 0x1p-32f;
  const float radius = sqrtf(-2.0f * mx_logf(unit > 1.0f ? 1.0f : unit));
  float sine, cosine;
  mx_sincos_turn((float)(second >> 8) * 0x1p-24f, &sine, &cosine);
  *one = radius * cosine;
  *other = radius * sine;
}
static inline void mx_normal_pair_f64(uint64_t first, uint64_t second, double *one, double *other) {
  const double radius = sqrt(-2 * log(mx_unit(first)));
  const double angle = 6.283185307179586 * mx_unit(second);
  *one = radius * cos(angle);
  *other = radius * sin(angle);
}

/* A uniform number in [0, 1) of `bits` bits. */
static inline float mx_unit_f32(uint32_t word, int bits) {
  return (float)(word >> (32 - bits)) * (1.0f / (float)(1 << bits));
}
static inline double mx_unit_f64(uint64_t bits) { return (double)(bits >> 11) * 0x1p-53; }
#endif
