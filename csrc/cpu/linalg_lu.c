/* LU factors with row pivots, of which determinants and inverses are made. */
#include "linalg.h"

/* outputs 1: the determinant; 2: its sign and the logarithm of its size. */
typedef struct { int64_t batch, n, outputs; } det_dims;
#define DET_FIELDS "batch n outputs"

/* takes_singular: the inverse of a singular matrix is zeros, else an error. */
typedef struct { int64_t batch, n, takes_singular; } inverse_dims;
#define INVERSE_FIELDS "batch n takes_singular"

#define MX_BODY "linalg_lu_impl.h"
#include "mx_each_wide.h"

#define DET(dtype) MX_ENTRY_SCRATCH(det, dtype, det_scratch_##dtype, det_dims, DET_FIELDS)
#define INVERSE(dtype) \
  MX_ENTRY_SCRATCH(inverse, dtype, inverse_scratch_##dtype, inverse_dims, INVERSE_FIELDS)

const mx_kernel_entry mx_table_linalg_lu[] = {DET(f32), DET(f64), INVERSE(f32), INVERSE(f64), {0}};
