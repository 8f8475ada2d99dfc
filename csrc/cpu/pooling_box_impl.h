/* Sums over windows of planes that are as large as their results, of one dtype: stride 1, and padding
 * for half a window.  A plane lies in a frame of zeros, so that rows and ends need no care: first
 * sums along all of it, then sums of its rows. */

/* Whether windows are such, of a plane that stays in the nearest cache. */
static int FN(is_box)(const pool_dims *d) {
  int fits = d->inner == 1 && d->size[0] == 1 && d->kernel[0] == 1 && !d->pad[0];
  for (int i = 1; i < 3; i++)
    fits = fits && d->stride[i] == 1 && d->out[i] == d->size[i] &&
           d->kernel[i] == 2 * d->pad[i] + 1;
  return fits && mx_product(d->size[1] + d->kernel[1], d->size[2] + d->kernel[2]) <= POOL_BOX;
}

/* share: of each result, framed as they are, what its sum is multiplied by. */
static void FN(box_shares)(const pool_dims *d, real *share) {
  const int64_t pitch = d->size[2] + d->kernel[2] - 1;
  for (int64_t h = 0; h < d->size[1]; h++)
    for (int64_t w = 0; w < d->size[2]; w++) {
      const int64_t count = pool_extent(d, 1, h) * pool_extent(d, 2, w);
      share[h * pitch + w] = d->is_average && count ? (real)(1 / (double)count) : 1;
    }
}

/* to[i] = the sum of from[i + k * step], 0 <= k < K; inlined with a constant K where common. */
static inline __attribute__((always_inline)) void FN(box_sums)(const real *restrict from,
                                                               real *restrict to, int64_t n,
                                                               int64_t K, int64_t step) {
  for (int64_t i = 0; i < n; i++) {
    real sum = from[i];
    for (int64_t k = 1; k < K; k++) sum += from[i + k * step];
    to[i] = sum;
  }
}

static void FN(box_along)(const real *from, real *to, int64_t n, int64_t K, int64_t step) {
  if (K == 3) FN(box_sums)(from, to, n, 3, step);
  else FN(box_sums)(from, to, n, K, step);
}

/* frame: zeros around what it had last.  is_grad: shares count before, not behind. */
static void FN(box_plane)(const pool_dims *d, const real *x, real *y, const real *share,
                          real *frame, real *sums, int is_grad) {
  const int64_t H = d->size[1], W = d->size[2], KH = d->kernel[1], KW = d->kernel[2];
  const int64_t pitch = W + KW - 1;
  real *inside = frame + d->pad[1] * pitch + d->pad[2];
  for (int64_t h = 0; h < H; h++)
    for (int64_t w = 0; w < W; w++)
      inside[h * pitch + w] = is_grad ? x[h * W + w] * share[h * pitch + w] : x[h * W + w];
  FN(box_along)(frame, sums, (H + KH - 1) * pitch - (KW - 1), KW, 1);
  real result[POOL_BOX];
  FN(box_along)(sums, result, H * pitch - (KW - 1), KH, pitch);
  for (int64_t h = 0; h < H; h++)
    for (int64_t w = 0; w < W; w++)
      y[h * W + w] = is_grad ? result[h * pitch + w] : result[h * pitch + w] * share[h * pitch + w];
}

static inline void FN(box_planes)(const pool_job *job, int64_t i, int is_grad) {
  const pool_dims *d = job->d;
  const int64_t limit = (i + 1) * job->group, plane = pool_plane(d);
  real frame[POOL_BOX], sums[POOL_BOX], share[POOL_BOX];
  memset(frame, 0, sizeof frame);
  FN(box_shares)(d, share);
  for (int64_t u = i * job->group; u < limit && u < job->units; u++)
    FN(box_plane)(d, (const real *)job->ptr[0] + u * plane, (real *)job->ptr[1] + u * plane, share,
                  frame, sums, is_grad);
}

static void FN(box_task)(void *context, int64_t i) { FN(box_planes)(context, i, 0); }
static void FN(box_grad_task)(void *context, int64_t i) { FN(box_planes)(context, i, 1); }

/* ptr: x, y. */
static int FN(pool_sum)(const void *desc, void *const *ptr, const mx_scalar *scalars) {
  if (!FN(is_box)(desc)) return FN(pool_sum_rows)(desc, ptr, scalars);
  const pool_dims *d = desc;
  return pool_run(d, ptr, d->outer, 2 * pool_plane(d), FN(box_task));
}

/* ptr: dy, dx.  Windows are those of the results: what a result is part of lies around it, too. */
static int FN(pool_sum_grad)(const void *desc, void *const *ptr, const mx_scalar *scalars) {
  if (!FN(is_box)(desc)) return FN(pool_sum_grad_rows)(desc, ptr, scalars);
  const pool_dims *d = desc;
  return pool_run(d, ptr, d->outer, 2 * pool_plane(d), FN(box_grad_task));
}
