/* Pooling's gradients of one dtype.  A unit is the plane of one `outer` index, or POOL_LANES
 * channels of it. */

/* dx += dy at the maxima of a run. */
static void FN(scatter_max)(const pool_dims *d, const real *x, const int64_t *o, int64_t channel,
                            int64_t n, int64_t width, const real *dy, real *dx) {
  real best[POOL_LANES];
  int32_t where[POOL_LANES];
  pool_walk walk = pool_begin(d, o, channel, n, width);
  FN(max_run)(d, x, &walk, best, where, 1);
  for (int64_t l = 0; l < n * width; l++)
    if (where[l] >= 0) dx[walk.base + where[l]] += dy[l];
}

/* out = g at the maxima of a run. */
static void FN(gather_max)(const pool_dims *d, const real *x, const int64_t *o, int64_t channel,
                           int64_t n, int64_t width, const real *g, real *out) {
  real best[POOL_LANES];
  int32_t where[POOL_LANES];
  pool_walk walk = pool_begin(d, o, channel, n, width);
  FN(max_run)(d, x, &walk, best, where, 1);
  for (int64_t l = 0; l < n * width; l++) out[l] = where[l] < 0 ? 0 : g[walk.base + where[l]];
}

static inline __attribute__((always_inline)) void FN(spread_row)(real *restrict p, int64_t low,
                                                                 int64_t high, int64_t K,
                                                                 int64_t S,
                                                                 const real *restrict grad) {
  for (int64_t l = low; l < high; l++)
    for (int64_t k = 0; k < K; k++) p[l * S + k] += grad[l];
}

/* One tap of `width` channels; inlined with a constant width where that is common. */
static inline __attribute__((always_inline)) void FN(spread_tap)(real *restrict p,
                                                                 const pool_walk *walk,
                                                                 int64_t width,
                                                                 const real *restrict grad) {
  for (int64_t j = walk->low; j < walk->high; j++)
    for (int64_t c = 0; c < width; c++) p[j * walk->hop + c] += grad[j * width + c];
}

/* dx += dy * share all over the windows of a run. */
static void FN(scatter_sum)(const pool_dims *d, const int64_t *o, int64_t channel, int64_t n,
                            int64_t width, const real *dy, real *dx) {
  real grad[POOL_LANES], share[POOL_LANES];
  pool_walk walk = pool_begin(d, o, channel, n, width);
  FN(pool_shares)(d, &walk, o, share);
  for (int64_t j = 0; j < n; j++)
    for (int64_t c = 0; c < width; c++) grad[j * width + c] = dy[j * width + c] * share[j];
  while (d->inner > 1 && pool_next(d, &walk)) {
    real *p = dx + walk.base + walk.at;
    if (width == 3) FN(spread_tap)(p, &walk, 3, grad);
    else FN(spread_tap)(p, &walk, width, grad);
  }
  while (d->inner == 1 && pool_next(d, &walk)) {
    real *p = dx + walk.base + walk.at;
    if (walk.S == 1 && walk.K <= walk.high - walk.low) {
      for (int64_t k = 0; k < walk.K; k++) FN(spread_row)(p + k, walk.low, walk.high, 1, 1, grad);
    } else if (walk.K == 2 && walk.S == 2) FN(spread_row)(p, walk.low, walk.high, 2, 2, grad);
    else if (walk.K == 3 && walk.S == 2) FN(spread_row)(p, walk.low, walk.high, 3, 2, grad);
    else FN(spread_row)(p, walk.low, walk.high, walk.K, walk.S, grad);
    for (int64_t l = 0, first; l < n; l++) {
      if (l == walk.low) l = walk.high;
      if (l >= n) break;
      const int64_t last = pool_edge(d, &walk, l, &first);
      for (int64_t k = first; k < last; k++) p[l * walk.S + k] += grad[l];
    }
  }
}

/* pool_max_grad: dy data -> dx.  pool_sum_grad_rows: dy -> dx.  pool_max_gather: g data -> out. */
enum FN(pool_pass) { FN(MAX_GRAD), FN(SUM_GRAD), FN(MAX_GATHER) };

static void FN(pool_unit)(const pool_job *job, int64_t u, enum FN(pool_pass) pass, real *out) {
  const pool_dims *d = job->d;
  const int64_t tiles = mx_ceil_div(d->inner, POOL_LANES), outer = u / tiles;
  const int64_t channel = u % tiles * POOL_LANES, left = d->inner - channel;
  const int64_t channels = left < POOL_LANES ? left : POOL_LANES, plane = pool_plane(d);
  const int64_t step = pool_neighbours(d), hop = tiles == 1 ? plane : d->inner;
  const real *given = job->ptr[0], *x = (const real *)job->ptr[1] + outer * plane;
  real *dx = out + outer * plane;
  const int64_t run = tiles == 1 ? plane : channels;   /* of neighbours that are all ours */
  for (int64_t k = channel; k < plane && pass != FN(MAX_GATHER); k += hop)
    memset(dx + k, 0, (size_t)run * sizeof(real));
  int64_t o[3];
  for (o[0] = 0; o[0] < d->out[0]; o[0]++)
    for (o[1] = 0; o[1] < d->out[1]; o[1]++)
      for (o[2] = 0; o[2] < d->out[2]; o[2] += step) {
        const int64_t rest = d->out[2] - o[2], n = rest < step ? rest : step;
        const int64_t y = outer * pool_outputs(d) + channel +
                          ((o[0] * d->out[1] + o[1]) * d->out[2] + o[2]) * d->inner;
        if (pass == FN(MAX_GRAD)) FN(scatter_max)(d, x, o, channel, n, channels, given + y, dx);
        else if (pass == FN(SUM_GRAD)) FN(scatter_sum)(d, o, channel, n, channels, given + y, dx);
        else FN(gather_max)(d, x, o, channel, n, channels, given + outer * plane, out + y);
      }
}

/* last: which pointer is the output. */
#define PASS(name, pass, last)                                                             \
  static void FN(name##_task)(void *context, int64_t i) {                                  \
    const pool_job *job = context;                                                         \
    const int64_t limit = (i + 1) * job->group;                                            \
    for (int64_t u = i * job->group; u < limit && u < job->units; u++)                     \
      FN(pool_unit)(job, u, FN(pass), job->ptr[last]);                                     \
  }                                                                                        \
  static int FN(name)(const void *desc, void *const *ptr, const mx_scalar *scalars) {      \
    (void)scalars;                                                                         \
    const pool_dims *d = desc;                                                             \
    const int64_t units = d->outer * mx_ceil_div(d->inner, POOL_LANES);           \
    const int64_t taps = d->kernel[0] * d->kernel[1] * d->kernel[2];                       \
    return pool_run(d, ptr, units, pool_plane(d) + pool_outputs(d) * taps, FN(name##_task)); \
  }

PASS(pool_max_grad, MAX_GRAD, 2)
PASS(pool_sum_grad_rows, SUM_GRAD, 1)
PASS(pool_max_gather, MAX_GATHER, 2)
#undef PASS
