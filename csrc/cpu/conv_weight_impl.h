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
  const int64_t panels = (d->F + FN(COLS) - 1) / FN(COLS), pixels = volume(d->out);
  const int64_t f = i % panels * FN(COLS), group = i / panels % d->groups;
  const int64_t image = i / panels / d->groups;
  const real *dy = (const real *)job->ptr[1] +
                   (((job->first + image) * d->groups + group) * d->F + f) * pixels;
  wide *y = (wide *)job->dy +
            ((group * panels + f / FN(COLS)) * d->images + image) * pixels * FN(COLS);
  FN(pack_panel)(dy, pixels, 1, lesser(d->F - f, FN(COLS)), pixels, FN(COLS), y);
}

/* Task: a block of rows (c, tap), a panel of dy's channels, all pixels of the images. */
static void FN(weight_task)(void *context, int64_t task) {
  const conv_job *job = context;
  const conv_plan *p = &job->plan;
  const conv_dims *d = p->d;
  const int64_t panels = (d->F + FN(COLS) - 1) / FN(COLS), width = panels * FN(COLS);
  const int64_t K = p->in * volume(d->kernel), length = d->out[2];
  const int64_t block = task % job->blocks, panel = task / job->blocks % panels;
  const int64_t group = task / job->blocks / panels, f = panel * FN(COLS);
  const int64_t lines = job->images * d->out[0] * d->out[1];
  const int64_t step = 1 + LINE_PIXELS / (length + 1);
  const wide *dy = (wide *)job->dy +
                   (group * panels + panel) * d->images * volume(d->out) * FN(COLS);
  wide *sum = (wide *)job->sum + group * K * width + f;
  const int64_t end = lesser(K, (block + 1) * job->block_rows);
  for (int64_t line = 0; line < lines; line += step)
    for (int64_t k = block * job->block_rows; k < end; k += TILE_ROWS) {
      const WIDE(lines) from = {(wide *)job->image + group * p->in * p->channel, job->offset + k,
                                job->line + line, lesser(step, lines - line), length};
      const WIDE(tile) tile = {sum + k * width, width, job->first + line > 0, NULL, NULL};
      WIDE(micro_lines)((int)lesser(TILE_ROWS, end - k), (int)lesser(FN(COLS), d->F - f), &from,
                        dy + line * length * FN(COLS), &tile);
    }
}

/* Task i writes filter i: the sums, transposed. */
static void FN(store_filter)(void *context, int64_t i) {
  const conv_job *job = context;
  const conv_dims *d = job->plan.d;
  const int64_t K = d->C * volume(d->kernel);
  const int64_t width = (d->F + FN(COLS) - 1) / FN(COLS) * FN(COLS);
  const wide *sum = (wide *)job->sum + i / d->F * K * width + i % d->F;
  real *dw = (real *)job->ptr[2] + i * K;
  for (int64_t k = 0; k < K; k++) dw[k] = STORE(sum[k * width]);
}

static int FN(conv_grad_weight)(const void *desc, void *const *ptr, const mx_scalar *scalars) {
  const conv_dims *d = desc;
  (void)scalars;
  conv_job job = {.plan = plan_convolution(d, 0, FN(COLS)), .ptr = ptr};
  const conv_plan *p = &job.plan;
  const int64_t pixels = volume(d->out), K = d->C * volume(d->kernel);
  const int64_t width = (d->F + 31) / 32 * 32;
  if (d->N * pixels * d->groups * p->weights == 0) {
    memset(ptr[2], 0, (size_t)(d->groups * p->weights) * sizeof(real));
    return MX_OK;
  }
  char *scratch = ptr[3];
  job.dy = take(&scratch, d->images * d->groups * width * pixels * (int64_t)sizeof(wide));
  job.sum = take(&scratch, d->groups * width * K * (int64_t)sizeof(wide));
  job.offset = take(&scratch, K * 8);
  job.line = take(&scratch, d->images * d->out[0] * d->out[1] * 8);
  job.image = scratch;
  const conv_part part = nth_part(p, 0);
  list_taps(p, &part, job.offset, NULL);
  for (int64_t i = 0; i < d->images * d->out[0] * d->out[1]; i++) {
    const int64_t y = i % d->out[1], row = i / d->out[1];
    const int64_t z = row % d->out[0], image = row / d->out[0];
    job.line[i] = image * d->groups * d->C * p->channel + (z * p->length[1] + y) * p->length[2];
  }
  const int64_t panels = (d->F + FN(COLS) - 1) / FN(COLS);
  const int64_t tiles = 1 + PART_WORK / (TILE_AREA(wide) * d->images * pixels);
  job.block_rows = tiles * TILE_ROWS;
  job.blocks = (K + job.block_rows - 1) / job.block_rows;
  for (int64_t n = 0; n < d->N; n += d->images) {
    FN(copy_images)(&job, n);
    run_tasks(job.images * d->groups * panels, job.images * d->groups * d->F * pixels * 4,
              FN(pack_dy), &job);
    run_tasks(d->groups * panels * job.blocks, job.images * d->groups * p->weights * pixels,
              FN(weight_task), &job);
  }
  run_tasks(d->groups * d->F, d->groups * p->weights, FN(store_filter), &job);
  return MX_OK;
}
