/* Products of a csr matrix A with dense ones, a thread an item, summed in the order of A's elements: the CPU's
 * csrc/cpu/sparse_dot.c. */
#include "prelude.cuh"

/* rows, columns, nnz: of A; M, N: of the result. */
struct csr_dims { int64_t rows, columns, nnz, M, N; };

struct csr_line { int64_t begin, end; };

/* The elements of a row; none where indptr does not fit. */
static csr_line line_of(const csr_dims &d, const mx_args &args, int64_t row) {
  const int64_t *indptr = (const int64_t *)args.ptr[2];
  const csr_line line = {indptr[row], indptr[row + 1]};
  const bool is_wrong = line.begin < 0 || line.end > d.nnz || line.begin > line.end ||
                        (row == 0 && line.begin) || (row == d.rows - 1 && line.end != d.nnz);
  if (!is_wrong) return line;
  WRONG_INDEX(args);
  return {0, 0};
}

/* The sum of A's elements of a row times those of x, `step` apart. */
static wide times(const csr_dims &d, const mx_args &args, int64_t row, const real *x, int64_t step) {
  const int64_t *indices = (const int64_t *)args.ptr[1];
  const csr_line line = line_of(d, args, row);
  wide sum = 0;
  for (int64_t e = line.begin; e < line.end; e++) {
    const int64_t column = indices[e];
    if (column < 0 || column >= d.columns) WRONG_INDEX(args);
    else sum += LOAD(IN(0)[e]) * LOAD(x[column * step]);
  }
  return sum;
}

/* data, indices, indptr, dense -> A dense */
KERNEL(csr_dot, csr_dims) {
  EACH(i, d.M * d.N) OUT(4)[i] = STORE(times(d, args, i / d.N, IN(3) + i % d.N, d.N));
}

/* data, indices, indptr, dense -> dense A^T */
KERNEL(dot_csr_transposed, csr_dims) {
  EACH(i, d.M * d.N) OUT(4)[i] = STORE(times(d, args, i % d.N, IN(3) + i / d.N * d.columns, 1));
}
