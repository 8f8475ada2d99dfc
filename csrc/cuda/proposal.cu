/* Proposal and MultiProposal: regions from the anchors of every place of a map; a block an image.  See
 * csrc/cpu/proposal.c.  scratch, for each block: a ranking, and all boxes with their scores. */
#include "nms.cuh"

struct proposal_dims { int64_t B, A, H, W, before, count, stride, least, is_iou; double threshold; };
enum { BOX_BYTES = 5 * 8 };

static wide inside(wide x, wide size) {
  const wide low = x < size - 1 ? x : size - 1;
  return low > 0 ? low : 0;
}

/* Box i of an image; its score is -1 where it is too small, or of padding. */
static void make_box(const proposal_dims &d, const mx_args &args, int64_t b, int64_t i, wide *box) {
  const int64_t plane = d.H * d.W, a = i % d.A, place = i / d.A, h = place / d.W, w = place % d.W;
  const real *delta = IN(1) + 4 * b * plane * d.A + 4 * a * plane + place, *info = IN(2) + 3 * b;
  const double rows = (double)(LOAD(info[0]) / (wide)d.stride), columns = (double)(LOAD(info[1]) / (wide)d.stride);
  const wide one = 1, half = (wide)0.5, least = (wide)d.least * LOAD(info[2]);
  for (int k = 0; k < 2; k++) {
    const wide shift = (wide)((k ? h : w) * d.stride);
    const wide start = LOAD(IN(3)[4 * a + k]) + shift, end = LOAD(IN(3)[4 * a + k + 2]) + shift;
    const wide size = end - start + one, middle = start + half * (size - one);
    const wide first = LOAD(delta[k * plane]), second = LOAD(delta[(k + 2) * plane]);
    const wide moved = first * size + middle, grown = F_(exp)(second) * size;
    const wide from = d.is_iou ? start + first : moved - half * (grown - one);
    const wide to = d.is_iou ? end + second : moved + half * (grown - one);
    box[k] = inside(from, LOAD(info[1 - k]));
    box[k + 2] = inside(to, LOAD(info[1 - k]));
  }
  const bool is_real = h < (rows > 0 ? (int64_t)rows : 0) && w < (columns > 0 ? (int64_t)columns : 0);
  box[4] = is_real ? LOAD(IN(0)[(2 * b + 1) * plane * d.A + a * plane + place]) : (wide)-1;
  if (box[2] - box[0] + 1 < least || box[3] - box[1] + 1 < least) {
    for (int k = 0; k < 4; k++) box[k] += (k < 2 ? -least : least) / 2;
    box[4] = -1;
  }
}

/* probabilities (B, 2A, H, W), offsets (B, 4A, H, W), info (B, 3), anchors (A, 4)
 * -> regions (B * count, 5): (image, corners); scores (B * count, 1). */
KERNEL(proposal, proposal_dims) {
  const int64_t total = d.H * d.W * d.A, before = d.before < total ? d.before : total;
  const int64_t most = d.count < before ? d.count : before;
  char *block = (char *)args.ptr[6] + blockIdx.x * total * (RANKING_BYTES + BOX_BYTES);
  ranking all = ranking_at(block, total);
  wide *boxes = (wide *)(block + total * RANKING_BYTES);
  for (int64_t b = blockIdx.x; b < d.B; b += gridDim.x) {
    real *regions = OUT(4) + 5 * b * d.count, *scores = OUT(5) + b * d.count;
    const real *info = IN(2) + 3 * b;
    if (!((double)(LOAD(info[0]) / (wide)d.stride) < (double)(d.H + 1) &&
          (double)(LOAD(info[1]) / (wide)d.stride) < (double)(d.W + 1))) {
      if (threadIdx.x == 0) WRONG(args, MX_BAD_VALUE);
      continue;
    }
    for (int64_t i = threadIdx.x; i < total; i += blockDim.x) {
      make_box(d, args, b, i, boxes + 5 * i);
      all.first.keys[i] = key_of_score((double)boxes[5 * i + 4]);
      all.first.places[i] = (uint32_t)i;
    }
    __syncthreads();
    const uint32_t *order = block_sort(all.first, all.second, total, 64).places;
    all.kept.n = 0;
    for (int64_t i = 0; i < before && all.kept.n < most; i++) {
      const wide *box = boxes + 5 * (int64_t)order[i];
      const wide area = (box[2] - box[0] + 1) * (box[3] - box[1] + 1);
      if (is_covered(all.kept, box, area, 0, (wide)d.threshold, 1)) continue;
      const int64_t n = all.kept.n;
      if (threadIdx.x == 0) {
        for (int k = 0; k < 4; k++) regions[5 * n + k + 1] = STORE(box[k]);
        scores[n] = STORE(box[4]);
      }
      keep_box(all.kept, box, area, 0);
    }
    for (int64_t i = threadIdx.x; i < d.count; i += blockDim.x) {     /* where fewer are left, they come again */
      const int64_t from = i % all.kept.n;
      regions[5 * i] = STORE((wide)b);
      for (int k = 1; k < 5 && i != from; k++) regions[5 * i + k] = regions[5 * from + k];
      if (i != from) scores[i] = scores[from];
    }
    __syncthreads();
  }
}
