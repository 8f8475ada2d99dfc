/* The body of resample.c for one dtype. */

/* row[j] = the weighted sum of the band's rows of a plane. */
static void FN(rows_of_band)(const real *plane, int64_t width, const band *b, wide *row) {
  const real *x = plane + b->first * width;
  const wide w0 = (wide)b->w0, w1 = (wide)b->w1;
  if (b->count == 2) {
    for (int64_t j = 0; j < width; j++) row[j] = w0 * LOAD(x[j]) + w1 * LOAD(x[width + j]);
    return;
  }
  for (int64_t j = 0; j < width; j++) row[j] = w0 * LOAD(x[j]);
  for (int64_t k = 1; k < b->count; k++)
    for (int64_t j = 0; j < width; j++) row[j] += w1 * LOAD(x[k * width + j]);
}

static void FN(resample_planes)(void *context, int64_t index) {
  const resample_job *job = context;
  const resample_dims *d = job->d;
  const int64_t width = d->size[1], out = d->out[1], from = index * job->group;
  const int64_t to = from + job->group < d->planes ? from + job->group : d->planes;
  wide *row = (wide *)((char *)job->rows + index * job->row_bytes);
  for (int64_t p = from; p < to; p++) {
    const real *x = (const real *)job->from + p * d->size[0] * width;
    real *y = (real *)job->to + p * d->out[0] * out;
    for (int64_t i = 0; i < d->out[0]; i++, y += out) {
      if (d->mode == NEAREST && i && job->down[i].first == job->down[i - 1].first) {
        memcpy(y, y - out, (size_t)out * sizeof(real));
        continue;
      }
      FN(rows_of_band)(x, width, &job->down[i], row);
      if (d->mode == NEAREST) {
        const int64_t times = out / width;
        for (int64_t j = 0; j < width; j++)
          for (int64_t k = 0; k < times; k++) y[j * times + k] = STORE(row[j]);
        continue;
      }
      for (int64_t j = 0; j < out; j++) {
        const band *b = &job->across[j];
        wide sum = (wide)b->w0 * row[b->first];
        for (int64_t k = 1; k < b->count; k++) sum += (wide)b->w1 * row[b->first + k];
        y[j] = STORE(sum);
      }
    }
  }
}

static void FN(resample_planes_grad)(void *context, int64_t index) {
  const resample_job *job = context;
  const resample_dims *d = job->d;
  const int64_t width = d->size[1], out = d->out[1], from = index * job->group;
  const int64_t to = from + job->group < d->planes ? from + job->group : d->planes;
  const int64_t plane = d->size[0] * width;
  wide *row = (wide *)((char *)job->rows + index * job->row_bytes);
  for (int64_t p = from; p < to; p++) {
    const real *dy = (const real *)job->from + p * d->out[0] * out;
    real *dx = (real *)job->to + p * plane;
    wide *sums = IS_HALF ? row + width : (wide *)(void *)dx;
    for (int64_t i = 0; i < plane; i++) sums[i] = 0;
    for (int64_t i = 0; i < d->out[0]; i++, dy += out) {
      for (int64_t j = 0; j < width; j++) row[j] = 0;
      for (int64_t j = 0; j < out; j++) {
        const band *b = &job->across[j];
        const wide value = LOAD(dy[j]);
        row[b->first] += (wide)b->w0 * value;
        for (int64_t k = 1; k < b->count; k++) row[b->first + k] += (wide)b->w1 * value;
      }
      for (int64_t k = 0; k < job->down[i].count; k++) {
        const wide w = (wide)(k ? job->down[i].w1 : job->down[i].w0);
        wide *to_row = sums + (job->down[i].first + k) * width;
        for (int64_t j = 0; j < width; j++) to_row[j] += w * row[j];
      }
    }
    for (int64_t i = 0; IS_HALF && i < plane; i++) dx[i] = STORE(sums[i]);
  }
}

/* A row; in the gradient of 16-bit data, a plane as well. */
static int64_t FN(resample_rows)(const resample_dims *d, int is_grad) {
  const int64_t plane = is_grad && IS_HALF ? mx_product(d->size[0], d->size[1]) : 0;
  return mx_product(mx_sum(d->size[1], plane), sizeof(wide));
}

static int64_t FN(resample_scratch)(const void *desc) {
  mx_scratch scratch = {NULL, 0};
  resample_job job;
  resample_cut(desc, &scratch, FN(resample_rows)(desc, 0), &job);
  return scratch.size;
}

static int64_t FN(resample_grad_scratch)(const void *desc) {
  mx_scratch scratch = {NULL, 0};
  resample_job job;
  resample_cut(desc, &scratch, FN(resample_rows)(desc, 1), &job);
  return scratch.size;
}

/* ptr: x, y, scratch. */
static int FN(resample)(const void *desc, void *const *ptr, const mx_scalar *scalars) {
  (void)scalars;
  return resample_run(desc, ptr[0], ptr[1], ptr[2], FN(resample_rows)(desc, 0),
                      FN(resample_planes));
}

/* ptr: dy, dx, scratch. */
static int FN(resample_grad)(const void *desc, void *const *ptr, const mx_scalar *scalars) {
  (void)scalars;
  return resample_run(desc, ptr[0], ptr[1], ptr[2], FN(resample_rows)(desc, 1),
                      FN(resample_planes_grad));
}
