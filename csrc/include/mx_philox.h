/* Philox4x32-10 (Salmon et al., 2011), one block: ten rounds on a counter of four words. */
#ifndef MX_PHILOX_H
#define MX_PHILOX_H
#include <stdint.h>

static inline void mx_philox_rounds(uint32_t c[4], uint32_t k0, uint32_t k1) {
  for (int round = 0; round < 10; round++, k0 += 0x9e3779b9u, k1 += 0xbb67ae85u) {
    const uint64_t p0 = (uint64_t)c[0] * 0xd2511f53u, p1 = (uint64_t)c[2] * 0xcd9e8d57u;
    const uint32_t a = c[1], b = c[3];
    c[0] = (uint32_t)(p1 >> 32) ^ a ^ k0;
    c[1] = (uint32_t)p1;
    c[2] = (uint32_t)(p0 >> 32) ^ b ^ k1;
    c[3] = (uint32_t)p0;
  }
}
#endif
