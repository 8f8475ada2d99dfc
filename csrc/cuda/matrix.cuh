/* Kernels of matrices, each of which a block of threads works on. */
#ifndef MX_MATRIX_CUH
#define MX_MATRIX_CUH
#include "block.cuh"

#define EACH_MATRIX(b) for (int64_t b = blockIdx.x; b < d.batch; b += gridDim.x)

enum { MOST_SWEEPS = 60 };      /* over all pairs of rows, by rotations; about 10 are usual */
#endif
