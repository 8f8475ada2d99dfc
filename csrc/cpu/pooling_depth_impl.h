/* The largest in windows that are deep, one dtype: that of all the planes which a window reaches, place
 * by place, and of the plane that this makes, in windows of one plane.  So each plane is gone over in
 * whole vectors, however short its rows. */

/* Rows of a plane that are made at a time; 0: windows reach over too many. */
static int64_t FN(depth_rows)(const pool_dims *d) {
  const int64_t fit = d->size[2] ? POOL_PLANE / d->size[2] : 0;
  if (d->kernel[0] == 1 || d->inner != 1 || fit < d->kernel[1]) return 0;
  return fit < d->size[1] ? (fit - d->kernel[1]) / d->stride[1] + 1 : d->out[1];
}

/* `count` places from `from` on, of `planes` planes. */
static void FN(depth_places)(const pool_dims *d, const real *from, int64_t planes, int64_t count,
                             real *restrict most) {
  for (int64_t i = 0; i < count; i++) most[i] = -(real)INFINITY;
  for (int64_t k = 0; k < planes; k++, from += d->size[1] * d->size[2])
    for (int64_t i = 0; i < count; i++) most[i] = from[i] > most[i] ? from[i] : most[i];
}

/* A task is some planes of the output. */
static void FN(depth_task)(void *context, int64_t i) {
  const pool_job *job = context;
  const pool_dims *d = job->d;
  const int64_t limit = (i + 1) * job->group, H = d->size[1], W = d->size[2];
  const int64_t most = FN(depth_rows)(d);
  real plane[POOL_PLANE];
  for (int64_t u = i * job->group; u < limit && u < job->units; u++) {
    const int64_t corner = u % d->out[0] * d->stride[0] - d->pad[0];
    const int64_t near = pool_between(corner, 0, d->size[0]);
    const int64_t far = pool_between(corner + d->kernel[0], near, d->size[0]);
    const real *x = (const real *)job->ptr[0] + (u / d->out[0] * d->size[0] + near) * H * W;
    for (int64_t top = 0; top < d->out[1]; top += most) {
      const int64_t rows = d->out[1] - top < most ? d->out[1] - top : most;
      const int64_t begin = top * d->stride[1] - d->pad[1];
      const int64_t first = rows < d->out[1] ? pool_between(begin, 0, H) : 0;
      const int64_t end = begin + (rows - 1) * d->stride[1] + d->kernel[1];
      const int64_t last = rows < d->out[1] ? pool_between(end, first, H) : H;
      const pool_dims flat = {.outer = 1, .inner = 1, .size = {1, last - first, W},
                              .out = {1, rows, d->out[2]},
                              .kernel = {1, d->kernel[1], d->kernel[2]},
                              .stride = {1, d->stride[1], d->stride[2]},
                              .pad = {0, first > begin ? first - begin : 0, d->pad[2]}};
      FN(depth_places)(d, x + first * W, far - near, (last - first) * W, plane);
      real *y = (real *)job->ptr[1] + (u * d->out[1] + top) * d->out[2];
      void *const arrays[] = {plane, y};
      const int is_box = FN(is_box)(&flat, FN(BOX_MAX));
      pool_job one = {&flat, arrays, is_box ? 1 : rows, is_box ? 1 : rows};
      if (is_box) FN(pool_max_box)(&one, 0);
      else FN(pool_max_task)(&one, 0);
    }
  }
}
