/* The body of conv_naive.c for one dtype. */

/* image (C, *size) -> column (C * volume(kernel), volume(out)).  Taps in the padding read 0. */
static void FN(image_to_columns)(const conv_dims *d, const real *image, real *column) {
  const int64_t window = volume(d->kernel), pixels = volume(d->out);
  for (int64_t c = 0; c < d->C; c++)
    for (int64_t tap = 0; tap < window; tap++)
      for (int64_t pixel = 0; pixel < pixels; pixel++) {
        int64_t taps = tap, outs = pixel, from = c * volume(d->size), step = 1;
        int inside = 1;
        for (int i = 2; i >= 0; i--) {
          const int64_t k = taps % d->kernel[i], out = outs % d->out[i];
          const int64_t at = out * d->stride[i] + k * d->dilate[i] - d->pad[i];
          inside = inside && 0 <= at && at < d->size[i];
          from += at * step;
          step *= d->size[i];
          taps /= d->kernel[i];
          outs /= d->out[i];
        }
        *column++ = inside ? image[from] : STORE((wide)0);
      }
}

/* One column matrix. */
static int64_t FN(conv_naive_scratch)(const void *desc) {
  const conv_dims *d = desc;
  return mx_product(mx_product(d->C * volume(d->kernel), volume(d->out)), sizeof(real));
}

/* ptr: data, weight, bias if there is one, out, scratch. */
static int FN(conv_naive)(const void *desc, void *const *ptr, const mx_scalar *scalars) {
  const conv_dims *d = desc;
  const int64_t K = d->C * volume(d->kernel), pixels = volume(d->out);
  const real *data = ptr[0], *weight = ptr[1], *bias = bias_of(d, ptr);
  real *y = result_of(d, ptr), *column = scratch_of(d, ptr);
  (void)scalars;
  for (int64_t i = 0; i < d->N * d->groups; i++) {
    const int64_t group = i % d->groups;
    FN(image_to_columns)(d, data + i * d->C * volume(d->size), column);
    for (int64_t f = group * d->F; f < (group + 1) * d->F; f++)
      for (int64_t pixel = 0; pixel < pixels; pixel++) {
        double sum = bias ? (double)LOAD(bias[f]) : 0;
        for (int64_t k = 0; k < K; k++)
          sum += (double)LOAD(weight[f * K + k]) * (double)LOAD(column[k * pixels + pixel]);
        *y++ = STORE((wide)sum);
      }
  }
  return MX_OK;
}
