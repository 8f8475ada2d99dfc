/* The gates of a recurrent step and their gradients, one dtype; for the CPU and the GPU.  SIGMOID and
 * TANH are those of the dtype. */

/* A row of a part, `n` units: `gates` are in for the inputs and states, and become what they are. */
static inline void FN(rnn_row)(int64_t n, int relu, real *restrict gate, real *restrict h) {
  if (relu) for (int64_t u = 0; u < n; u++) h[u] = gate[u] > 0 ? gate[u] : 0;
  else for (int64_t u = 0; u < n; u++) h[u] = TANH(gate[u]);
}

static inline void FN(lstm_row)(int64_t n, const rnn_dims *d, real *restrict i, real *restrict f,
                                real *restrict g, real *restrict o, const real *restrict before,
                                real *restrict c, real *restrict h) {
  const real low = (real)d->low, high = (real)d->high;
  for (int64_t u = 0; u < n; u++) {
    i[u] = SIGMOID(i[u]);
    f[u] = SIGMOID(f[u]);
    g[u] = TANH(g[u]);
    o[u] = SIGMOID(o[u]);
    c[u] = f[u] * before[u] + i[u] * g[u];
  }
  if (d->clips) for (int64_t u = 0; u < n; u++) {
    c[u] = c[u] < low || (d->clips_nan && c[u] != c[u]) ? low : c[u];
    c[u] = c[u] > high ? high : c[u];
  }
  for (int64_t u = 0; u < n; u++) h[u] = o[u] * TANH(c[u]);
}

static inline void FN(gru_row)(int64_t units, real *restrict r, real *restrict z, real *restrict n,
                               const real *restrict reset, const real *restrict before,
                               real *restrict h) {
  for (int64_t u = 0; u < units; u++) {
    r[u] = SIGMOID(r[u]);
    z[u] = SIGMOID(z[u]);
    n[u] = TANH(n[u] + r[u] * reset[u]);
    h[u] = (1 - z[u]) * n[u] + z[u] * before[u];
  }
}

static inline int FN(rnn_ended)(const int64_t *length, int64_t n, int64_t t) {
  return length && t >= length[n];
}

static inline void FN(rnn_grad_row)(int64_t n, int relu, const real *restrict h, real *restrict dh,
                                    real *restrict dgate) {
  for (int64_t u = 0; u < n; u++) {
    dgate[u] = relu ? (h[u] > 0 ? dh[u] : 0) : dh[u] * (1 - h[u] * h[u]);
    dh[u] = 0;
  }
}

static inline void FN(lstm_grad_row)(int64_t n, const rnn_dims *d, const real *restrict gate,
                                     const real *restrict before, const real *restrict after,
                                     real *restrict dh, real *restrict dc, real *restrict dgate) {
  const int64_t H = d->H;
  const real low = (real)d->low, high = (real)d->high;
  const real *i = gate, *f = gate + H, *g = gate + 2 * H, *o = gate + 3 * H;
  real *di = dgate, *df = dgate + H, *dg = dgate + 2 * H, *dout = dgate + 3 * H;
  for (int64_t u = 0; u < n; u++) {
    const real tanh_c = TANH(after[u]);
    dout[u] = dh[u] * tanh_c * o[u] * (1 - o[u]);
    dc[u] += dh[u] * o[u] * (1 - tanh_c * tanh_c);
    dh[u] = 0;
  }
  if (d->clips) for (int64_t u = 0; u < n; u++) {
    const real c = f[u] * before[u] + i[u] * g[u];
    if (c < low || c > high || (d->clips_nan && c != c)) dc[u] = 0;
  }
  for (int64_t u = 0; u < n; u++) {
    di[u] = dc[u] * g[u] * i[u] * (1 - i[u]);
    df[u] = dc[u] * before[u] * f[u] * (1 - f[u]);
    dg[u] = dc[u] * i[u] * (1 - g[u] * g[u]);
    dc[u] *= f[u];
  }
}

static inline void FN(gru_grad_row)(int64_t units, int64_t H, const real *restrict gate,
                                    const real *restrict reset, const real *restrict before,
                                    real *restrict dh, real *restrict dgate,
                                    real *restrict dproduct) {
  const real *r = gate, *z = gate + H, *n = gate + 2 * H;
  for (int64_t u = 0; u < units; u++) {
    const real dn = dh[u] * (1 - z[u]) * (1 - n[u] * n[u]);
    const real dz = dh[u] * (before[u] - n[u]) * z[u] * (1 - z[u]);
    const real dr = dn * reset[u] * r[u] * (1 - r[u]);
    dgate[u] = dproduct[u] = dr;
    dgate[H + u] = dproduct[H + u] = dz;
    dgate[2 * H + u] = dn;
    dproduct[2 * H + u] = dn * r[u];
    dh[u] *= z[u];
  }
}
