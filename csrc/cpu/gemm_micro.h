/* The microkernels of matrix product and convolution: a tile of C, at most TILE_ROWS rows of two
 * vectors, summed up in registers.
 *
 * micro_panel: C (rows x cols) = sum over k of a[k * a_step + i] * b[k * b_step + j].
 * micro_taps:  the same with b read at b + offset[k]: convolution rows read where they lie.
 * micro_lines: a read along lines of an image, one start a row: gradients of weights.
 * micro_dots:  C = sum over k of a[i * a_step + k] * b[j * b_step + k], at most DOT_ROWS x DOT_COLS
 *              of C, for K of at least a vector: few rows would not pay for packing b.
 * micro_finish: the finish of rows x cols of C, as many as there are, that micro_dots has made.
 */
#ifndef GEMM_MICRO_H
#define GEMM_MICRO_H
#include <stdint.h>

#include "gemm_isa.h"
#include "row_finish.h"

#define TILE_COLS(T) ((int)(2 * VECTOR_BYTES / sizeof(T)))
enum { DOT_ROWS = 3, DOT_COLS = 4 };

#define TILE_AREA(T) (TILE_ROWS * TILE_COLS(T))

/* Where a tile goes: C, the step between its rows; what is added, with the same step (C itself, or
 * NULL), and biases of rows or columns (or NULL).  What is done with its rows then (or NULL; not of
 * micro_dots), the first of which is row `row` and begins with element `at` of the whole.
 * Lines: row i of A begins at a + row[i]; it is read along num_lines lines, each beginning at
 * line[l] and `length` long. */
#define GEMM_MICRO_TYPES(T)                                                                \
  typedef struct {                                                                         \
    T *c;                                                                                  \
    int64_t c_step;                                                                        \
    const T *add, *row_bias, *col_bias;                                                    \
    const row_finish *finish;                                                              \
    int64_t row, at;                                                                       \
  } tile_##T;                                                                              \
  typedef struct {                                                                         \
    const T *a;                                                                            \
    const int64_t *row, *line;                                                             \
    int64_t num_lines, length;                                                             \
  } lines_##T;                                                                             \
  void micro_panel_##T(int rows, int cols, int64_t K, const T *a, int64_t a_step, const T *b, \
                       int64_t b_step, const tile_##T *out);                               \
  void micro_taps_##T(int rows, int cols, int64_t K, const T *a, int64_t a_step, const T *b, \
                      const int64_t *offset, const tile_##T *out);                         \
  void micro_lines_##T(int rows, int cols, const lines_##T *a, const T *b, int64_t b_step, \
                       const tile_##T *out);                                               \
  void micro_dots_##T(int rows, int cols, int64_t K, const T *a, int64_t a_step, const T *b, \
                      int64_t b_step, const tile_##T *out);                                \
  void micro_finish_##T(int64_t rows, int64_t cols, const tile_##T *out);
GEMM_MICRO_TYPES(float)
GEMM_MICRO_TYPES(double)
#endif
