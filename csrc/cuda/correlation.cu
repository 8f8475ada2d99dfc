/* Correlation: patches of one map with moved patches of another; see csrc/cpu/correlation.c. */
#include "prelude.cuh"

struct correlation_dims {
  int64_t N, C, H, W, OH, OW, kernel, most, stride1, stride2, pad, radius, is_product, which;
};

/* A pixel of a channel at a place of the padded map. */
static wide pixel_of(const correlation_dims &d, const real *plane, int64_t y, int64_t x) {
  y -= d.pad;
  x -= d.pad;
  return y >= 0 && y < d.H && x >= 0 && x < d.W ? LOAD(plane[y * d.W + x]) : 0;
}

/* x1 x2 -> y (N, moves^2, OH, OW) */
KERNEL(correlation, correlation_dims) {
  const int64_t moves = 2 * d.radius + 1;
  EACH(k, d.N * moves * moves * d.OH * d.OW) {
    const int64_t j = k % d.OW, i = k / d.OW % d.OH, m = k / d.OW / d.OH % (moves * moves);
    const int64_t n = k / d.OW / d.OH / (moves * moves);
    const int64_t right = (m % moves - d.radius) * d.stride2, down = (m / moves - d.radius) * d.stride2;
    const int64_t y = i * d.stride1 + d.most, x = j * d.stride1 + d.most;
    wide sum = 0;
    for (int64_t c = n * d.C; c < (n + 1) * d.C; c++) {
      const real *first = IN(0) + c * d.H * d.W, *second = IN(1) + c * d.H * d.W;
      for (int64_t t = 0; t < d.kernel * d.kernel; t++) {
        const int64_t at_y = y + t / d.kernel, at_x = x + t % d.kernel;
        const wide a = pixel_of(d, first, at_y, at_x), b = pixel_of(d, second, at_y + down, at_x + right);
        const wide apart = a - b;
        sum += d.is_product ? a * b : apart < 0 ? -apart : apart;
      }
    }
    OUT(2)[k] = STORE(sum / (wide)(d.kernel * d.kernel * d.C));
  }
}

/* dy x1 x2 -> dx1, or dx2 if which is 1 */
KERNEL(correlation_grad, correlation_dims) {
  const int64_t moves = 2 * d.radius + 1;
  EACH(k, d.N * d.C * d.H * d.W) {
    const int64_t plane = k / d.W / d.H, n = plane / d.C;
    const int64_t x = k % d.W + d.pad, y = k / d.W % d.H + d.pad;
    const real *others = IN(d.which ? 1 : 2) + plane * d.H * d.W;
    const wide own = LOAD(IN(d.which ? 2 : 1)[k]);
    wide sum = 0;
    for (int64_t m = 0; m < moves * moves; m++) {
      const int64_t right = (m % moves - d.radius) * d.stride2;
      const int64_t down = (m / moves - d.radius) * d.stride2;
      const real *dy = IN(0) + (n * moves * moves + m) * d.OH * d.OW;
      const int64_t sign = d.which ? -1 : 1;
      const wide other = pixel_of(d, others, y + sign * down, x + sign * right), apart = own - other;
      const bool is_up = d.which ? apart > 0 : apart >= 0;
      for (int64_t t = 0; t < d.kernel * d.kernel; t++) {
        const int64_t i = y - d.most - t / d.kernel - (d.which ? down : 0);
        const int64_t j = x - d.most - t % d.kernel - (d.which ? right : 0);
        if (i < 0 || j < 0 || i % d.stride1 || j % d.stride1) continue;
        if (i / d.stride1 >= d.OH || j / d.stride1 >= d.OW) continue;
        const wide slope = LOAD(dy[i / d.stride1 * d.OW + j / d.stride1]);
        sum += d.is_product ? slope * other : is_up ? slope : -slope;
      }
    }
    OUT(3)[k] = STORE(sum / (wide)(d.kernel * d.kernel * d.C));
  }
}
