/* The body of conv_strided.c for one dtype. */

/* Every step-th element of x. */
static inline void FN(thin)(const real *restrict x, int64_t step, int64_t count, real *restrict y) {
  if (step == 2) for (int64_t i = 0; i < count; i++) y[i] = x[2 * i];      /* in vectors */
  else for (int64_t i = 0; i < count; i++) y[i] = x[step * i];
}

/* Where line `line` of the pixels begins in a plane of the image. */
static inline int64_t FN(line_at)(const conv_dims *d, int64_t line) {
  const int64_t z = line / d->out[1] * d->stride[0], y = line % d->out[1] * d->stride[1];
  return (z * d->size[1] + y) * d->size[2];
}

/* Task: the pixels of a plane. */
static void FN(read_pixels)(void *context, int64_t plane) {
  const strided_job *job = context;
  const conv_dims *d = job->d;
  const real *image = (const real *)job->images + plane * volume(d->size);
  real *pixels = (real *)job->pixels + plane * volume(d->out);
  for (int64_t line = 0; line < d->out[0] * d->out[1]; line++)
    FN(thin)(image + FN(line_at)(d, line), d->stride[2], d->out[2], pixels + line * d->out[2]);
}

/* Task: a plane with these pixels, and zeros between them. */
static void FN(write_pixels)(void *context, int64_t plane) {
  const strided_job *job = context;
  const conv_dims *d = job->d;
  real *image = (real *)job->images + plane * volume(d->size);
  const real *pixel = (const real *)job->pixels + plane * volume(d->out);
  memset(image, 0, (size_t)volume(d->size) * sizeof(real));
  for (int64_t line = 0; line < d->out[0] * d->out[1]; line++) {
    real *at = image + FN(line_at)(d, line);
    for (int64_t i = 0; i < d->out[2]; i++) at[i * d->stride[2]] = *pixel++;
  }
}

/* Scratch for the pixels of so many images as are worked on at a time. */
static real *FN(take_pixels)(const conv_dims *d, mx_scratch *scratch, int64_t *images) {
  const int64_t image = mx_product(d->C, volume(d->out));
  const int64_t fit = COPY_BYTES / (mx_product(image, sizeof(real)) + 1);
  *images = mx_lesser(fit < 1 ? 1 : fit, d->N);
  return mx_take(scratch, mx_product(*images, image), sizeof(real));
}

static int64_t FN(strided_scratch)(const conv_dims *d, conv_pass pass) {
  mx_scratch scratch = {0};
  int64_t images, most = 0;
  FN(take_pixels)(d, &scratch, &images);
  const int64_t counts[] = {images, images ? d->N % images : 0};      /* the last ones may take more */
  for (int i = 0; i < 2; i++) {
    const conv_dims dense = without_stride(d, counts[i]);
    const int64_t size = FN(conv_pointwise).scratch(&dense, pass);
    if (size > most) most = size;
  }
  return mx_sum(mx_lines(scratch.size), most);
}

static void FN(strided_run)(const conv_dims *d, conv_pass pass, const conv_arrays *arrays) {
  const int is_grad = pass == CONV_GRAD_DATA;
  mx_scratch scratch = {.base = arrays->scratch};
  int64_t images;
  real *pixels = FN(take_pixels)(d, &scratch, &images);
  real *whole = is_grad ? result_of(d, arrays->ptr) : arrays->ptr[0];
  real *dense_side = is_grad ? arrays->ptr[0] : result_of(d, arrays->ptr);
  for (int64_t n = 0; n < d->N; n += images) {
    const conv_dims dense = without_stride(d, mx_lesser(images, d->N - n));
    const int64_t planes = dense.N * d->C, passed_over = planes * volume(d->size);
    const int64_t at = n * d->F * volume(d->out);
    strided_job job = {d, whole + n * d->C * volume(d->size), pixels};
    if (!is_grad) run_tasks(planes, passed_over, FN(read_pixels), &job);
    real *const in = is_grad ? dense_side + at : pixels, *const out = is_grad ? pixels : dense_side + at;
    void *const ptr[] = {in, arrays->ptr[1], d->has_bias ? arrays->ptr[2] : out, out};
    row_finish finish = arrays->finish ? *arrays->finish : (row_finish){0};
    if (finish.other) finish.other = (const real *)finish.other + at;
    const conv_arrays parts = {ptr, scratch.base + mx_lines(scratch.size),
                               arrays->finish ? &finish : NULL};
    FN(conv_pointwise).run(&dense, pass, &parts);
    if (is_grad) run_tasks(planes, passed_over, FN(write_pixels), &job);
  }
}

const conv_way FN(conv_strided) = {FN(strided_scratch), FN(strided_run)};
