/* Proposal, one dtype. */
#include "box_kept_impl.h"

typedef struct {
  box_rank *ranks;
  wide *boxes;              /* (H * W * A, 5): corners and score */
  FN(kept_boxes) kept;
} FN(proposal_room);

static FN(proposal_room) FN(take_proposal)(mx_scratch *scratch, const proposal_dims *d) {
  const int64_t total = mx_product(mx_product(d->H, d->W), d->A);
  FN(proposal_room) room;
  room.ranks = mx_take(scratch, 2 * total, sizeof *room.ranks);
  room.boxes = mx_take(scratch, mx_product(5, total), sizeof(double));
  room.kept = FN(take_kept)(scratch, d->count < total ? d->count : total);
  return room;
}

static inline wide FN(within)(wide x, wide size) {
  const wide low = x < size - 1 ? x : size - 1;
  return low > 0 ? low : 0;
}

/* The box that the offsets make of an anchor; delta: its first offset, the others a plane apart. */
static void FN(offset_box)(const proposal_dims *d, const wide *anchor, const real *delta,
                           const real *info, wide *box) {
  const int64_t plane = d->H * d->W;
  const wide one = 1, half = (wide)0.5;
  for (int k = 0; k < 2; k++) {
    const wide size = anchor[k + 2] - anchor[k] + one, middle = anchor[k] + half * (size - one);
    const wide first = LOAD(delta[k * plane]), second = LOAD(delta[(k + 2) * plane]);
    const wide moved = first * size + middle, grown = (wide)BOX_EXP(second) * size;
    const wide from = d->is_iou ? anchor[k] + first : moved - half * (grown - one);
    const wide to = d->is_iou ? anchor[k + 2] + second : moved + half * (grown - one);
    box[k] = FN(within)(from, LOAD(info[1 - k]));
    box[k + 2] = FN(within)(to, LOAD(info[1 - k]));
  }
}

/* All boxes of an image; the score of one that is too small, or of padding, is -1. */
static int FN(fill_boxes)(const proposal_dims *d, FN(proposal_room) *room, const real *scores,
                          const real *deltas, const real *info, const real *anchors) {
  const int64_t plane = d->H * d->W;
  const double rows = (double)(LOAD(info[0]) / (wide)d->stride);
  const double columns = (double)(LOAD(info[1]) / (wide)d->stride);
  if (!(rows < (double)(d->H + 1) && columns < (double)(d->W + 1))) return MX_BAD_VALUE;
  const int64_t real_h = rows > 0 ? (int64_t)rows : 0, real_w = columns > 0 ? (int64_t)columns : 0;
  const wide least = (wide)d->least * LOAD(info[2]);
  for (int64_t i = 0; i < plane * d->A; i++) {
    const int64_t a = i % d->A, place = i / d->A, h = place / d->W, w = place % d->W;
    wide anchor[4], *box = room->boxes + 5 * i;
    for (int k = 0; k < 4; k++)
      anchor[k] = LOAD(anchors[4 * a + k]) + (wide)((k % 2 ? h : w) * d->stride);
    FN(offset_box)(d, anchor, deltas + 4 * a * plane + place, info, box);
    box[4] = h < real_h && w < real_w ? LOAD(scores[a * plane + place]) : -1;
    if (box[2] - box[0] + 1 < least || box[3] - box[1] + 1 < least) {
      for (int k = 0; k < 4; k++) box[k] += (k < 2 ? -least : least) / 2;
      box[4] = -1;
    }
    room->ranks[i] = (box_rank){(double)box[4], i};
  }
  return MX_OK;
}

/* Keeps the best boxes that do not overlap; where fewer are left than wanted, they come again. */
static void FN(choose_boxes)(const proposal_dims *d, FN(proposal_room) *room, int64_t image,
                             real *regions, real *scores) {
  const int64_t total = d->H * d->W * d->A;
  const box_rank *order = sort_ranks(room->ranks, room->ranks + total, total);
  const int64_t before = d->before < total ? d->before : total;
  const int64_t most = d->count < before ? d->count : before;
  for (int64_t i = 0; i < before && room->kept.n < most; i++) {
    const wide *box = room->boxes + 5 * order[i].at;
    const wide area = (box[2] - box[0] + 1) * (box[3] - box[1] + 1);
    if (FN(is_covered)(&room->kept, box, area, 0, (wide)d->threshold, 1)) continue;
    const int64_t n = room->kept.n;
    FN(keep_box)(&room->kept, box, area, 0);
    for (int k = 0; k < 4; k++) regions[5 * n + k + 1] = STORE(box[k]);
    scores[n] = STORE(box[4]);
  }
  for (int64_t i = 0; i < d->count; i++) {
    const int64_t from = i % room->kept.n;
    regions[5 * i] = STORE((wide)image);
    for (int k = 1; k < 5 && i != from; k++) regions[5 * i + k] = regions[5 * from + k];
    if (i != from) scores[i] = scores[from];
  }
}

static void FN(proposal_task)(void *context, int64_t task) {
  box_job *job = context;
  const proposal_dims *d = job->d;
  const int64_t size = d->A * d->H * d->W;
  for (int64_t b = box_begin(job, task); b < box_begin(job, task + 1); b++) {
    mx_scratch scratch = box_part(job, task);
    FN(proposal_room) room = FN(take_proposal)(&scratch, d);
    const real *scores = (const real *)job->ptr[0] + (2 * b + 1) * size;
    const int status =
        FN(fill_boxes)(d, &room, scores, (const real *)job->ptr[1] + 4 * b * size,
                       (const real *)job->ptr[2] + 3 * b, job->ptr[3]);
    box_report(job, status);
    if (status == MX_OK)
      FN(choose_boxes)(d, &room, b, (real *)job->ptr[4] + 5 * b * d->count,
                       (real *)job->ptr[5] + b * d->count);
  }
}
