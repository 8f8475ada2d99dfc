/* multibox_detection, one dtype. */
#include "box_kept_impl.h"

typedef struct {
  box_rank *ranks;
  wide *found;              /* (A, 6): the anchors that see something, in their order */
  FN(kept_boxes) kept;
} FN(detection_room);

static FN(detection_room) FN(take_detection)(mx_scratch *scratch, const detection_dims *d) {
  FN(detection_room) room;
  room.ranks = mx_take(scratch, 2 * d->A, sizeof *room.ranks);
  room.found = mx_take(scratch, mx_product(6, d->A), sizeof(double));
  room.kept = FN(take_kept)(scratch, d->A);
  return room;
}

/* Anchor a's most probable class, its probability and its box; 0 where it sees nothing. */
static int FN(detect_one)(const detection_dims *d, const real *probabilities, const real *offsets,
                          const real *anchors, int64_t a, wide *out) {
  wide score = -1;
  int64_t class = 0;
  for (int64_t k = 1; k < d->K; k++)
    if (LOAD(probabilities[k * d->A + a]) > score) {
      score = LOAD(probabilities[k * d->A + a]);
      class = k;
    }
  if (class == 0 || score < (wide)d->threshold) return 0;
  out[0] = (wide)(class - 1);
  out[1] = score;
  for (int k = 0; k < 2; k++) {
    const wide start = LOAD(anchors[4 * a + k]), end = LOAD(anchors[4 * a + k + 2]);
    const wide size = end - start, middle = (start + end) / 2;
    const wide moved = LOAD(offsets[4 * a + k]) * (wide)d->variance[k] * size + middle;
    const wide grown = LOAD(offsets[4 * a + k + 2]) * (wide)d->variance[k + 2];
    const wide half = (wide)BOX_EXP(grown) * size / 2;
    out[k + 2] = moved - half;
    out[k + 4] = moved + half;
  }
  for (int k = 2; k < 6 && d->clip; k++) out[k] = out[k] < 0 ? 0 : out[k] > 1 ? 1 : out[k];
  return 1;
}

/* The largest number below a limit: "at least the limit" is "more than" it. */
static inline wide FN(just_below)(double limit) {
  return sizeof(wide) == 4 ? (wide)nextafterf((float)limit, -INFINITY)
                           : (wide)nextafter(limit, -INFINITY);
}

/* Writes the n boxes found in the order of their scores; class -1 where another suppresses one. */
static void FN(suppress)(const detection_dims *d, FN(detection_room) *room, int64_t n, real *y) {
  for (int64_t i = 0; i < n; i++)
    room->ranks[i] = (box_rank){(double)room->found[6 * i + 1], i};
  const box_rank *order = sort_ranks(room->ranks, room->ranks + d->A, n);
  const int64_t count = d->at_most > 0 && d->at_most < n ? d->at_most : n;
  const wide limit = FN(just_below)(d->overlap);
  for (int64_t i = 0; i < count; i++) {
    const wide *box = room->found + 6 * order[i].at;
    const wide area = (box[4] - box[2]) * (box[5] - box[3]), kind = d->force ? 0 : box[0];
    const int is_covered = FN(is_covered)(&room->kept, box + 2, area, kind, limit, 0);
    if (!is_covered) FN(keep_box)(&room->kept, box + 2, area, kind);
    for (int k = 0; k < 6; k++) y[6 * i + k] = STORE(box[k]);
    if (is_covered) y[6 * i] = STORE((wide)-1);
  }
  for (int64_t i = count; i < n; i++) {
    for (int k = 1; k < 6; k++) y[6 * i + k] = STORE(room->found[6 * i + k]);
    y[6 * i] = STORE((wide)-1);
  }
}

static void FN(detection_task)(void *context, int64_t task) {
  const box_job *job = context;
  const detection_dims *d = job->d;
  for (int64_t b = box_begin(job, task); b < box_begin(job, task + 1); b++) {
    mx_scratch scratch = box_part(job, task);
    FN(detection_room) room = FN(take_detection)(&scratch, d);
    const real *probabilities = (const real *)job->ptr[0] + b * d->K * d->A;
    const real *offsets = (const real *)job->ptr[1] + b * d->A * 4, *anchors = job->ptr[2];
    real *y = (real *)job->ptr[3] + b * d->A * 6;
    int64_t n = 0;
    for (int64_t a = 0; a < d->A; a++)
      n += FN(detect_one)(d, probabilities, offsets, anchors, a, room.found + 6 * n);
    if (d->suppress) FN(suppress)(d, &room, n, y);
    else for (int64_t i = 0; i < 6 * n; i++) y[i] = STORE(room.found[i]);
    for (int64_t i = 6 * n; i < 6 * d->A; i++) y[i] = STORE((wide)-1);
  }
}
