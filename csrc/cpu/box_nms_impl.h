/* box_nms, one dtype. */
#include "box_kept_impl.h"

/* The corners of the box at p, and its area, which is 0 where a side is negative. */
static inline wide FN(nms_box)(const box_nms_dims *d, const real *p, wide *box) {
  const wide a = LOAD(p[0]), b = LOAD(p[1]), c = LOAD(p[2]), e = LOAD(p[3]);
  const wide w = d->in_center ? c : c - a, h = d->in_center ? e : e - b;
  box[0] = d->in_center ? a - c / 2 : a;
  box[1] = d->in_center ? b - e / 2 : b;
  box[2] = d->in_center ? a + c / 2 : c;
  box[3] = d->in_center ? b + e / 2 : e;
  return w < 0 || h < 0 ? 0 : w * h;
}

/* Rewrites the box at p as it is wanted. */
static inline void FN(nms_convert)(const box_nms_dims *d, real *p) {
  const wide a = LOAD(p[0]), b = LOAD(p[1]), c = LOAD(p[2]), e = LOAD(p[3]);
  if (d->in_center == d->out_center) return;
  p[0] = STORE(d->out_center ? (a + c) / 2 : a - c / 2);
  p[1] = STORE(d->out_center ? (b + e) / 2 : b - e / 2);
  p[2] = STORE(d->out_center ? c - a : a + c / 2);
  p[3] = STORE(d->out_center ? e - b : b + e / 2);
}

/* The boxes of a sample that count, as (score, row): how many. */
static int64_t FN(nms_candidates)(const box_nms_dims *d, const real *x, box_rank *ranks) {
  int64_t n = 0;
  for (int64_t i = 0; i < d->num; i++) {
    const real *p = x + i * d->width;
    const wide score = LOAD(p[d->score]);
    if (!(score > (wide)d->valid)) continue;
    if (d->id >= 0 && (wide)LOAD(p[d->id]) == (wide)d->background) continue;
    ranks[n++] = (box_rank){(double)score, i};
  }
  return n;
}

static void FN(nms_sample)(const box_nms_dims *d, const real *x, real *y, int64_t *rows,
                           int64_t first_row, mx_scratch scratch) {
  box_rank *ranks = mx_take(&scratch, 2 * d->num, sizeof *ranks);
  FN(kept_boxes) kept = FN(take_kept)(&scratch, d->num);
  int64_t n = FN(nms_candidates)(d, x, ranks);
  const box_rank *order = sort_ranks(ranks, ranks + d->num, n);
  if (n > d->at_most) n = d->at_most;
  for (int64_t i = 0; i < n; i++) {
    const real *p = x + order[i].at * d->width;
    const int has_kind = d->id >= 0 && !d->force;
    wide box[4];
    const wide area = FN(nms_box)(d, p + d->coord, box);
    const wide kind = has_kind ? (wide)trunc((double)LOAD(p[d->id])) : 0;
    if (FN(is_covered)(&kept, box, area, kind, (wide)d->overlap, 0)) continue;
    memcpy(y + kept.n * d->width, p, (size_t)d->width * sizeof *p);
    FN(nms_convert)(d, y + kept.n * d->width + d->coord);
    rows[kept.n] = first_row + order[i].at;
    FN(keep_box)(&kept, box, area, kind);
  }
  for (int64_t i = kept.n; i < d->num; i++) rows[i] = -1;
  for (int64_t i = kept.n * d->width; i < d->num * d->width; i++) y[i] = STORE((wide)-1);
}

static void FN(nms_task)(void *context, int64_t task) {
  const box_job *job = context;
  const box_nms_dims *d = job->d;
  for (int64_t b = box_begin(job, task); b < box_begin(job, task + 1); b++) {
    const int64_t at = b * d->num * d->width;
    const real *x = (const real *)job->ptr[0] + at;
    real *y = (real *)job->ptr[1] + at;
    int64_t *rows = (int64_t *)job->ptr[2] + b * d->num;
    if (d->at_most > 0) {
      FN(nms_sample)(d, x, y, rows, b * d->num, box_part(job, task));
      continue;
    }
    memcpy(y, x, (size_t)(d->num * d->width) * sizeof *x);
    for (int64_t i = 0; i < d->num; i++) rows[i] = b * d->num + i;
  }
}

static void FN(nms_grad_task)(void *context, int64_t task) {
  const box_job *job = context;
  const box_nms_grad_dims *d = job->d;
  const int64_t begin = box_begin(job, task) * d->num, end = box_begin(job, task + 1) * d->num;
  const real *dy = job->ptr[0];
  const int64_t *rows = job->ptr[1];
  real *dx = job->ptr[2];
  memset(dx + begin * d->width, 0, (size_t)((end - begin) * d->width) * sizeof *dx);
  for (int64_t i = begin; i < end; i++)
    if (rows[i] >= 0)
      memcpy(dx + rows[i] * d->width, dy + i * d->width, (size_t)d->width * sizeof *dx);
}

static int FN(box_nms_grad)(const void *desc, void *const *ptr, const mx_scalar *scalars) {
  const box_nms_grad_dims *d = desc;
  (void)scalars;
  return box_run(d, ptr, NULL, 0, d->batch, FN(nms_grad_task));
}
