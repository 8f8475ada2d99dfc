/* The body of im2col.c for one dtype. */

static void FN(im2col_task)(void *context, int64_t index) {
  const im2col_job *job = context;
  const im2col_dims *d = job->d;
  const int64_t plane = d->size[0] * d->size[1] * d->size[2];
  const int64_t columns = d->kernel[0] * d->kernel[1] * d->kernel[2] * d->out[0] * d->out[1] *
                          d->out[2];
  for (int64_t p = index * job->group; p < (index + 1) * job->group && p < d->planes; p++) {
    const real *image = (const real *)job->from + p * plane;
    real *to = (real *)job->to + p * columns;
    EACH_ROW(d) {
      int64_t low = 0, high = 0;
      const int64_t row = image_row(d, a, b, z, y);
      if (row >= 0) inside(d, c, &low, &high);
      memset(to, 0, (size_t)low * sizeof(real));
      const int64_t begin = row * d->size[2] + c * d->dilate[2] - d->pad[2];
      if (d->stride[2] == 1 && high > low)
        memcpy(to + low, image + begin + low, (size_t)(high - low) * sizeof(real));
      else
        for (int64_t x = low; x < high; x++) to[x] = image[begin + x * d->stride[2]];
      memset(to + high, 0, (size_t)(d->out[2] - high) * sizeof(real));
      to += d->out[2];
    }
  }
}

static void FN(col2im_task)(void *context, int64_t index) {
  const im2col_job *job = context;
  const im2col_dims *d = job->d;
  const int64_t plane = d->size[0] * d->size[1] * d->size[2];
  const int64_t columns = d->kernel[0] * d->kernel[1] * d->kernel[2] * d->out[0] * d->out[1] *
                          d->out[2];
  for (int64_t p = index * job->group; p < (index + 1) * job->group && p < d->planes; p++) {
    const real *from = (const real *)job->from + p * columns;
    real *image = (real *)job->to + p * plane;
    wide *sums = IS_HALF ? (wide *)job->sums + index * plane : (wide *)(void *)image;
    for (int64_t i = 0; i < plane; i++) sums[i] = 0;
    EACH_ROW(d) {
      int64_t low = 0, high = 0;
      const int64_t row = image_row(d, a, b, z, y);
      if (row >= 0) inside(d, c, &low, &high);
      const int64_t begin = row * d->size[2] + c * d->dilate[2] - d->pad[2];
      for (int64_t x = low; x < high; x++) sums[begin + x * d->stride[2]] += LOAD(from[x]);
      from += d->out[2];
    }
    for (int64_t i = 0; IS_HALF && i < plane; i++) image[i] = STORE(sums[i]);
  }
}

static int64_t FN(col2im_scratch)(const void *desc) {
  const im2col_dims *d = desc;
  if (!IS_HALF) return 0;
  const int64_t plane = mx_product(mx_product(d->size[0], d->size[1]), d->size[2]);
  return mx_product(mx_product(im2col_tasks(d), plane), sizeof(wide));
}

/* ptr: image, columns. */
static int FN(im2col)(const void *desc, void *const *ptr, const mx_scalar *scalars) {
  im2col_job job = {.d = desc, .from = ptr[0], .to = ptr[1]};
  (void)scalars;
  return im2col_run(&job, FN(im2col_task));
}

/* ptr: columns, image, scratch. */
static int FN(col2im)(const void *desc, void *const *ptr, const mx_scalar *scalars) {
  im2col_job job = {.d = desc, .from = ptr[0], .to = ptr[1], .sums = IS_HALF ? ptr[2] : NULL};
  (void)scalars;
  return im2col_run(&job, FN(col2im_task));
}
