/* What reads the data of integer_conv.c: once for int8, once for uint8. */

/* A tap on a row of outputs: output o meets line[o * stride + x], for low <= o < high. */
typedef struct {
  const real *line;
  int64_t x, low, high;
} FN(tap);

/* The tap at `at` of an image (C, *size), on a row of outputs; `at` goes on to the next one. */
static FN(tap) FN(next_tap)(const conv_dims *d, const real *image, int64_t row, tap_place *at) {
  FN(tap) tap = {image, 0, 0, 0};
  if (at->c == d->C) return tap;
  const int64_t line = image_row(d, row, at->z, at->y);
  if (line >= 0) {
    outputs_inside(d, at->x, &tap.low, &tap.high);
    tap.line = image + (at->c * d->size[0] * d->size[1] + line) * d->size[2];
    tap.x = at->x * d->dilate[2] - d->pad[2];
  }
  if (++at->x < d->kernel[2]) return tap;
  at->x = 0;
  if (++at->y < d->kernel[1]) return tap;
  at->y = 0;
  if (++at->z < d->kernel[0]) return tap;
  at->z = 0;
  at->c++;
  return tap;
}

/* One tap of a pair, for outputs from .. to - 1; what it does not meet stays 0. */
static void FN(put_tap)(const FN(tap) *tap, int64_t from, int64_t to, int64_t stride,
                        int16_t *pair) {
  const int64_t low = mx_greater(from, tap->low), high = mx_lesser(to, tap->high);
  for (int64_t o = low; o < high; o++) pair[(o - from) * 2] = tap->line[o * stride + tap->x];
}

/* Panels of the pixels from `pixel` on, of an image (C, *size): a row of outputs at a time, and of
 * it a pair of taps at a time. */
static void FN(fill_panels)(const conv_dims *d, const real *image, int64_t pixel, int64_t count,
                            int64_t pairs, int16_t *panels) {
  const int64_t first = pixel, end = pixel + count, panel = pairs * 2 * TILE_COLUMNS;
  const int64_t stride = d->stride[2];
  memset(panels, 0,
         (size_t)(mx_ceil_div(count, TILE_COLUMNS) * panel) * sizeof *panels);
  while (pixel < end) {
    const int64_t row = pixel / d->out[2], from = pixel - row * d->out[2];
    const int64_t to = mx_lesser(d->out[2], from + end - pixel);
    tap_place at = {0, 0, 0, 0};
    for (int64_t k = 0; k < pairs; k++) {
      const FN(tap) one = FN(next_tap)(d, image, row, &at), two = FN(next_tap)(d, image, row, &at);
      for (int64_t o = from, next; o < to; o = next) {      /* to the end of a panel */
        const int64_t place = pixel - first + o - from, column = place % TILE_COLUMNS;
        int16_t *pair = panels + place / TILE_COLUMNS * panel + (k * TILE_COLUMNS + column) * 2;
        next = mx_lesser(to, o + TILE_COLUMNS - column);
        if (stride == 1 && next - o == TILE_COLUMNS && mx_greater(one.low, two.low) <= o &&
            next <= mx_lesser(one.high, two.high)) {
          const real *x = one.line + (o + one.x), *y = two.line + (o + two.x);
          for (int c = 0; c < TILE_COLUMNS; c++) {
            pair[2 * c] = x[c];
            pair[2 * c + 1] = y[c];
          }
        } else {
          FN(put_tap)(&one, o, next, stride, pair);
          FN(put_tap)(&two, o, next, stride, pair + 1);
        }
      }
    }
    pixel += to - from;
  }
}

static void FN(integer_conv_task)(void *context, int64_t task) {
  const integer_conv_job *job = context;
  const conv_dims *d = job->d;
  const int64_t plane = volume(d->out), blocks = mx_ceil_div(plane, job->pixels);
  int16_t *panels = job->panels + task * job->pixels * 2 * job->pairs;
  for (int64_t block = task; block < job->blocks; block += job->tasks) {
    const int64_t image = block / blocks, first = block % blocks * job->pixels;
    const int64_t count = mx_lesser(job->pixels, plane - first);
    const real *data = (const real *)job->data + image * d->C * volume(d->size);
    FN(fill_panels)(d, data, first, count, job->pairs, panels);
    multiply(job, image % d->groups, panels, count, job->out + image * d->F * plane + first);
  }
}

/* One tap of a filter on a channel: added to all outputs that meet it. */
static void FN(add_tap)(const conv_dims *d, const real *image, int64_t kz, int64_t ky, int64_t kx,
                        int16_t weight, int32_t *out) {
  const int64_t stride = d->stride[2], x = kx * d->dilate[2] - d->pad[2];
  int64_t low, high;
  outputs_inside(d, kx, &low, &high);
  for (int64_t row = 0, z = 0; z < d->out[0]; z++)
    for (int64_t y = 0; y < d->out[1]; y++, row++) {
      const int64_t at0 = z * d->stride[0] + kz * d->dilate[0] - d->pad[0];
      const int64_t at1 = y * d->stride[1] + ky * d->dilate[1] - d->pad[1];
      if (at0 < 0 || at0 >= d->size[0] || at1 < 0 || at1 >= d->size[1]) continue;
      const real *line = image + (at0 * d->size[1] + at1) * d->size[2];
      int32_t *to = out + row * d->out[2];
      if (stride == 1)          /* products fit 16 bits, which are multiplied faster */
        for (int64_t o = low; o < high; o++)
          to[o] = (int32_t)((uint32_t)to[o] + (uint32_t)(int16_t)(weight * line[o + x]));
      else
        for (int64_t o = low; o < high; o++)
          to[o] = (int32_t)((uint32_t)to[o] + (uint32_t)(int16_t)(weight * line[o * stride + x]));
    }
}

/* One filter on its channel. */
static void FN(integer_depthwise)(const conv_dims *d, const real *image, const int8_t *filter,
                                  int32_t bias, int32_t *out) {
  const int64_t plane = volume(d->out);
  for (int64_t o = 0; o < plane; o++) out[o] = bias;
  for (int64_t kz = 0; kz < d->kernel[0]; kz++)
    for (int64_t ky = 0; ky < d->kernel[1]; ky++)
      for (int64_t kx = 0; kx < d->kernel[2]; kx++)
        FN(add_tap)(d, image, kz, ky, kx, *filter++, out);
}

static void FN(integer_depthwise_task)(void *context, int64_t task) {
  const integer_conv_job *job = context;
  const conv_dims *d = job->d;
  for (int64_t block = task; block < job->blocks; block += job->tasks) {
    const int64_t filter = block % (d->groups * d->F);
    FN(integer_depthwise)(d, (const real *)job->data + block / d->F * volume(d->size),
                          job->weight + filter * volume(d->kernel),
                          job->bias ? job->bias[filter] : 0,
                          job->out + block * volume(d->out));
  }
}

static int FN(integer_conv)(const void *desc, void *const *ptr, const mx_scalar *scalars) {
  const conv_dims *d = desc;
  void *const *rest = ptr + 2 + d->has_bias;
  integer_conv_job job;
  (void)scalars;
  if (narrow_integer_conv_pays(d)) {
    narrow_integer_conv(d, (real)-1 > 0, ptr);
    return MX_OK;
  }
  integer_conv_cut(d, is_depthwise(d) ? NULL : rest[1], &job);
  job.data = ptr[0];
  job.weight = ptr[1];
  job.bias = d->has_bias ? ptr[2] : NULL;
  job.out = rest[0];
  if (is_depthwise(d)) {
    mx_rt->parallel_for(job.tasks, FN(integer_depthwise_task), &job);
    return MX_OK;
  }
  widen_filters(&job);
  mx_rt->parallel_for(job.tasks, FN(integer_conv_task), &job);
  return MX_OK;
}
