/* The gradient of the weight: dw[f, (c, tap)] = sum over pixels of dy[f, pixel] *
 * column[(c, tap), pixel].
 *
 * The product is made transposed, so that dy is the packed, vector side and a row of the column
 * matrix is read in the image's copy, line by line of output pixels.  Groups of images after each
 * other add to the same sums. */

/* Task i packs a panel of dy's channels of one image: [pixel][COLS]. */
static void FN(pack_dy)(void *context, int64_t i) {
  const conv_job *job = context;
  const conv_dims *d = job->plan.d;
  const int64_t panels = mx_ceil_div(d->F, FN(COLS)), pixels = volume(d->out);
  const int64_t f = i % panels * FN(COLS), group = i / panels % d->groups;
  const int64_t image = i / panels / d->groups;
  const real *dy = (const real *)job->ptr[1] +
                   (((job->first + image) * d->groups + group) * d->F + f) * pixels;
  wide *y = (wide *)job->dy +
            ((group * panels + f / FN(COLS)) * job->batch + image) * pixels * FN(COLS);
  FN(pack_panel)(dy, pixels, 1, mx_lesser(d->F - f, FN(COLS)), pixels, FN(COLS), y);
}

/* Task: a block of rows (c, tap), a panel of dy's channels, all pixels of the images. */
static void FN(weight_task)(void *context, int64_t task) {
  const conv_job *job = context;
  const conv_plan *p = &job->plan;
  const conv_dims *d = p->d;
  const int64_t panels = mx_ceil_div(d->F, FN(COLS)), width = panels * FN(COLS);
  const int64_t K = p->in * volume(d->kernel), length = d->out[2];
  const int64_t block = task % job->blocks, panel = task / job->blocks % panels;
  const int64_t group = task / job->blocks / panels, f = panel * FN(COLS);
  const int64_t lines = job->images * d->out[0] * d->out[1];
  const int64_t step = 1 + LINE_PIXELS / (length + 1);
  const wide *dy = (wide *)job->dy +
                   (group * panels + panel) * job->batch * volume(d->out) * FN(COLS);
  wide *sum = (wide *)job->sum + group * K * width + f;
  const int64_t end = mx_lesser(K, (block + 1) * job->block_rows);
  for (int64_t line = 0; line < lines; line += step)
    for (int64_t k = block * job->block_rows; k < end; k += TILE_ROWS) {
      const WIDE(lines) from = {(wide *)job->image + group * p->in * p->channel, job->offset + k,
                                job->line + line, mx_lesser(step, lines - line), length};
      wide *c = sum + k * width;
      const WIDE(tile) tile = {.c = c, .c_step = width, .add = job->first + line > 0 ? c : NULL};
      WIDE(micro_lines)((int)mx_lesser(TILE_ROWS, end - k), (int)mx_lesser(FN(COLS), d->F - f), &from,
                        dy + line * length * FN(COLS), FN(COLS), &tile);
    }
}

/* Task: the sums of a panel of filters, transposed. */
static void FN(store_filters)(void *context, int64_t i) {
  const conv_job *job = context;
  const conv_dims *d = job->plan.d;
  const int64_t K = d->C * volume(d->kernel), panels = mx_ceil_div(d->F, FN(COLS));
  const int64_t group = i / panels, f = i % panels * FN(COLS), width = panels * FN(COLS);
  const int64_t filters = mx_lesser(FN(COLS), d->F - f);
  const wide *sum = (wide *)job->sum + group * K * width + f;
  real *dw = (real *)job->ptr[2] + (group * d->F + f) * K;
  int64_t k = 0;
  if (FN(IS_WIDE) && filters == FN(COLS))
    for (; k + 4 <= K; k += 4)
      for (int64_t r = 0; r < FN(COLS); r += 4)
        FN(transpose_four)((const real *)(const void *)(sum + k * width + r), width, K,
                           (wide *)(void *)(dw + r * K + k));
  for (; k < K; k++)
    for (int64_t r = 0; r < filters; r++) dw[r * K + k] = STORE(sum[k * width + r]);
}

/* The plan, and the scratch block cut up. */
static conv_job FN(begin_weight)(const conv_dims *d, mx_scratch *scratch) {
  conv_job job = {.plan = plan_convolution(d, 0, FN(COLS))};
  const conv_plan *p = &job.plan;
  const int64_t pixels = volume(d->out), K = d->C * volume(d->kernel), fit = LINE_PIXELS / pixels;
  const int64_t width = mx_ceil_div(d->F, FN(COLS)) * FN(COLS);
  job.batch = mx_lesser(fit < 1 ? 1 : fit, d->N < 1 ? 1 : d->N);
  const int64_t channels = job.batch * d->groups;
  job.dy = mx_take(scratch, mx_product(channels * width, pixels), sizeof(wide));
  job.sum = mx_take(scratch, mx_product(d->groups * width, K), sizeof(wide));
  job.offset = mx_take(scratch, K, sizeof *job.offset);
  job.line = mx_take(scratch, job.batch * d->out[0] * d->out[1], sizeof *job.line);
  job.image = mx_take(scratch, mx_sum(mx_product(channels * d->C, p->channel), COPY_SLACK),
                      sizeof(wide));
  return job;
}

/* Where each line of output pixels begins in the copies. */
static void FN(list_lines)(conv_job *job) {
  const conv_plan *p = &job->plan;
  const conv_dims *d = p->d;
  for (int64_t i = 0; i < job->batch * d->out[0] * d->out[1]; i++) {
    const int64_t y = i % d->out[1], row = i / d->out[1];
    const int64_t z = row % d->out[0], image = row / d->out[0];
    job->line[i] = image * d->groups * d->C * p->channel + (z * p->length[1] + y) * p->length[2];
  }
}

static void FN(run_weight)(const conv_dims *d, void *const *ptr, void *scratch) {
  conv_job job = FN(begin_weight)(d, &(mx_scratch){.base = scratch});
  const conv_plan *p = &job.plan;
  const int64_t pixels = volume(d->out), K = d->C * volume(d->kernel);
  if (d->N * pixels * d->groups * p->weights == 0) {
    memset(ptr[2], 0, (size_t)(d->groups * p->weights) * sizeof(real));
    return;
  }
  job.ptr = ptr;
  const conv_part part = part_at(p, 0);
  list_taps(p, &part, job.offset, NULL);
  FN(list_lines)(&job);
  const int64_t panels = mx_ceil_div(d->F, FN(COLS));
  const int64_t tiles = 1 + PART_WORK / (TILE_AREA(wide) * job.batch * pixels);
  job.block_rows = tiles * TILE_ROWS;
  job.blocks = mx_ceil_div(K, job.block_rows);
  for (int64_t n = 0; n < d->N; n += job.batch) {
    FN(copy_images)(&job, n);
    run_tasks(job.images * d->groups * panels, job.images * d->groups * d->F * pixels * 4,
              FN(pack_dy), &job);
    run_tasks(d->groups * panels * job.blocks, job.images * d->groups * p->weights * pixels,
              FN(weight_task), &job);
  }
  run_tasks(d->groups * panels, d->groups * p->weights, FN(store_filters), &job);
}
