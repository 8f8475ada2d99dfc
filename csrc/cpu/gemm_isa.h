/* The register tile of the matrix kernels, by instruction set: TILE_ROWS rows of two vectors.
 *
 * A multiply-add takes two vectors and an accumulator, all in registers; a row's element is
 * broadcast.  TILE_ROWS * 2 accumulators, 2 vectors of B and 1 broadcast must fit the registers:
 *   AVX-512  32 registers of 64 bytes   14 rows: 28 + 2 + 1
 *   AVX2     16 registers of 32 bytes    6 rows: 12 + 2 + 1
 *   others   at least 16 of 16 bytes     6 rows (SSE2, NEON)
 * TILE_EACH_ROWS(X) is X(1) ... X(TILE_ROWS). */
#ifndef GEMM_ISA_H
#define GEMM_ISA_H

#define TILE_ROWS_6(X) X(1) X(2) X(3) X(4) X(5) X(6)
#if defined(__AVX512F__)
#define TILE_ROWS 14
#define VECTOR_BYTES 64
#define TILE_EACH_ROWS(X) TILE_ROWS_6(X) X(7) X(8) X(9) X(10) X(11) X(12) X(13) X(14)
#elif defined(__AVX2__)
#define TILE_ROWS 6
#define VECTOR_BYTES 32
#define TILE_EACH_ROWS TILE_ROWS_6
#else
#define TILE_ROWS 6
#define VECTOR_BYTES 16
#define TILE_EACH_ROWS TILE_ROWS_6
#endif

/* A vector of elements of a and b, chosen by numbers; `index`: the type of a vector of numbers. */
#if defined(__clang__)
#define MIX(index, a, b, ...) __builtin_shufflevector(a, b, __VA_ARGS__)
#else
#define MIX(index, a, b, ...) __builtin_shuffle(a, b, (index){__VA_ARGS__})
#endif
#endif
