/* Windows over planes that are as large as their results, of one dtype: stride 1, and padding for half
 * a window.  Rows of a plane lie in a frame of padding, so that no row's end needs care: windows are
 * first summed (or their largest taken) along all of it, then down. */
enum FN(box_pass) { FN(BOX_SUM), FN(BOX_SUM_GRAD), FN(BOX_MAX) };

/* Whether windows are such, and the frame of a row of them stays in the nearest cache. */
static int FN(is_box)(const pool_dims *d) {
  int fits = d->inner == 1 && d->size[0] == 1 && d->kernel[0] == 1 && !d->pad[0];
  for (int i = 1; i < 3; i++)
    fits = fits && d->stride[i] == 1 && d->out[i] == d->size[i] &&
           d->kernel[i] == 2 * d->pad[i] + 1;
  return fits && mx_product(d->size[2] + d->kernel[2], d->kernel[1]) <= POOL_BOX;
}

/* share: of the results of `rows` rows from `top` on, framed as they are, what sums are times. */
static void FN(box_shares)(const pool_dims *d, int64_t top, int64_t rows, real *share) {
  const int64_t pitch = d->size[2] + d->kernel[2] - 1;
  for (int64_t h = 0; h < rows; h++)
    for (int64_t w = 0; w < d->size[2]; w++) {
      const int64_t count = pool_extent(d, 1, top + h) * pool_extent(d, 2, w);
      share[h * pitch + w] = d->is_average && count ? (real)(1 / (double)count) : 1;
    }
}

/* to[i] = the sum, or the largest, of from[i + k * step], 0 <= k < K; inlined with constants. */
static inline __attribute__((always_inline)) void FN(box_along)(const real *restrict from,
                                                                real *restrict to, int64_t n,
                                                                int64_t K, int64_t step,
                                                                int is_max) {
  for (int64_t i = 0; i < n; i++) {
    real found = is_max ? -(real)INFINITY : 0;
    for (int64_t k = 0; k < K; k++) {
      const real value = from[i + k * step];
      found = !is_max ? found + value : value > found ? value : found;
    }
    to[i] = found;
  }
}

/* The same of any K, place by place of a window. */
static void FN(box_places)(const real *restrict from, real *restrict to, int64_t n, int64_t K,
                           int64_t step, int is_max) {
  for (int64_t i = 0; i < n; i++) to[i] = is_max ? -(real)INFINITY : 0;
  for (int64_t k = 0; k < K; k++)
    if (is_max)
      for (int64_t i = 0; i < n; i++)
        to[i] = from[i + k * step] > to[i] ? from[i + k * step] : to[i];
    else
      for (int64_t i = 0; i < n; i++) to[i] += from[i + k * step];
}

static void FN(box_sums)(const real *from, real *to, int64_t n, int64_t K, int64_t step,
                         int is_max) {
  if (K == 3 && is_max) FN(box_along)(from, to, n, 3, step, 1);
  else if (K == 3) FN(box_along)(from, to, n, 3, step, 0);
  else if (K == 5 && is_max) FN(box_along)(from, to, n, 5, step, 1);
  else if (K == 5) FN(box_along)(from, to, n, 5, step, 0);
  else FN(box_places)(from, to, n, K, step, is_max);
}

/* `rows` rows of results from `top` on, of the plane x.  frame: its sides are padding. */
static void FN(box_rows)(const pool_dims *d, const real *x, real *y, int64_t top, int64_t rows,
                         const real *share, real *frame, real *sums, enum FN(box_pass) pass) {
  const int64_t W = d->size[2], KH = d->kernel[1], KW = d->kernel[2], pitch = W + KW - 1;
  const real padding = pass == FN(BOX_MAX) ? -(real)INFINITY : 0;
  for (int64_t k = 0; k < rows + KH - 1; k++) {
    const int64_t h = top - d->pad[1] + k;
    real *row = frame + k * pitch + d->pad[2];
    if (h < 0 || h >= d->size[1])
      for (int64_t w = 0; w < W; w++) row[w] = padding;
    else if (pass == FN(BOX_SUM_GRAD))      /* whose shares are those of the rows around */
      for (int64_t w = 0; w < W; w++) row[w] = x[h * W + w] * share[k * pitch + w];
    else memcpy(row, x + h * W, (size_t)W * sizeof(real));
  }
  FN(box_sums)(frame, sums, (rows + KH - 1) * pitch - (KW - 1), KW, 1, pass == FN(BOX_MAX));
  real results[POOL_BOX];
  FN(box_sums)(sums, results, rows * pitch - (KW - 1), KH, pitch, pass == FN(BOX_MAX));
  for (int64_t h = 0; h < rows; h++)
    if (pass == FN(BOX_SUM))
      for (int64_t w = 0; w < W; w++)
        y[(top + h) * W + w] = results[h * pitch + w] * share[h * pitch + w];
    else memcpy(y + (top + h) * W, results + h * pitch, (size_t)W * sizeof(real));
}

static inline void FN(box_planes)(const pool_job *job, int64_t i, enum FN(box_pass) pass) {
  const pool_dims *d = job->d;
  const int64_t H = d->size[1], KH = d->kernel[1], pitch = d->size[2] + d->kernel[2] - 1;
  const int64_t limit = (i + 1) * job->group, plane = pool_plane(d);
  const int64_t most = POOL_BOX / pitch - (KH - 1);
  real frame[POOL_BOX], sums[POOL_BOX], share[POOL_BOX];
  for (int64_t k = 0; k < POOL_BOX; k++) frame[k] = pass == FN(BOX_MAX) ? -(real)INFINITY : 0;
  for (int64_t top = 0; top < H; top += most) {
    const int64_t rows = H - top < most ? H - top : most;
    if (pass == FN(BOX_SUM)) FN(box_shares)(d, top, rows, share);
    if (pass == FN(BOX_SUM_GRAD)) FN(box_shares)(d, top - d->pad[1], rows + KH - 1, share);
    for (int64_t u = i * job->group; u < limit && u < job->units; u++)
      FN(box_rows)(d, (const real *)job->ptr[0] + u * plane, (real *)job->ptr[1] + u * plane, top,
                   rows, share, frame, sums, pass);
  }
}

/* name: of the kernel, which is name##_rows for other windows.  ptr: x, y; or dy, dx: windows are
 * those of the results, and what a place is part of lies around it, too. */
#define BOX(name, pass)                                                                \
  static void FN(name##_box)(void *context, int64_t i) { FN(box_planes)(context, i, FN(pass)); } \
  static int FN(name)(const void *desc, void *const *ptr, const mx_scalar *scalars) { \
    const pool_dims *d = desc;                                                         \
    if (!FN(is_box)(d)) return FN(name##_rows)(desc, ptr, scalars);                    \
    return pool_run(d, ptr, d->outer, 2 * pool_plane(d), FN(name##_box));              \
  }

BOX(pool_sum, BOX_SUM)
BOX(pool_sum_grad, BOX_SUM_GRAD)
BOX(pool_max, BOX_MAX)
#undef BOX
