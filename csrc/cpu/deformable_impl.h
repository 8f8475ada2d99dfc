/* The body of deformable.c for one dtype. */

/* Where one tap of one output reads: four pixels (at[0] < 0: none), weights of its rows and columns,
 * and their slopes. */
typedef struct {
  int64_t at[4];
  wide row[2], column[2], row_slope[2], column_slope[2], mask;
} FN(deformable_tap);

/* The places of tap k of all outputs. */
static void FN(deformable_places)(const deformable_dims *d, int64_t k, const real *offset,
                                  const real *mask, FN(deformable_tap) *taps) {
  const int64_t pixels = deformable_pixels(d);
  const real *by[2] = {offset + 2 * k * pixels, offset + (2 * k + 1) * pixels};
  const int64_t tap[2] = {k / d->kernel[1], k % d->kernel[1]};
  for (int64_t p = 0; p < pixels; p++) {
    const int64_t o[2] = {p / d->out[1], p % d->out[1]};
    FN(deformable_tap) *t = &taps[p];
    deformable_axis axis[2];
    int inside = 1;
    for (int i = 0; i < 2; i++) {
      const double at = (double)(o[i] * d->stride[i] + tap[i] * d->dilate[i] - d->pad[i]);
      inside = inside && deformable_place(at + (double)LOAD(by[i][p]), d->size[i],
                                          (int)d->has_mask, &axis[i]);
    }
    t->mask = mask ? LOAD(mask[k * pixels + p]) : 1;
    t->at[0] = -1;
    if (!inside) continue;
    for (int i = 0; i < 2; i++) {
      const int64_t row = (i ? axis[0].next : axis[0].at) * d->size[1];
      t->at[2 * i] = row + axis[1].at;
      t->at[2 * i + 1] = row + axis[1].next;
      t->row[i] = (wide)axis[0].w[i];
      t->row_slope[i] = (wide)axis[0].slope[i];
      t->column[i] = (wide)axis[1].w[i];
      t->column_slope[i] = (wide)axis[1].slope[i];
    }
  }
}

/* Pieces of a task's scratch: the places; in the gradient sums for offset and mask, an image. */
typedef struct {
  FN(deformable_tap) *taps;
  wide *sums, *image;
} FN(deformable_pieces);

static int64_t FN(deformable_cut)(const deformable_dims *d, int is_grad, char *base,
                                  FN(deformable_pieces) *pieces) {
  mx_scratch s = {base, 0};
  const int64_t pixels = mx_product(d->out[0], d->out[1]);
  pieces->taps = mx_take(&s, pixels, sizeof *pieces->taps);
  if (is_grad) {
    pieces->sums = mx_take(&s, mx_product(3, pixels), sizeof(wide));
    if (IS_HALF)
      pieces->image = mx_take(&s, mx_product(d->C / d->groups, d->size[0] * d->size[1]),
                              sizeof(wide));
  }
  return mx_lines(s.size);
}

static int64_t FN(deformable_scratch)(const void *desc) {
  const deformable_dims *d = desc;
  FN(deformable_pieces) pieces;
  return mx_product(FN(deformable_cut)(d, 0, NULL, &pieces), d->N * d->groups);
}

static int64_t FN(deformable_grad_scratch)(const void *desc) {
  const deformable_dims *d = desc;
  FN(deformable_pieces) pieces;
  return mx_product(FN(deformable_cut)(d, 1, NULL, &pieces), d->N * d->groups);
}

/* ptr: data, offset, mask if there is one, columns, scratch. */
static void FN(deformable_task)(void *context, int64_t index) {
  const deformable_job *job = context;
  const deformable_dims *d = job->d;
  const int64_t channels = d->C / d->groups, count = deformable_taps(d);
  const int64_t pixels = deformable_pixels(d), plane = d->size[0] * d->size[1];
  const real *data = (const real *)job->ptr[0] + index * channels * plane;
  const real *offset = (const real *)job->ptr[1] + index * 2 * count * pixels;
  const real *mask = d->has_mask ? (const real *)job->ptr[2] + index * count * pixels : NULL;
  real *columns = (real *)job->ptr[2 + d->has_mask] + index * channels * count * pixels;
  FN(deformable_pieces) pieces;
  FN(deformable_cut)(d, 0, job->block + index * job->task_bytes, &pieces);
  for (int64_t k = 0; k < count; k++) {
    FN(deformable_places)(d, k, offset, mask, pieces.taps);
    for (int64_t c = 0; c < channels; c++) {
      const real *x = data + c * plane;
      real *to = columns + (c * count + k) * pixels;
      for (int64_t p = 0; p < pixels; p++) {
        const FN(deformable_tap) *t = &pieces.taps[p];
        wide value = 0;
        if (t->at[0] >= 0)
          value = t->row[0] * (t->column[0] * LOAD(x[t->at[0]]) + t->column[1] * LOAD(x[t->at[1]])) +
                  t->row[1] * (t->column[0] * LOAD(x[t->at[2]]) + t->column[1] * LOAD(x[t->at[3]]));
        to[p] = STORE(value * t->mask);
      }
    }
  }
}

/* ptr: dcolumns, data, offset, mask if there is one, ddata, doffset, dmask if there is a mask,
 * scratch. */
static void FN(deformable_grad_task)(void *context, int64_t index) {
  const deformable_job *job = context;
  const deformable_dims *d = job->d;
  const int64_t channels = d->C / d->groups, count = deformable_taps(d);
  const int64_t pixels = deformable_pixels(d), plane = d->size[0] * d->size[1];
  const real *dcolumns = (const real *)job->ptr[0] + index * channels * count * pixels;
  const real *data = (const real *)job->ptr[1] + index * channels * plane;
  const real *offset = (const real *)job->ptr[2] + index * 2 * count * pixels;
  const real *mask = d->has_mask ? (const real *)job->ptr[3] + index * count * pixels : NULL;
  void *const *out = job->ptr + 3 + d->has_mask;
  real *ddata = (real *)out[0] + index * channels * plane;
  real *doffset = (real *)out[1] + index * 2 * count * pixels;
  real *dmask = d->has_mask ? (real *)out[2] + index * count * pixels : NULL;
  FN(deformable_pieces) pieces;
  FN(deformable_cut)(d, 1, job->block + index * job->task_bytes, &pieces);
  wide *image = IS_HALF ? pieces.image : (wide *)(void *)ddata;
  wide *dy = pieces.sums, *dx = dy + pixels, *dm = dx + pixels;
  for (int64_t i = 0; i < channels * plane; i++) image[i] = 0;
  for (int64_t k = 0; k < count; k++) {
    FN(deformable_places)(d, k, offset, mask, pieces.taps);
    for (int64_t p = 0; p < 3 * pixels; p++) dy[p] = 0;
    for (int64_t c = 0; c < channels; c++) {
      const real *x = data + c * plane, *from = dcolumns + (c * count + k) * pixels;
      wide *to = image + c * plane;
      for (int64_t p = 0; p < pixels; p++) {
        const FN(deformable_tap) *t = &pieces.taps[p];
        if (t->at[0] < 0) continue;
        const wide v0 = LOAD(x[t->at[0]]), v1 = LOAD(x[t->at[1]]), v2 = LOAD(x[t->at[2]]),
                   v3 = LOAD(x[t->at[3]]);
        const wide above = t->column[0] * v0 + t->column[1] * v1;
        const wide below = t->column[0] * v2 + t->column[1] * v3;
        const wide g = LOAD(from[p]), gm = g * t->mask;
        dm[p] += g * (t->row[0] * above + t->row[1] * below);
        dy[p] += gm * (t->row_slope[0] * above + t->row_slope[1] * below);
        dx[p] += gm * (t->row[0] * (t->column_slope[0] * v0 + t->column_slope[1] * v1) +
                       t->row[1] * (t->column_slope[0] * v2 + t->column_slope[1] * v3));
        to[t->at[0]] += gm * t->row[0] * t->column[0];
        to[t->at[1]] += gm * t->row[0] * t->column[1];
        to[t->at[2]] += gm * t->row[1] * t->column[0];
        to[t->at[3]] += gm * t->row[1] * t->column[1];
      }
    }
    for (int64_t p = 0; p < pixels; p++) {
      doffset[2 * k * pixels + p] = STORE(dy[p]);
      doffset[(2 * k + 1) * pixels + p] = STORE(dx[p]);
      if (dmask) dmask[k * pixels + p] = STORE(dm[p]);
    }
  }
  for (int64_t i = 0; IS_HALF && i < channels * plane; i++) ddata[i] = STORE(image[i]);
}

static int FN(deformable)(const void *desc, void *const *ptr, const mx_scalar *scalars) {
  const deformable_dims *d = desc;
  FN(deformable_pieces) pieces;
  (void)scalars;
  return deformable_run(d, ptr, ptr[3 + d->has_mask], FN(deformable_cut)(d, 0, NULL, &pieces),
                        FN(deformable_task));
}

static int FN(deformable_grad)(const void *desc, void *const *ptr, const mx_scalar *scalars) {
  const deformable_dims *d = desc;
  FN(deformable_pieces) pieces;
  (void)scalars;
  return deformable_run(d, ptr, ptr[5 + 2 * d->has_mask],
                        FN(deformable_cut)(d, 1, NULL, &pieces), FN(deformable_grad_task));
}
