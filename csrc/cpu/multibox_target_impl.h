/* multibox_target, one dtype. */

typedef struct {
  const target_dims *d;
  const real *anchors, *labels, *scores;    /* of this sample; anchors are of all */
  real *targets, *masks, *classes;
  wide *overlap;            /* (A, labels) */
  wide *largest;            /* of each anchor, over the labels */
  int64_t *best;            /* the label it is with */
  int64_t *kind;            /* of each anchor: a label, IGNORED or NEGATIVE */
  int64_t *favourite;       /* of each label: the free anchor that overlaps it most, or -1 */
  box_rank *ranks;
  int64_t num_labels;
} FN(target_sample);

/* Room for a sample's work, in doubles, so that it does not depend on the dtype. */
static FN(target_sample) FN(take_target)(mx_scratch *scratch, const target_dims *d) {
  FN(target_sample) s = {.d = d};
  s.overlap = mx_take(scratch, mx_product(d->A, d->L), sizeof(double));
  s.largest = mx_take(scratch, d->A, sizeof(double));
  s.best = mx_take(scratch, d->A, sizeof *s.best);
  s.kind = mx_take(scratch, d->A, sizeof *s.kind);
  s.favourite = mx_take(scratch, d->L, sizeof *s.favourite);
  s.ranks = mx_take(scratch, 2 * d->A, sizeof *s.ranks);
  return s;
}

/* Labels end with the first of class -1, whose box is -1, too. */
static int FN(count_labels)(FN(target_sample) *s) {
  for (; s->num_labels < s->d->L; s->num_labels++) {
    const real *label = s->labels + s->num_labels * s->d->W;
    if (LOAD(label[0]) != -1) continue;
    for (int k = 1; k < 5; k++)
      if (LOAD(label[k]) != -1) return MX_BAD_VALUE;
    break;
  }
  return MX_OK;
}

static void FN(fill_overlaps)(FN(target_sample) *s) {
  for (int64_t a = 0; a < s->d->A; a++) {
    const real *p = s->anchors + 4 * a;
    const wide x1 = LOAD(p[0]), y1 = LOAD(p[1]), x2 = LOAD(p[2]), y2 = LOAD(p[3]);
    s->largest[a] = -1;
    s->best[a] = -1;
    for (int64_t l = 0; l < s->num_labels; l++) {
      const real *q = s->labels + l * s->d->W + 1;
      const wide u1 = LOAD(q[0]), v1 = LOAD(q[1]), u2 = LOAD(q[2]), v2 = LOAD(q[3]);
      const wide w = (x2 < u2 ? x2 : u2) - (x1 > u1 ? x1 : u1);
      const wide h = (y2 < v2 ? y2 : v2) - (y1 > v1 ? y1 : v1);
      const wide shared = (w > 0 ? w : 0) * (h > 0 ? h : 0);
      const wide all = (x2 - x1) * (y2 - y1) + (u2 - u1) * (v2 - v1) - shared;
      const wide iou = all == 0 ? 0 : shared / all;
      s->overlap[a * s->num_labels + l] = iou;
      if (iou > s->largest[a]) {
        s->largest[a] = iou;
        s->best[a] = l;
      }
    }
  }
}

static wide FN(find_favourite)(FN(target_sample) *s, int64_t l) {
  wide most = (wide)1e-6;
  s->favourite[l] = -1;
  for (int64_t a = 0; a < s->d->A; a++)
    if (s->kind[a] < 0 && s->overlap[a * s->num_labels + l] > most) {
      most = s->overlap[a * s->num_labels + l];
      s->favourite[l] = a;
    }
  return most;
}

/* Every label takes the free anchor that overlaps it most, the largest overlaps first; of equal
 * ones the first anchor, then the first label.  Returns how many did. */
static int64_t FN(match_labels)(FN(target_sample) *s) {
  int64_t count = 0;
  for (int64_t l = 0; l < s->num_labels; l++) FN(find_favourite)(s, l);
  for (;; count++) {
    int64_t taken = -1;
    wide most = 0;
    for (int64_t l = 0; l < s->num_labels; l++) {
      const int64_t a = s->favourite[l];
      if (a < 0) continue;
      const wide iou = s->overlap[a * s->num_labels + l];
      if (taken < 0 || iou > most || (iou == most && a < s->favourite[taken])) {
        taken = l;
        most = iou;
      }
    }
    if (taken < 0) return count;
    const int64_t anchor = s->favourite[taken];
    s->kind[anchor] = taken;
    s->favourite[taken] = IGNORED;
    for (int64_t l = 0; l < s->num_labels; l++)
      if (s->favourite[l] == anchor) FN(find_favourite)(s, l);
  }
}

/* The probability of the background for anchor a. */
static wide FN(background)(const FN(target_sample) *s, int64_t a) {
  const int64_t A = s->d->A, K = s->d->K;
  wide largest = LOAD(s->scores[a]), sum = 0;
  for (int64_t k = 1; k < K; k++)
    if (LOAD(s->scores[k * A + a]) > largest) largest = LOAD(s->scores[k * A + a]);
  for (int64_t k = 0; k < K; k++) sum += (wide)BOX_EXP(LOAD(s->scores[k * A + a]) - largest);
  return (wide)BOX_EXP(LOAD(s->scores[a]) - largest) / sum;
}

/* The anchors that are least sure to see the background become negative. */
static void FN(choose_negatives)(FN(target_sample) *s, int64_t positives) {
  const target_dims *d = s->d;
  const float asked = (float)positives * (float)d->ratio;
  int64_t n = 0, wanted = asked < (float)d->A ? (int64_t)asked : d->A;
  if (wanted < d->least) wanted = d->least;
  for (int64_t a = 0; a < d->A; a++)
    if (s->kind[a] < 0 && s->largest[a] < (wide)d->negative)
      s->ranks[n++] = (box_rank){-(double)FN(background)(s, a), a};
  const box_rank *order = sort_ranks(s->ranks, s->ranks + d->A, n);
  for (int64_t i = 0; i < n && i < wanted; i++) s->kind[order[i].at] = NEGATIVE;
}

static void FN(write_anchor)(const FN(target_sample) *s, int64_t a) {
  const target_dims *d = s->d;
  real *target = s->targets + 4 * a, *mask = s->masks + 4 * a;
  const int64_t kind = s->kind[a];
  for (int k = 0; k < 4; k++) {
    target[k] = STORE((wide)0);
    mask[k] = STORE((wide)(kind >= 0));
  }
  s->classes[a] = STORE(kind == NEGATIVE ? (wide)0 : (wide)d->ignored);
  if (kind < 0) return;
  const real *label = s->labels + kind * d->W, *anchor = s->anchors + 4 * a;
  s->classes[a] = STORE((wide)LOAD(label[0]) + 1);
  for (int k = 0; k < 2; k++) {
    const wide start = LOAD(anchor[k]), end = LOAD(anchor[k + 2]), size = end - start;
    const wide from = LOAD(label[k + 1]), to = LOAD(label[k + 3]);
    const wide shift = ((from + to) / 2 - (start + end) / 2) / size;
    target[k] = STORE(shift / (wide)d->variance[k]);
    target[k + 2] = STORE((wide)BOX_LOG((to - from) / size) / (wide)d->variance[k + 2]);
  }
}

static int FN(target_one)(FN(target_sample) *s) {
  const target_dims *d = s->d;
  const int status = FN(count_labels)(s);
  if (status != MX_OK) return status;
  for (int64_t a = 0; a < d->A; a++) s->kind[a] = IGNORED;
  if (s->num_labels > 0) {
    FN(fill_overlaps)(s);
    int64_t positives = FN(match_labels)(s);
    for (int64_t a = 0; a < d->A && d->overlap > 0; a++)
      if (s->kind[a] < 0 && s->largest[a] > (wide)d->overlap) {
        s->kind[a] = s->best[a];
        positives++;
      }
    if (d->ratio > 0) FN(choose_negatives)(s, positives);
    for (int64_t a = 0; a < d->A && !(d->ratio > 0); a++)
      if (s->kind[a] < 0) s->kind[a] = NEGATIVE;
  }
  for (int64_t a = 0; a < d->A; a++) FN(write_anchor)(s, a);
  return MX_OK;
}

static void FN(target_task)(void *context, int64_t task) {
  box_job *job = context;
  const target_dims *d = job->d;
  for (int64_t b = box_begin(job, task); b < box_begin(job, task + 1); b++) {
    mx_scratch scratch = box_part(job, task);
    FN(target_sample) s = FN(take_target)(&scratch, d);
    s.anchors = job->ptr[0];
    s.labels = (const real *)job->ptr[1] + b * d->L * d->W;
    s.scores = (const real *)job->ptr[2] + b * d->K * d->A;
    s.targets = (real *)job->ptr[3] + b * d->A * 4;
    s.masks = (real *)job->ptr[4] + b * d->A * 4;
    s.classes = (real *)job->ptr[5] + b * d->A;
    box_report(job, FN(target_one)(&s));
  }
}
