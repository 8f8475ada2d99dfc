/* Fourier transforms of rows, complex numbers being pairs of real ones: a thread an output, sums in double. */
#include "prelude.cuh"

struct fourier_dims { int64_t rows, n; };

static void turn(int64_t j, int64_t k, int64_t n, double *sine, double *cosine) {
  const double turns = 2 * (double)(j * k % n) / (double)n;
  *sine = sinpi(turns);
  *cosine = cospi(turns);
}

/* Real (rows, n) -> complex (rows, n). */
KERNEL(fft, fourier_dims) {
  EACH(i, d.rows * d.n) {
    const real *x = IN(0) + i / d.n * d.n;
    double re = 0, im = 0, sine, cosine;
    for (int64_t j = 0; j < d.n; j++) {
      turn(j, i % d.n, d.n, &sine, &cosine);
      re += (double)LOAD(x[j]) * cosine;
      im -= (double)LOAD(x[j]) * sine;
    }
    OUT(1)[2 * i] = STORE((wide)re);
    OUT(1)[2 * i + 1] = STORE((wide)im);
  }
}

/* Complex (rows, n) -> n times the real part of the inverse transform (rows, n). */
KERNEL(ifft, fourier_dims) {
  EACH(i, d.rows * d.n) {
    const real *x = IN(0) + 2 * (i / d.n * d.n);
    double re = 0, sine, cosine;
    for (int64_t j = 0; j < d.n; j++) {
      turn(j, i % d.n, d.n, &sine, &cosine);
      re += (double)LOAD(x[2 * j]) * cosine - (double)LOAD(x[2 * j + 1]) * sine;
    }
    OUT(1)[i] = STORE((wide)re);
  }
}
