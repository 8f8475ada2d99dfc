/* The forward pass and the gradient of the data: result = packed weights x shifted image rows. */

/* A block of output channels: their number and weights, packed or not, biases, first outputs. */
typedef struct {
  int64_t group, rows, channel;     /* channel: the first of all groups */
  const wide *weight;
  const real *bias;
  real *y;
} FN(taps_cut);

/* `count` results of each channel of a cut from `sum`, in rows of COLS, to y, `step` apart. */
static inline void FN(put)(const conv_job *job, const FN(taps_cut) *cut, wide *sum, int64_t count,
                           int64_t step, real *y) {
  const int64_t channel = volume(job->plan.result);
#if !IS_HALF
  if (job->finish) {
    for (int64_t r = 0; r < cut->rows && cut->bias; r++)
      for (int64_t i = 0; i < count; i++) sum[r * FN(COLS) + i] += cut->bias[r];
    const int64_t at = y - (const real *)result_of(job->plan.d, job->ptr);
    const finish_part part = {cut->channel, cut->rows, at, channel, count};
    FN(finish_rows)(job->finish, &part, sum, FN(COLS), y);
    return;
  }
#endif
  for (int64_t r = 0; r < cut->rows; r++, sum += FN(COLS), y += channel) {
    const wide b = cut->bias ? LOAD(cut->bias[r]) : 0;
    if (step == 1) for (int64_t i = 0; i < count; i++) y[i] = STORE(sum[i] + b);
    else for (int64_t i = 0; i < count; i++) y[i * step] = STORE(sum[i] + b);
  }
}

/* Task i packs a panel of the weights: [k][rows], k = (channel of the image, tap of the part). */
static void FN(pack_weight)(void *context, int64_t i) {
  const conv_job *job = context;
  const conv_plan *p = &job->plan;
  const int64_t panels = mx_ceil_div(p->out, TILE_ROWS), window = volume(p->d->kernel);
  const int64_t o = i % panels * TILE_ROWS, group = i / panels / p->num_parts;
  const conv_part part = part_at(p, i / panels % p->num_parts);
  const int64_t rows = mx_lesser(TILE_ROWS, p->out - o);
  const int64_t o_step = p->is_grad ? window : p->in * window;
  const int64_t c_step = p->is_grad ? p->out * window : window;
  const real *w = (const real *)job->ptr[1] + group * p->weights + o * o_step;
  wide *y = (wide *)job->weight + group * p->weights + part.taps_before * p->in * p->out +
            o * part.taps * p->in;
  const int64_t *number = job->number + part.taps_before;
  if (part.taps == window) {      /* all taps, in their order */
    const int64_t runs = p->is_grad ? p->in : 1, length = p->is_grad ? window : p->in * window;
    for (int64_t c = 0; c < runs; c++)
      FN(pack_panel)(w + c * c_step, o_step, 1, rows, length, rows, y + c * length * rows);
    return;
  }
  for (int64_t c = 0; c < p->in; c++)
    for (int64_t t = 0; t < part.taps; t++, y += rows)
      for (int64_t r = 0; r < rows; r++) y[r] = LOAD(w[r * o_step + c * c_step + number[t]]);
}

/* Columns q ... of a tile in `sum` to where they belong; y: the result at row 0, image and z. */
static void FN(scatter)(const conv_job *job, const conv_part *part, const FN(taps_cut) *cut,
                        wide *sum, int64_t q, real *y) {
  const conv_plan *p = &job->plan;
  const int64_t width = p->length[2], step = part->step[2];
  int64_t line = q / width, x = q % width;
  for (int64_t j = 0; j < FN(COLS) && line < part->count[1]; line++, j += width - x, x = 0) {
    const int64_t count = mx_lesser(part->count[2] - x, FN(COLS) - j);
    real *to = y + (part->first[1] + line * part->step[1]) * p->result[2] + part->first[2] +
               x * step;
    if (count > 0) FN(put)(job, cut, sum + j, count, step, to);
  }
}

/* The same of a panel of gathered columns, which go to several places. */
static void FN(scatter_outputs)(const conv_job *job, const conv_part *part, int64_t panel,
                                const FN(taps_cut) *cut, wide *sum) {
  int64_t from[FN(COLS)], to[FN(COLS)];
  const int64_t count = FN(place_outputs)(job, part, panel, from, to);
  if (job->finish) {
    for (int64_t j = 0, run; j < count; j += run) {
      for (run = 1; j + run < count && to[j + run] == to[j] + run;) run++;
      FN(put)(job, cut, sum + j, run, 1, cut->y + to[j]);
    }
    return;
  }
  real *y = cut->y;
  for (int64_t r = 0; r < cut->rows; r++, y += volume(job->plan.result)) {
    const wide b = cut->bias ? LOAD(cut->bias[r]) : 0;
    for (int64_t j = 0; j < count; j++) y[to[j]] = STORE(sum[r * FN(COLS) + j] + b);
  }
}

/* The same of `cols` gathered columns, where the weight is not packed. */
static void FN(multiply_columns)(int64_t rows, int cols, int64_t K, const wide *weight,
                                 const wide *x, wide *sum) {
  int64_t row[TILE_ROWS], line = 0;
  for (int i = 0; i < TILE_ROWS; i++) row[i] = i * K;
  for (int64_t k = 0; k < K; k += LONG_BLOCK_K)
    for (int64_t o = 0; o < rows; o += TILE_ROWS) {
      const WIDE(tile) tile = {.c = sum + o * FN(COLS), .c_step = FN(COLS),
                               .add = k ? sum + o * FN(COLS) : NULL};
      const WIDE(lines) lines = {weight + o * K + k, row, &line, 1, mx_lesser(LONG_BLOCK_K, K - k)};
      WIDE(micro_lines)((int)mx_lesser(TILE_ROWS, rows - o), cols, &lines, x + k * FN(COLS), FN(COLS),
                        &tile);
    }
}

/* One panel of columns times the weights of `rows` output channels, BLOCK_K at a time, so that the
 * image's rows stay in L1 while the weights pass by.  x: the columns, if offset is NULL. */
static void FN(multiply_panel)(int64_t rows, int64_t K, const wide *weight, const wide *x,
                               const int64_t *offset, wide *sum) {
  for (int64_t k = 0; k == 0 || k < K; k += BLOCK_K)
    for (int64_t o = 0; o < rows; o += TILE_ROWS) {
      const int64_t high = mx_lesser(TILE_ROWS, rows - o);
      const WIDE(tile) tile = {.c = sum + o * FN(COLS), .c_step = FN(COLS),
                               .add = k ? sum + o * FN(COLS) : NULL};
      const wide *w = weight + o * K + k * high;
      const int64_t taps = mx_lesser(BLOCK_K, K - k);
      if (offset) WIDE(micro_taps)((int)high, FN(COLS), taps, w, high, x, offset + k, &tile);
      else WIDE(micro_panel)((int)high, FN(COLS), taps, w, high, x + k * FN(COLS), FN(COLS), &tile);
    }
}

/* Item `item` of a task: the outputs of a panel in a plane of an image. */
static void FN(plane_item)(const conv_job *job, const conv_part *part, int64_t item,
                           const FN(taps_cut) *cut, wide *sum) {
  const conv_plan *p = &job->plan;
  const int64_t panels = FN(panels_of_plane)(p, part);
  const int64_t q = item % panels * FN(COLS), z = item / panels % part->count[0];
  const int64_t image = item / panels / part->count[0];
  const wide *x = (wide *)job->image + (image * p->d->groups + cut->group) * p->in * p->channel + q +
                  ((part->start[0] + z) * p->length[1] + part->start[1]) * p->length[2] +
                  part->start[2];
  real *y = cut->y + image * p->d->groups * p->out * volume(p->result) +
            (part->first[0] + z * part->step[0]) * p->result[1] * p->result[2];
  FN(multiply_panel)(cut->rows, part->taps * p->in, cut->weight, x,
                     job->offset + part->taps_before * p->in, sum);
  FN(scatter)(job, part, cut, sum, q, y);
}

/* Whether rows of outputs fill whole vectors: panels of a row then go where they belong at once. */
static int FN(goes_by_rows)(const conv_plan *p) {
  const int64_t width = p->result[2];
  return FN(IS_WIDE) && !p->is_grad &&
         (width % FN(COLS) == 0 || (width * 2 % FN(COLS) == 0 && width > WIDE_ROW));
}

/* The same: those of a panel of a row. */
static void FN(row_item)(const conv_job *job, const conv_part *part, int64_t item,
                         const FN(taps_cut) *cut) {
  const conv_plan *p = &job->plan;
  const int64_t *size = p->result, channel = volume(size), K = part->taps * p->in;
  const int64_t panels = mx_ceil_div(size[2], FN(COLS)), x = item % panels * FN(COLS);
  const int64_t row = item / panels, line = row % size[1], z = row / size[1] % size[0];
  const int64_t image = row / size[1] / size[0];
  const wide *from = (wide *)job->image +
                     (image * p->d->groups + cut->group) * p->in * p->channel +
                     (z * p->length[1] + line) * p->length[2] + x;
  wide *y = (wide *)(void *)cut->y + image * p->d->groups * p->out * channel +
            (z * size[1] + line) * size[2] + x;
  const wide *whole = result_of(p->d, job->ptr), *bias = (const wide *)(const void *)cut->bias;
  for (int64_t k = 0; k == 0 || k < K; k += BLOCK_K)
    for (int64_t o = 0; o < cut->rows; o += TILE_ROWS) {
      const int64_t high = mx_lesser(TILE_ROWS, cut->rows - o), taps = mx_lesser(BLOCK_K, K - k);
      const int is_last = k + taps == K;
      wide *to = y + o * channel;
      const WIDE(tile) tile = {to, channel, k ? to : NULL, is_last && bias ? bias + o : NULL, NULL,
                               is_last ? job->finish : NULL, cut->channel + o, to - whole};
      WIDE(micro_taps)((int)high, (int)mx_lesser(FN(COLS), size[2] - x), taps,
                       cut->weight + o * K + k * high, high, from, job->offset + k, &tile);
    }
}

/* The same: those of a panel of gathered columns. */
static void FN(columns_item)(const conv_job *job, const conv_part *part, int64_t item,
                             const FN(taps_cut) *cut, wide *sum) {
  const wide *x = FN(columns_of)(job, cut->group, part, item);
  const int64_t K = part->taps * job->plan.in;
  const int64_t left = job->images * volume(part->count) - item * FN(COLS);
  const int cols = 2 * left <= FN(COLS) ? FN(COLS) / 2 : FN(COLS);
  if (job->packs) FN(multiply_panel)(cut->rows, K, cut->weight, x, NULL, sum);
  else FN(multiply_columns)(cut->rows, cols, K, cut->weight, x, sum);
  FN(scatter_outputs)(job, part, item, cut, sum);
}

static int64_t FN(count_items)(const conv_job *job, const conv_part *part, int64_t images) {
  if (job->column_panels) return FN(panels_of_columns)(part, images);
  if (FN(goes_by_rows)(&job->plan))
    return images * part->count[0] * part->count[1] * mx_ceil_div(part->count[2], FN(COLS));
  return images * part->count[0] * FN(panels_of_plane)(&job->plan, part);
}

/* Task: a block of output channels over a chunk of the items. */
static void FN(taps_task)(void *context, int64_t task) {
  const conv_job *job = context;
  const conv_plan *p = &job->plan;
  const int64_t chunk = task % job->chunks, block = task / job->chunks % job->blocks;
  const int64_t which = task / job->chunks / job->blocks, group = which / p->num_parts;
  const conv_part part = part_at(p, which % p->num_parts);
  if (!volume(part.count)) return;
  const int64_t o = block * job->block_rows, channel = group * p->out + o;
  const real *biases = bias_of(p->d, job->ptr);
  const wide *weight = job->packs ? job->weight : (const wide *)job->ptr[1];
  const FN(taps_cut) cut = {
      group, mx_lesser(job->block_rows, p->out - o), channel,
      weight + group * p->weights + (part.taps_before * p->out + part.taps * o) * p->in,
      biases ? biases + channel : NULL,
      (real *)result_of(p->d, job->ptr) +
          (job->first * p->d->groups * p->out + channel) * volume(p->result)};
  const int64_t items = FN(count_items)(job, &part, job->images);
  const int64_t last = items * (chunk + 1) / job->chunks;
  const int by_rows = FN(goes_by_rows)(p);
  wide sum[MOST_PANELS * TILE_AREA(wide)];
  for (int64_t item = items * chunk / job->chunks; item < last; item++)
    if (job->column_panels) FN(columns_item)(job, &part, item, &cut, sum);
    else if (by_rows) FN(row_item)(job, &part, item, &cut);
    else FN(plane_item)(job, &part, item, &cut, sum);
}

/* Fixed by the sizes: blocks of output channels whose weights fit L2, chunks of enough work. */
static void FN(cut_taps)(conv_job *job) {
  const conv_plan *p = &job->plan;
  const conv_part part = part_at(p, 0);
  const int64_t K = part.taps * p->in + 1;
  const int64_t fit = A_BYTES / ((int64_t)sizeof(wide) * K * TILE_ROWS);
  const int64_t most = mx_lesser(fit < 1 ? 1 : fit, MOST_PANELS);
  const int64_t panels = mx_ceil_div(p->out, TILE_ROWS);
  job->blocks = mx_ceil_div(panels, most);
  job->block_rows = TILE_ROWS * mx_ceil_div(panels, job->blocks);      /* about as many each */
  job->blocks = mx_ceil_div(p->out, job->block_rows);
  const int64_t items = FN(count_items)(job, &part, job->batch);
  const int64_t work = items * FN(COLS) * K * mx_lesser(p->out, job->block_rows);
  job->chunks = mx_lesser(mx_lesser(1 + work / PART_WORK, MOST_CHUNKS), items < 1 ? 1 : items);
}

/* The plan, and the scratch block cut up. */
static conv_job FN(begin_taps)(const conv_dims *d, conv_pass pass, mx_scratch *scratch) {
  conv_job job = {.plan = plan_convolution(d, pass == CONV_GRAD_DATA, FN(COLS))};
  const conv_plan *p = &job.plan;
  const int64_t window = volume(d->kernel);
  const int64_t image = mx_product(d->groups * p->in, p->channel);
  const int64_t fit = COPY_BYTES / mx_product(image, sizeof(wide));
  job.batch = mx_lesser(fit < 1 ? 1 : fit, d->N < 1 ? 1 : d->N);
  job.packs = 1;
  FN(take_columns)(&job, scratch);
  job.weight = mx_take(scratch, job.packs ? d->groups * p->weights : 0, sizeof(wide));
  job.offset = mx_take(scratch, p->in * window, sizeof *job.offset);
  job.number = mx_take(scratch, window, sizeof *job.number);
  job.image = mx_take(scratch, mx_sum(mx_product(job.batch, image), COPY_SLACK), sizeof(wide));
  return job;
}

static void FN(run_taps)(const conv_dims *d, conv_pass pass, const conv_arrays *arrays) {
  conv_job job = FN(begin_taps)(d, pass, &(mx_scratch){.base = arrays->scratch});
  const conv_plan *p = &job.plan;
  if (d->N * d->groups * p->out * volume(p->result) == 0) return;
  job.ptr = arrays->ptr;
  job.finish = arrays->finish;
  for (int64_t i = 0; i < p->num_parts; i++) {
    const conv_part part = part_at(p, i);
    list_taps(p, &part, job.offset + part.taps_before * p->in, NULL);
    list_taps(p, &part, NULL, job.number + part.taps_before);
  }
  FN(cut_taps)(&job);
  const int64_t panels = mx_ceil_div(p->out, TILE_ROWS) * d->groups * p->num_parts;
  if (job.packs) run_tasks(panels, d->groups * p->weights, FN(pack_weight), &job);
  for (int64_t n = 0; n < d->N; n += job.batch) {
    FN(copy_images)(&job, n);
    if (job.column_panels)
      run_tasks(d->groups * p->num_parts * job.column_panels,
                job.images * d->groups * p->in * volume(d->kernel) * volume(p->result),
                FN(gather_task), &job);
    run_tasks(d->groups * p->num_parts * job.blocks * job.chunks,
              job.images * d->groups * p->weights * volume(p->is_grad ? p->size : p->result),
              FN(taps_task), &job);
  }
}
