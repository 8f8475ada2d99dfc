/* Winograd's minimal filtering F(4x4, 3x3): its transforms of one axis, on vectors of tiles.
 *
 * A tile of 4 x 4 results needs 6 x 6 elements of the image, and 36 products a pair of channels in
 * place of 144.  Lavin and Gray, Fast Algorithms for Convolutional Neural Networks (2015), with six
 * interpolation points. */
#ifndef CONV_WINOGRAD_H
#define CONV_WINOGRAD_H
#include "gemm_micro.h"

enum { TILE = 4, WINDOW = 3, POINTS = 6, PRODUCTS = POINTS * POINTS };
enum { LANES = VECTOR_BYTES / sizeof(float), COLS = TILE_COLS(float) };

/* The points 0, A, -A, B, -B and infinity: of those with short fractions, the ones that were found
 * to round least.  AA and BB are squares; the filters' side is divided by the products of the
 * distances to the other points. */
#define A 0.625f
#define B 1.5f
#define AA (A * A)
#define BB (B * B)
#define PER_0 (1 / (AA * BB))
#define PER_A (1 / (2 * AA * (AA - BB)))
#define PER_B (1 / (2 * BB * (BB - AA)))

#define UNROLL _Pragma("GCC unroll 36")
typedef float vec __attribute__((vector_size(VECTOR_BYTES), aligned(sizeof(float)), may_alias));

static inline vec load(const float *x) { return *(const vec *)x; }
static inline void store(float *y, vec x) { *(vec *)y = x; }

/* A polynomial's values at the points: of A and -A, its even and its odd part. */
static inline void put_points(vec *v, int64_t step, vec at_0, vec even_a, vec odd_a, vec even_b,
                              vec odd_b, vec at_infinity) {
  v[0] = at_0;
  v[step] = even_a + odd_a;
  v[2 * step] = even_a - odd_a;
  v[3 * step] = even_b + odd_b;
  v[4 * step] = even_b - odd_b;
  v[5 * step] = at_infinity;
}

/* 6 elements of the image, to the points. */
static inline void image_points(const vec *d, int64_t d_step, vec *v, int64_t v_step) {
  const vec d1 = d[d_step], d2 = d[2 * d_step], d3 = d[3 * d_step], d4 = d[4 * d_step];
  put_points(v, v_step, AA * BB * d[0] - (AA + BB) * d2 + d4, d4 - BB * d2, A * (d3 - BB * d1),
             d4 - AA * d2, B * (d3 - AA * d1), AA * BB * d1 - (AA + BB) * d3 + d[5 * d_step]);
}

/* 3 taps of a filter, to the points. */
static inline void filter_points(const vec *g, int64_t g_step, vec *v, int64_t v_step) {
  const vec g0 = g[0], g1 = g[g_step], g2 = g[2 * g_step];
  put_points(v, v_step, PER_0 * g0, PER_A * (g0 + AA * g2), A * PER_A * g1,
             PER_B * (g0 + BB * g2), B * PER_B * g1, g2);
}

/* 4 elements of dy, to the points: for the gradient of the filter they are its taps. */
static inline void gradient_points(const vec *g, int64_t g_step, vec *v, int64_t v_step) {
  const vec g0 = g[0], g1 = g[g_step], g2 = g[2 * g_step], g3 = g[3 * g_step];
  put_points(v, v_step, PER_0 * g0, PER_A * (g0 + AA * g2), A * PER_A * (g1 + AA * g3),
             PER_B * (g0 + BB * g2), B * PER_B * (g1 + BB * g3), g3);
}

/* The products at the points, to 4 results. */
static inline void four_results(const vec *m, int64_t m_step, vec *y, int64_t y_step) {
  const vec even_a = m[m_step] + m[2 * m_step], odd_a = A * (m[m_step] - m[2 * m_step]);
  const vec even_b = m[3 * m_step] + m[4 * m_step], odd_b = B * (m[3 * m_step] - m[4 * m_step]);
  y[0] = m[0] + even_a + even_b;
  y[y_step] = odd_a + odd_b;
  y[2 * y_step] = AA * even_a + BB * even_b;
  y[3 * y_step] = AA * odd_a + BB * odd_b + m[5 * m_step];
}

/* The products at the points, to the 3 taps of a filter's gradient. */
static inline void three_results(const vec *m, int64_t m_step, vec *y, int64_t y_step) {
  const vec even_a = m[m_step] + m[2 * m_step], odd_a = A * (m[m_step] - m[2 * m_step]);
  const vec even_b = m[3 * m_step] + m[4 * m_step], odd_b = B * (m[3 * m_step] - m[4 * m_step]);
  y[0] = m[0] + even_a + even_b;
  y[y_step] = odd_a + odd_b;
  y[2 * y_step] = AA * even_a + BB * even_b + m[5 * m_step];
}

/* The same along both axes of a tile: x (nx, nx) vectors to y (ny, ny). */
#define BOTH_AXES(name, axis, nx, ny)                                   \
  static inline void name(const vec *x, vec *y) {                       \
    vec half[(nx) * (ny)];                                              \
    UNROLL for (int i = 0; i < (nx); i++) axis(x + i, nx, half + i, nx);       \
    UNROLL for (int i = 0; i < (ny); i++) axis(half + i * (nx), 1, y + i * (ny), 1); \
  }
BOTH_AXES(transform_image, image_points, POINTS, POINTS)
BOTH_AXES(transform_filter, filter_points, WINDOW, POINTS)
BOTH_AXES(transform_gradient, gradient_points, TILE, POINTS)
BOTH_AXES(transform_tile, four_results, POINTS, TILE)
BOTH_AXES(transform_window, three_results, POINTS, WINDOW)
#undef BOTH_AXES
#endif
