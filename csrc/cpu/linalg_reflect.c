/* Factors made by reflections of rows: A = L Q, and eigenvalues and vectors of symmetric matrices.
 *
 * A reflection H = I - tau v v^T, v[0] = 1, turns a row into a multiple of the first unit vector;
 * rows are multiplied by it from the right, so that all loops run along rows. */
#include <float.h>

#include "linalg.h"

typedef struct { int64_t batch, m, n; } lq_dims;
#define LQ_FIELDS "batch m n"

typedef struct { int64_t batch, n; } eigen_dims;
#define EIGEN_FIELDS "batch n"

enum {
  QL_STEPS = 60,           /* for one eigenvalue; about 2 are usual */
  REFLECT_WORK = 1 << 16,  /* items of rows that are worth a task */
  TURN_COLUMNS = 16, TURN_BYTES = 192 << 10,     /* of all rows, which stay in L2 */
  TURN_WORK = 1 << 17,
  TRIDIAGONAL_BLOCK = 32, TRIDIAGONAL_ROWS = 128,
  DIVIDE_LEAST = 32,       /* the largest matrix that is not divided */
  DIVIDE_GROUP = 32,       /* of eigenvalues */
};
#define WIDE_EPSILON (sizeof(wide) == sizeof(float) ? FLT_EPSILON / 2 : DBL_EPSILON / 2)

#define MX_BODY "linalg_reflect_impl.h"
#include "mx_each_wide.h"

#define LQ(dtype) MX_ENTRY_SCRATCH(lq, dtype, lq_scratch_##dtype, lq_dims, LQ_FIELDS)
#define EIGEN(dtype) MX_ENTRY_SCRATCH(eigen, dtype, eigen_scratch_##dtype, eigen_dims, EIGEN_FIELDS)

const mx_kernel_entry mx_table_linalg_reflect[] = {LQ(f32), LQ(f64), EIGEN(f32), EIGEN(f64), {0}};
