/* Small images: where many of the numbers q of a plane (conv_plan.h) are no outputs, or a plane fills
 * no whole panel, the columns of the outputs alone are gathered, over all images of the batch. */

static int64_t FN(panels_of_plane)(const conv_plan *p, const conv_part *part) {
  const int64_t last = (part->count[1] - 1) * p->length[2] + part->count[2];
  return mx_ceil_div(last, FN(COLS));
}

static int64_t FN(panels_of_columns)(const conv_part *part, int64_t images) {
  return mx_ceil_div(mx_product(images, volume(part->count)), FN(COLS));
}

/* Whether few columns meet a weight that is then read where it lies: packing it would take longer than
 * gathering them. */
static int FN(meets_few_columns)(const conv_plan *p, int64_t panels) {
  return FN(IS_WIDE) && !p->is_grad && panels <= FEW_PANELS &&
         p->out >= MANY_ROWS * panels * FN(COLS);
}

/* Whether that is so, or a fifth of the panels is saved. */
static int FN(gathers)(const conv_plan *p, int64_t images) {
  const conv_part part = part_at(p, 0);
  const int64_t planes = mx_product(images, mx_product(part.count[0], FN(panels_of_plane)(p, &part)));
  const int64_t panels = FN(panels_of_columns)(&part, images);
  return FN(meets_few_columns)(p, panels) ||
         (p->out >= FEW_CHANNELS && planes < INT64_MAX / 4 && 5 * panels <= 4 * planes);
}

/* Scratch for the columns, and the batch for which there is room; offsets of parts as of weights. */
static void FN(take_columns)(conv_job *job, mx_scratch *scratch) {
  const conv_plan *p = &job->plan;
  const int64_t K = mx_product(p->in, volume(p->d->kernel));
  const int64_t image = mx_product(K, mx_product(volume(p->result), sizeof(wide)));
  const int64_t fit = COLUMN_BYTES / (image + 1);
  const int64_t images = mx_lesser(fit < 1 ? 1 : fit, job->batch);
  if (!FN(gathers)(p, images)) return;
  job->batch = images;
  for (int64_t i = 0; i < p->num_parts; i++) {
    const conv_part part = part_at(p, i);
    const int64_t panels = FN(panels_of_columns)(&part, images);
    if (panels > job->column_panels) job->column_panels = panels;
  }
  job->packs = !FN(meets_few_columns)(p, job->column_panels);
  const int64_t panels = mx_product(job->column_panels, FN(COLS));
  job->columns = mx_take(scratch, mx_product(p->d->groups * K, panels), sizeof(wide));
}

static wide *FN(columns_of)(const conv_job *job, int64_t group, const conv_part *part,
                            int64_t panel) {
  const conv_plan *p = &job->plan;
  const int64_t before = p->in * (group * volume(p->d->kernel) + part->taps_before);
  return (wide *)job->columns +
         (before * job->column_panels + panel * p->in * part->taps) * FN(COLS);
}

/* For the outputs of a panel: where the first tap of each lies in the copies, and where the output
 * goes; the last ones twice where the panel has a rest.  Returns how many there are. */
static int64_t FN(place_outputs)(const conv_job *job, const conv_part *part, int64_t panel,
                                 int64_t *from, int64_t *to) {
  const conv_plan *p = &job->plan;
  const int64_t all = job->images * volume(part->count), first = panel * FN(COLS);
  for (int64_t j = 0; j < FN(COLS); j++) {
    const int64_t at = mx_lesser(first + j, all - 1), row = at / part->count[2];
    const int64_t x = at % part->count[2], y = row % part->count[1];
    const int64_t z = row / part->count[1] % part->count[0], image = at / volume(part->count);
    from[j] = image * p->d->groups * p->in * p->channel + part->start[2] + x +
              ((part->start[0] + z) * p->length[1] + part->start[1] + y) * p->length[2];
    to[j] = image * p->d->groups * p->out * volume(p->result) + part->first[2] + x * part->step[2] +
            ((part->first[0] + z * part->step[0]) * p->result[1] + part->first[1] +
             y * part->step[1]) * p->result[2];
  }
  return mx_lesser(FN(COLS), all - first);
}

/* Task: a panel of columns of a part. */
static void FN(gather_task)(void *context, int64_t task) {
  const conv_job *job = context;
  const conv_plan *p = &job->plan;
  const int64_t panel = task % job->column_panels, which = task / job->column_panels;
  const int64_t group = which / p->num_parts;
  const conv_part part = part_at(p, which % p->num_parts);
  int64_t from[FN(COLS)], to[FN(COLS)];
  if (panel >= FN(panels_of_columns)(&part, job->images)) return;
  FN(place_outputs)(job, &part, panel, from, to);
  const wide *image = (wide *)job->image + group * p->in * p->channel;
  const int64_t *offset = job->offset + part.taps_before * p->in;
  wide *y = FN(columns_of)(job, group, &part, panel);
  for (int64_t k = 0; k < part.taps * p->in; k++, y += FN(COLS)) {
    const wide *x = image + offset[k];
    for (int j = 0; j < FN(COLS); j++) y[j] = x[from[j]];
  }
}
