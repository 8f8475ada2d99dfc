/* Cholesky factors of matrices, and systems of equations with triangular ones. */
#include "linalg.h"

typedef struct { int64_t batch, n; } potrf_dims;
#define POTRF_FIELDS "batch n"

/* op(A) X = B, X and B (n, cols), or X op(A) = B, X and B (rows, n), if `right`.  A is lower
 * triangular, or upper if `upper`; `identity`: B is not given, but the identity, and a 0 on the
 * diagonal of A is an error. */
typedef struct { int64_t batch, n, others, right, upper, trans, identity; double alpha; } trsm_dims;
#define TRSM_FIELDS "batch n others right upper trans identity alpha:d"

#define MX_BODY "linalg_triangular_impl.h"
#include "mx_each_wide.h"

#define POTRF(dtype) MX_ENTRY_SCRATCH(potrf, dtype, potrf_scratch_##dtype, potrf_dims, POTRF_FIELDS)
#define TRSM(dtype) MX_ENTRY_SCRATCH(trsm, dtype, trsm_scratch_##dtype, trsm_dims, TRSM_FIELDS)

const mx_kernel_entry mx_table_linalg_triangular[] = {
    POTRF(f32), POTRF(f64), TRSM(f32), TRSM(f64), {0}};
