/* The body of conv_last.c for float and double. */

#define WIDE(name) MX_JOIN_(name, wide)
enum { FN(COLS) = TILE_COLS(wide), FN(PIXELS) = LAST_TILES * TILE_ROWS };

/* Task i packs a panel of filters: [k][COLS], zeros behind the last one. */
static void FN(pack_last)(void *context, int64_t i) {
  const last_job *job = context;
  const conv_dims *d = job->d;
  const int64_t group = i / job->panels, from = i % job->panels * FN(COLS);
  const real *w = (const real *)job->ptr[1] + (group * d->F + from) * job->K;
  real *y = (real *)job->weight + i * job->K * FN(COLS);
  const int64_t filters = mx_lesser(FN(COLS), d->F - from);
  for (int64_t k = 0; k < job->K; k++, y += FN(COLS)) {
    for (int64_t f = 0; f < filters; f++) y[f] = w[f * job->K + k];
    for (int64_t f = filters; f < FN(COLS); f++) y[f] = 0;
  }
}

/* Task i copies an image into its padding. */
static void FN(pad_last)(void *context, int64_t i) {
  const last_job *job = context;
  const conv_dims *d = job->d;
  const int64_t row = d->size[2] * job->channels, wide_row = job->width[2] * job->channels;
  const int64_t before = mx_lesser(d->pad[2] * job->channels, wide_row);
  const int64_t kept = mx_lesser(row, wide_row - before), after = wide_row - before - kept;
  const real *x = (const real *)job->ptr[0] + (job->first + i) * d->size[0] * d->size[1] * row;
  real *y = (real *)job->image + i * job->width[0] * job->width[1] * wide_row;
  for (int64_t z = 0; z < job->width[0]; z++)
    for (int64_t v = 0; v < job->width[1]; v++, y += wide_row) {
      const int64_t at_z = z - d->pad[0], at_v = v - d->pad[1];
      if (at_z < 0 || at_v < 0 || at_z >= d->size[0] || at_v >= d->size[1]) {
        memset(y, 0, (size_t)wide_row * sizeof(real));
        continue;
      }
      memset(y, 0, (size_t)before * sizeof(real));
      memcpy(y + before, x + (at_z * d->size[1] + at_v) * row, (size_t)kept * sizeof(real));
      memset(y + before + kept, 0, (size_t)after * sizeof(real));
    }
}

/* Tiles of `count` pixels, whose windows begin at a + row[...], times the panels of a group; of the
 * windows, lines of `length` elements, which begin at element k. */
static void FN(multiply_last)(const last_job *job, WIDE(lines) lines, int64_t count, int64_t group,
                              int64_t k, real *y) {
  const conv_dims *d = job->d;
  const real *bias = bias_of(d, job->ptr);
  const int64_t step = d->groups * d->F, *row = lines.row;
  for (int64_t p = 0; p < job->panels; p++) {
    const real *b = (const real *)job->weight + ((group * job->panels + p) * job->K + k) * FN(COLS);
    const int64_t f = group * d->F + p * FN(COLS);
    const int cols = (int)mx_lesser(FN(COLS), d->F - p * FN(COLS));
    for (int64_t i = 0; i < count; i += TILE_ROWS) {
      real *c = y + i * step + f;
      const WIDE(tile) tile = {.c = c, .c_step = step, .add = k ? c : NULL,
                               .col_bias = bias && !k ? bias + f : NULL};
      lines.row = row + i;
      WIDE(micro_lines)((int)mx_lesser(TILE_ROWS, count - i), cols, &lines, b, FN(COLS), &tile);
    }
  }
}

/* Task: a chunk of an image's pixels. */
static void FN(last_task)(void *context, int64_t task) {
  const last_job *job = context;
  const conv_dims *d = job->d;
  const int64_t image = task / job->chunks, first = task % job->chunks * FN(PIXELS);
  const int64_t count = mx_lesser(FN(PIXELS), volume(d->out) - first);
  const real *source = job->image ? (const real *)job->image + image * volume(job->width) *
                                        job->channels
                                  : (const real *)job->ptr[0] + (job->first + image) *
                                        volume(d->size) * job->channels;
  real *y = (real *)result_of(d, job->ptr) +
            ((job->first + image) * volume(d->out) + first) * d->groups * d->F;
  int64_t row[FN(PIXELS)];
  for (int64_t i = 0; i < count; i++) {
    const int64_t x = (first + i) % d->out[2], v = (first + i) / d->out[2] % d->out[1];
    const int64_t z = (first + i) / d->out[2] / d->out[1];
    row[i] = ((z * d->stride[0] * job->width[1] + v * d->stride[1]) * job->width[2] +
              x * d->stride[2]) * job->channels;
  }
  const int64_t fit = LAST_BLOCK / job->length, at_once = fit < 1 ? 1 : fit;
  for (int64_t group = 0; group < d->groups; group++)
    for (int64_t l = 0; l < job->lines; l += at_once)
      for (int64_t from = 0; from < job->length; from += LAST_BLOCK) {
        const WIDE(lines) lines = {source + group * d->C + from, row, job->line + l,
                                   mx_lesser(at_once, job->lines - l),
                                   mx_lesser(LAST_BLOCK, job->length - from)};
        FN(multiply_last)(job, lines, count, group, l * job->length + from, y);
      }
}

static int64_t FN(last_scratch)(const conv_dims *d, conv_pass pass) {
  mx_scratch scratch = {0};
  (void)pass;
  plan_last(d, FN(COLS), sizeof(real), &scratch);
  return scratch.size;
}

static void FN(last_run)(const conv_dims *d, conv_pass pass, const conv_arrays *arrays) {
  mx_scratch scratch = {.base = arrays->scratch};
  last_job job = plan_last(d, FN(COLS), sizeof(real), &scratch);
  const int64_t pixels = volume(d->out);
  (void)pass;
  if (d->N * pixels * d->groups * d->F == 0) return;
  job.ptr = arrays->ptr;
  job.chunks = mx_ceil_div(pixels, FN(PIXELS));
  run_tasks(d->groups * job.panels, d->groups * d->F * job.K, FN(pack_last), &job);
  for (job.first = 0; job.first < d->N; job.first += job.batch) {
    job.images = mx_lesser(job.batch, d->N - job.first);
    if (job.image)
      run_tasks(job.images, job.images * volume(job.width) * job.channels, FN(pad_last), &job);
    run_tasks(job.images * job.chunks, job.images * pixels * d->groups * d->F * job.K,
              FN(last_task), &job);
  }
}

const conv_way FN(conv_last) = {FN(last_scratch), FN(last_run)};

#undef WIDE
