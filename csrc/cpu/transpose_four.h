/* A transpose of 4 x 4 items in registers. */
#ifndef TRANSPOSE_FOUR_H
#define TRANSPOSE_FOUR_H
#include "gemm_isa.h"

/* y[k * step + i] = xi[k]: x0 ... x3 and y are of the type `four`, `at`: a vector of numbers as long. */
#define TRANSPOSE_FOUR(four, at, x0, x1, x2, x3, y, step) \
  do { \
    const four low01 = MIX(at, x0, x1, 0, 4, 1, 5), low23 = MIX(at, x2, x3, 0, 4, 1, 5); \
    const four high01 = MIX(at, x0, x1, 2, 6, 3, 7), high23 = MIX(at, x2, x3, 2, 6, 3, 7); \
    *(four *)(y) = MIX(at, low01, low23, 0, 1, 4, 5); \
    *(four *)((y) + (step)) = MIX(at, low01, low23, 2, 3, 6, 7); \
    *(four *)((y) + 2 * (step)) = MIX(at, high01, high23, 0, 1, 4, 5); \
    *(four *)((y) + 3 * (step)) = MIX(at, high01, high23, 2, 3, 6, 7); \
  } while (0)
#endif
