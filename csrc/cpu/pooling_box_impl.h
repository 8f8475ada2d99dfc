/* Windows over planes, of one dtype: of stride 1, or the largest in those of stride 2.  Rows of a plane
 * lie in a frame of padding, so that no row's end needs care: windows are first summed (or their
 * largest taken) along all of it, then down, and of those side by side the ones that are wanted are
 * picked.  The gradient of sums is such sums again: what a place is part of lies around it. */
enum FN(box_pass) { FN(BOX_SUM), FN(BOX_SUM_GRAD), FN(BOX_MAX) };

/* What is read (H, W), and written (OH, OW); S: the strides; pitch: of rows in their frame. */
typedef struct {
  int64_t H, W, OH, OW, KH, KW, above, left, SH, SW, pitch;
} FN(box_view);

static FN(box_view) FN(view_box)(const pool_dims *d, enum FN(box_pass) pass) {
  const int64_t KH = d->kernel[1], KW = d->kernel[2], above = d->pad[1], left = d->pad[2];
  FN(box_view) v = {d->size[1], d->size[2], d->out[1], d->out[2], KH, KW, above, left,
                    d->stride[1], d->stride[2], 0};
  if (pass == FN(BOX_SUM_GRAD))
    v = (FN(box_view)){v.OH, v.OW, v.H, v.W, KH, KW, KH - 1 - above, KW - 1 - left, 1, 1, 0};
  v.pitch = (v.OW - 1) * v.SW + KW;
  return v;
}

/* Whether windows are such and more than places in one, and the frame of a row stays in the nearest
 * cache. */
static int FN(is_box)(const pool_dims *d, enum FN(box_pass) pass) {
  int fits = d->inner == 1 && d->size[0] == 1 && d->kernel[0] == 1 && !d->pad[0];
  for (int i = 1; i < 3; i++) {
    const int64_t S = d->stride[i], most = pass == FN(BOX_MAX) ? 2 : 1;
    fits = fits && S <= most && S <= d->kernel[i] && d->pad[i] < d->kernel[i] && d->out[i] > 0 &&
           (S == 2 || d->out[i] == d->size[i] + 2 * d->pad[i] - d->kernel[i] + 1);
  }
  const int64_t places = d->out[1] * d->stride[1] * d->out[2] * d->stride[2];
  fits = fits && d->kernel[1] * d->kernel[2] <= places;
  return fits && mx_product(FN(view_box)(d, pass).pitch, d->kernel[1]) <= POOL_BOX;
}

/* share: of the results of `rows` rows from `top` on, `pitch` apart, what sums are times. */
static void FN(box_shares)(const pool_dims *d, int64_t top, int64_t rows, int64_t pitch,
                           real *share) {
  for (int64_t h = 0; h < rows; h++)
    for (int64_t w = 0; w < d->out[2]; w++) {
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
  if (K == 2 && is_max) FN(box_along)(from, to, n, 2, step, 1);
  else if (K == 3 && is_max) FN(box_along)(from, to, n, 3, step, 1);
  else if (K == 3) FN(box_along)(from, to, n, 3, step, 0);
  else if (K == 5 && is_max) FN(box_along)(from, to, n, 5, step, 1);
  else if (K == 5) FN(box_along)(from, to, n, 5, step, 0);
  else FN(box_places)(from, to, n, K, step, is_max);
}

/* `rows` rows of y from `top` on, of the plane x.  frame: its sides are padding. */
static void FN(box_rows)(const FN(box_view) *v, const real *x, real *y, int64_t top, int64_t rows,
                         const real *share, real *frame, real *sums, enum FN(box_pass) pass) {
  const int64_t pitch = v->pitch, width = pitch - v->KW + 1, high = (rows - 1) * v->SH + v->KH;
  const int64_t taken = mx_lesser(v->W, pitch - v->left);
  const int is_max = pass == FN(BOX_MAX);
  const real padding = is_max ? -(real)INFINITY : 0;
  for (int64_t k = 0; k < high; k++) {
    const int64_t h = top * v->SH - v->above + k;
    real *row = frame + k * pitch + v->left;
    const real *given = x + h * v->W;
    if (h < 0 || h >= v->H)
      for (int64_t w = 0; w < taken; w++) row[w] = padding;
    else if (pass == FN(BOX_SUM_GRAD))
      for (int64_t w = 0; w < taken; w++) row[w] = given[w] * share[k * pitch + w];
    else memcpy(row, given, (size_t)taken * sizeof(real));
  }
  FN(box_sums)(frame, sums, high * pitch - (v->KW - 1), v->KW, 1, is_max);
  real results[POOL_BOX];
  if (v->SH == 1) FN(box_sums)(sums, results, rows * pitch - (v->KW - 1), v->KH, pitch, is_max);
  else
    for (int64_t h = 0; h < rows; h++)
      FN(box_sums)(sums + h * v->SH * pitch, results + h * pitch, width, v->KH, pitch, is_max);
  for (int64_t h = 0; h < rows; h++) {
    real *out = y + (top + h) * v->OW;
    const real *found = results + h * pitch;
    if (pass == FN(BOX_SUM))
      for (int64_t w = 0; w < v->OW; w++) out[w] = found[w] * share[h * pitch + w];
    else if (v->SW == 1) memcpy(out, found, (size_t)v->OW * sizeof(real));
    else for (int64_t w = 0; w < v->OW; w++) out[w] = found[2 * w];
  }
}

static inline void FN(box_planes)(const pool_job *job, int64_t i, enum FN(box_pass) pass) {
  const pool_dims *d = job->d;
  const FN(box_view) v = FN(view_box)(d, pass);
  const int64_t limit = (i + 1) * job->group, most = (POOL_BOX / v.pitch - v.KH) / v.SH + 1;
  const int64_t framed = ((mx_lesser(most, v.OH) - 1) * v.SH + v.KH) * v.pitch;
  real frame[POOL_BOX], sums[POOL_BOX], share[POOL_BOX];
  for (int64_t k = 0; k < framed; k++) frame[k] = pass == FN(BOX_MAX) ? -(real)INFINITY : 0;
  for (int64_t top = 0; top < v.OH; top += most) {
    const int64_t rows = v.OH - top < most ? v.OH - top : most;
    if (pass == FN(BOX_SUM)) FN(box_shares)(d, top, rows, v.pitch, share);
    if (pass == FN(BOX_SUM_GRAD))
      FN(box_shares)(d, top - v.above, rows + v.KH - 1, v.pitch, share);
    for (int64_t u = i * job->group; u < limit && u < job->units; u++)
      FN(box_rows)(&v, (const real *)job->ptr[0] + u * v.H * v.W,
                   (real *)job->ptr[1] + u * v.OH * v.OW, top, rows, share, frame, sums, pass);
  }
}

static void FN(pool_sum_box)(void *job, int64_t i) { FN(box_planes)(job, i, FN(BOX_SUM)); }
static void FN(pool_sum_grad_box)(void *job, int64_t i) { FN(box_planes)(job, i, FN(BOX_SUM_GRAD)); }
static void FN(pool_max_box)(void *job, int64_t i) { FN(box_planes)(job, i, FN(BOX_MAX)); }
