/* Overlaps, offsets and pairs of boxes, one dtype. */

typedef struct { wide x1, y1, x2, y2, area; } FN(corners);

static inline FN(corners) FN(load_corners)(const real *p, int64_t center) {
  const wide a = LOAD(p[0]), b = LOAD(p[1]), c = LOAD(p[2]), e = LOAD(p[3]);
  FN(corners) box = {a, b, c, e, 0};
  if (center) box = (FN(corners)){a - c / 2, b - e / 2, a + c / 2, b + e / 2, 0};
  const wide w = center ? c : c - a, h = center ? e : e - b;
  if (!(w < 0 || h < 0)) box.area = w * h;
  return box;
}

/* n overlaps of a box with others, a column a corner. */
static void FN(iou_row)(const FN(corners) *a, wide (*others)[IOU_BLOCK], int64_t n, real *y) {
  const wide *x1 = others[0], *y1 = others[1], *x2 = others[2], *y2 = others[3], *area = others[4];
  wide found[IOU_BLOCK];
  for (int64_t i = 0; i < n; i++) {
    const wide w = (x2[i] < a->x2 ? x2[i] : a->x2) - (x1[i] > a->x1 ? x1[i] : a->x1);
    const wide h = (y2[i] < a->y2 ? y2[i] : a->y2) - (y1[i] > a->y1 ? y1[i] : a->y1);
    const wide shared = (w > 0 ? w : 0) * (h > 0 ? h : 0);
    const wide share = shared / (a->area + area[i] - shared);
    found[i] = shared > 0 ? share : 0;
  }
  for (int64_t i = 0; i < n; i++) y[i] = STORE(found[i]);
}

static void FN(iou_task)(void *context, int64_t task) {
  const box_job *job = context;
  const box_iou_dims *d = job->d;
  const real *lhs = job->ptr[0], *rhs = job->ptr[1];
  real *y = job->ptr[2];
  wide others[5][IOU_BLOCK];
  for (int64_t start = 0; start < d->N; start += IOU_BLOCK) {
    const int64_t n = start + IOU_BLOCK < d->N ? IOU_BLOCK : d->N - start;
    for (int64_t i = 0; i < n; i++) {
      const FN(corners) b = FN(load_corners)(rhs + 4 * (start + i), d->center);
      others[0][i] = b.x1;
      others[1][i] = b.y1;
      others[2][i] = b.x2;
      others[3][i] = b.y2;
      others[4][i] = b.area;
    }
    for (int64_t m = box_begin(job, task); m < box_begin(job, task + 1); m++) {
      const FN(corners) a = FN(load_corners)(lhs + 4 * m, d->center);
      FN(iou_row)(&a, others, n, y + m * d->N + start);
    }
  }
}

/* Runs a task over `items`, each of about `each` ns. */
static int FN(run_pairs)(const void *d, void *const *ptr, int64_t items, int64_t each,
                         void (*task)(void *, int64_t)) {
  box_job job = {d, ptr, NULL, 0, items, pair_tasks(items, each), MX_OK};
  if (job.tasks > 1) mx_rt->parallel_for(job.tasks, task, &job);
  else task(&job, 0);
  return job.status;
}

static int FN(box_iou)(const void *desc, void *const *ptr, const mx_scalar *scalars) {
  const box_iou_dims *d = desc;
  (void)scalars;
  return FN(run_pairs)(d, ptr, d->M, d->N, FN(iou_task));
}

/* Anchor i's targets: offsets of the box that it was matched to; zeros where it has no sample. */
static int FN(encode_one)(const box_encode_dims *d, void *const *ptr, int64_t i) {
  const real *anchor = (const real *)ptr[2] + 4 * i, *means = ptr[4], *stds = ptr[5];
  real *target = (real *)ptr[6] + 4 * i, *mask = (real *)ptr[7] + 4 * i;
  const int is_valid = LOAD(((const real *)ptr[0])[i]) > (wide)0.5;
  for (int k = 0; k < 4; k++) mask[k] = STORE((wide)is_valid);
  for (int k = 0; k < 4; k++) target[k] = STORE((wide)0);
  if (!is_valid) return MX_OK;
  const double match = (double)LOAD(((const real *)ptr[1])[i]);
  if (!(match > -1 && match < (double)d->M)) return MX_BAD_INDEX;
  const real *ref = (const real *)ptr[3] + 4 * (i / d->N * d->M + (int64_t)match);
  for (int k = 0; k < 2; k++) {
    const wide start = LOAD(anchor[k]), size = LOAD(anchor[k + 2]) - start;
    const wide ref_start = LOAD(ref[k]), ref_size = LOAD(ref[k + 2]) - ref_start;
    const wide shift = (ref_start + ref_size / 2 - (start + size / 2)) / size;
    const wide grown = (wide)BOX_LOG(ref_size / size);
    target[k] = STORE((shift - LOAD(means[k])) / LOAD(stds[k]));
    target[k + 2] = STORE((grown - LOAD(means[k + 2])) / LOAD(stds[k + 2]));
  }
  return MX_OK;
}

static void FN(encode_task)(void *context, int64_t task) {
  box_job *job = context;
  for (int64_t i = box_begin(job, task); i < box_begin(job, task + 1); i++)
    box_report(job, FN(encode_one)(job->d, job->ptr, i));
}

static int FN(box_encode)(const void *desc, void *const *ptr, const mx_scalar *scalars) {
  const box_encode_dims *d = desc;
  (void)scalars;
  return FN(run_pairs)(d, ptr, d->B * d->N, 50, FN(encode_task));
}

static void FN(decode_task)(void *context, int64_t task) {
  const box_job *job = context;
  const box_decode_dims *d = job->d;
  for (int64_t i = box_begin(job, task); i < box_begin(job, task + 1); i++) {
    const real *x = (const real *)job->ptr[0] + 4 * i;
    const real *anchor = (const real *)job->ptr[1] + 4 * (i % d->N);
    real *y = (real *)job->ptr[2] + 4 * i;
    for (int k = 0; k < 2; k++) {
      wide middle = LOAD(anchor[k]), size = LOAD(anchor[k + 2]);
      if (d->corner) {
        size -= middle;
        middle += size / 2;
      }
      wide grown = LOAD(x[k + 2]) * (wide)d->std[k + 2];
      if (d->clip > 0 && !(grown < (wide)d->clip)) grown = (wide)d->clip;
      const wide moved = LOAD(x[k]) * (wide)d->std[k] * size + middle;
      const wide half = (wide)BOX_EXP(grown) * size / 2;
      y[k] = STORE(moved - half);
      y[k + 2] = STORE(moved + half);
    }
  }
}

static int FN(box_decode)(const void *desc, void *const *ptr, const mx_scalar *scalars) {
  const box_decode_dims *d = desc;
  (void)scalars;
  return FN(run_pairs)(d, ptr, d->B * d->N, 40, FN(decode_task));
}

/* The best score whose row and column are free makes a pair, again and again. */
static void FN(match)(const bipartite_dims *d, const real *x, real *row_of, real *column_of,
                      box_rank *ranks) {
  const int64_t size = d->M * d->N;
  for (int64_t i = 0; i < size; i++)
    ranks[i] = (box_rank){(d->is_ascend ? -1 : 1) * (double)LOAD(x[i]), i};
  const box_rank *order = sort_ranks(ranks, ranks + size, size);
  for (int64_t m = 0; m < d->M; m++) row_of[m] = STORE((wide)-1);
  for (int64_t n = 0; n < d->N; n++) column_of[n] = STORE((wide)-1);
  int64_t count = 0;
  for (int64_t i = 0; i < size && count != d->at_most; i++) {
    const int64_t m = order[i].at / d->N, n = order[i].at % d->N;
    if (LOAD(row_of[m]) >= 0 || LOAD(column_of[n]) >= 0) continue;
    const wide score = LOAD(x[order[i].at]), limit = (wide)d->threshold;
    if (!(d->is_ascend ? score < limit : score > limit)) break;
    row_of[m] = STORE((wide)n);
    column_of[n] = STORE((wide)m);
    count++;
  }
}

static void FN(bipartite_task)(void *context, int64_t task) {
  const box_job *job = context;
  const bipartite_dims *d = job->d;
  for (int64_t b = box_begin(job, task); b < box_begin(job, task + 1); b++)
    FN(match)(d, (const real *)job->ptr[0] + b * d->M * d->N, (real *)job->ptr[1] + b * d->M,
              (real *)job->ptr[2] + b * d->N, (box_rank *)box_part(job, task).base);
}
