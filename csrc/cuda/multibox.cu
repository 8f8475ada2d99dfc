/* Single-shot detection: what anchors should predict, and what they do; a block a sample.  See csrc/cpu/multibox.c. */
#include "nms.cuh"

/* Probabilities (B, K, A), offsets (B, A * 4), anchors (A, 4) -> (B, A, 6): (class, probability, corners); class -1:
 * none.  scratch, for each block: a ranking, and what each anchor sees. */
struct detection_dims {
  int64_t B, K, A, clip, suppress, force, at_most;
  double threshold, overlap, variance[4];
};
enum { SEEN_BYTES = 6 * 8 + 8 };

/* Anchor a's most probable class, its probability and its box; class -1 where it sees nothing. */
static void detect(const detection_dims &d, const mx_args &args, int64_t b, int64_t a, wide *out) {
  const real *probabilities = IN(0) + b * d.K * d.A, *offsets = IN(1) + (b * d.A + a) * 4, *anchor = IN(2) + 4 * a;
  wide score = -1;
  int64_t best = 0;
  for (int64_t k = 1; k < d.K; k++)
    if (LOAD(probabilities[k * d.A + a]) > score) {
      score = LOAD(probabilities[k * d.A + a]);
      best = k;
    }
  out[0] = best == 0 || score < (wide)d.threshold ? (wide)-1 : (wide)(best - 1);
  out[1] = score;
  for (int k = 0; k < 2; k++) {
    const wide start = LOAD(anchor[k]), end = LOAD(anchor[k + 2]), size = end - start, middle = (start + end) / 2;
    const wide moved = LOAD(offsets[k]) * (wide)d.variance[k] * size + middle;
    const wide grown = LOAD(offsets[k + 2]) * (wide)d.variance[k + 2], half = F_(exp)(grown) * size / 2;
    out[k + 2] = moved - half;
    out[k + 4] = moved + half;
  }
  for (int k = 2; k < 6 && d.clip; k++) out[k] = out[k] < 0 ? 0 : out[k] > 1 ? 1 : out[k];
}

static wide just_below(double limit) { return F_(nextafter)((wide)limit, -(wide)INFINITY); }

KERNEL(multibox_detection, detection_dims) {
  char *block = (char *)args.ptr[4] + blockIdx.x * d.A * (RANKING_BYTES + SEEN_BYTES);
  ranking all = ranking_at(block, d.A);
  wide *seen = (wide *)(block + d.A * RANKING_BYTES);
  uint32_t *in_order = (uint32_t *)(block + d.A * (RANKING_BYTES + 6 * 8));
  const wide limit = just_below(d.overlap);
  for (int64_t b = blockIdx.x; b < d.B; b += gridDim.x) {
    real *y = OUT(3) + b * d.A * 6;
    int64_t n = 0;
    for (int64_t begin = 0; begin < d.A; begin += blockDim.x) {
      const int64_t a = begin + threadIdx.x;
      bool counts = false;
      if (a < d.A) {
        detect(d, args, b, a, seen + 6 * a);
        counts = seen[6 * a] >= 0;
        all.first.keys[a] = !counts;
        all.first.places[a] = (uint32_t)a;
      }
      n += __syncthreads_count(counts);
    }
    /* Those that see something first, in their order: keys are 0 or 1, one bit. */
    const uint32_t *found = block_sort(all.first, all.second, d.A, 1).places;
    SHARED(i, d.A) in_order[i] = found[i];
    __syncthreads();
    SHARED(i, n) {
      all.first.keys[i] = d.suppress ? key_of_score((double)seen[6 * (int64_t)in_order[i] + 1]) : 0;
      all.first.places[i] = in_order[i];
    }
    __syncthreads();
    const uint32_t *order = block_sort(all.first, all.second, n, d.suppress ? 64 : 0).places;
    const int64_t count = d.at_most > 0 && d.at_most < n ? d.at_most : n;
    SHARED(i, 6 * d.A) {
      const bool is_beyond = d.suppress && i / 6 >= count, is_there = i < 6 * n && !(is_beyond && i % 6 == 0);
      const int64_t a = !is_there ? 0 : is_beyond ? in_order[i / 6] : order[i / 6];
      y[i] = STORE(is_there ? seen[6 * a + i % 6] : (wide)-1);
    }
    all.kept.n = 0;
    __syncthreads();
    for (int64_t i = 0; i < count && d.suppress; i++) {
      const wide *box = seen + 6 * (int64_t)order[i];
      const wide area = (box[4] - box[2]) * (box[5] - box[3]), kind = d.force ? 0 : box[0];
      if (!is_covered(all.kept, box + 2, area, kind, limit, 0)) keep_box(all.kept, box + 2, area, kind);
      else if (threadIdx.x == 0) y[6 * i] = STORE((wide)-1);
    }
    __syncthreads();
  }
}

/* Anchors (A, 4), labels (B, L, W): (class, corners, ...), until class -1; scores (B, K, A), the background first
 * -> targets, masks (B, A * 4), classes (B, A).  ratio: negatives for each positive; 0 or less: all are. */
struct target_dims {
  int64_t B, A, L, W, K, least;
  double overlap, ignored, ratio, negative, variance[4];
};
enum { IGNORED = -1, NEGATIVE = -2 };     /* what an anchor is, or the number of its label */
enum { ANCHOR_BYTES = RANKING_BYTES + 3 * 8 };

struct target_sample {
  const real *anchors, *labels, *scores;
  wide *largest;            /* of each anchor, over the labels */
  int64_t *best, *kind;     /* the label it is with; what the anchor is */
  int64_t *favourite;       /* of each label: the free anchor that overlaps it most, or -1 */
  int64_t num_labels;
};

static wide overlap_of(const target_dims &d, const target_sample &s, int64_t a, int64_t l) {
  const real *p = s.anchors + 4 * a, *q = s.labels + l * d.W + 1;
  const wide x1 = LOAD(p[0]), y1 = LOAD(p[1]), x2 = LOAD(p[2]), y2 = LOAD(p[3]);
  const wide u1 = LOAD(q[0]), v1 = LOAD(q[1]), u2 = LOAD(q[2]), v2 = LOAD(q[3]);
  const wide w = (x2 < u2 ? x2 : u2) - (x1 > u1 ? x1 : u1), h = (y2 < v2 ? y2 : v2) - (y1 > v1 ? y1 : v1);
  const wide shared = (w > 0 ? w : 0) * (h > 0 ? h : 0);
  const wide all = (x2 - x1) * (y2 - y1) + (u2 - u1) * (v2 - v1) - shared;
  return all == 0 ? 0 : shared / all;
}

/* By the whole block: the first of the free anchors that overlap label l most. */
static void find_favourite(const target_dims &d, const target_sample &s, int64_t l) {
  __shared__ wide parts[32];
  __shared__ int64_t places[32];
  wide most = (wide)1e-6;
  int64_t place = -1;
  SHARED(a, d.A) {
    const wide iou = s.kind[a] < 0 ? overlap_of(d, s, a, l) : 0;
    if (iou > most) most = iou, place = a;
  }
  for (int lane = 16; lane; lane /= 2) {
    const wide other = __shfl_xor_sync(0xffffffffu, most, lane);
    const int64_t at = __shfl_xor_sync(0xffffffffu, place, lane);
    if (other > most || (other == most && at >= 0 && (place < 0 || at < place))) most = other, place = at;
  }
  if (threadIdx.x % 32 == 0) parts[threadIdx.x / 32] = most, places[threadIdx.x / 32] = place;
  __syncthreads();
  for (unsigned w = 0; w < blockDim.x / 32; w++)
    if (parts[w] > most || (parts[w] == most && places[w] >= 0 && (place < 0 || places[w] < place)))
      most = parts[w], place = places[w];
  if (threadIdx.x == 0) s.favourite[l] = place;
  __syncthreads();
}

/* Every label takes the free anchor that overlaps it most, the largest overlaps first; of equal ones the first
 * anchor, then the first label.  Returns how many did. */
static int64_t match_labels(const target_dims &d, const target_sample &s) {
  for (int64_t l = 0; l < s.num_labels; l++) find_favourite(d, s, l);
  for (int64_t count = 0;; count++) {
    int64_t taken = -1;
    wide most = 0;
    for (int64_t l = 0; l < s.num_labels; l++) {
      const int64_t a = s.favourite[l];
      if (a < 0) continue;
      const wide iou = overlap_of(d, s, a, l);
      if (taken < 0 || iou > most || (iou == most && a < s.favourite[taken])) taken = l, most = iou;
    }
    if (taken < 0) return count;
    const int64_t anchor = s.favourite[taken];
    __syncthreads();
    if (threadIdx.x == 0) s.kind[anchor] = taken, s.favourite[taken] = IGNORED;
    __syncthreads();
    for (int64_t l = 0; l < s.num_labels; l++)
      if (s.favourite[l] == anchor) find_favourite(d, s, l);
  }
}

/* The probability of the background for anchor a. */
static wide background(const target_dims &d, const target_sample &s, int64_t a) {
  wide largest = LOAD(s.scores[a]), sum = 0;
  for (int64_t k = 1; k < d.K; k++)
    if (LOAD(s.scores[k * d.A + a]) > largest) largest = LOAD(s.scores[k * d.A + a]);
  for (int64_t k = 0; k < d.K; k++) sum += F_(exp)(LOAD(s.scores[k * d.A + a]) - largest);
  return F_(exp)(LOAD(s.scores[a]) - largest) / sum;
}

/* The anchors that are least sure to see the background become negative. */
static void choose_negatives(const target_dims &d, const target_sample &s, const ranking &all, int64_t positives) {
  const float asked = (float)positives * (float)d.ratio;
  int64_t n = 0, wanted = asked < (float)d.A ? (int64_t)asked : d.A;
  if (wanted < d.least) wanted = d.least;
  for (int64_t begin = 0; begin < d.A; begin += blockDim.x) {
    const int64_t a = begin + threadIdx.x;
    const bool counts = a < d.A && s.kind[a] < 0 && s.largest[a] < (wide)d.negative;
    if (a < d.A) {
      all.first.keys[a] = counts ? key_of_score(-(double)background(d, s, a)) : UINT64_MAX;
      all.first.places[a] = (uint32_t)a;
    }
    n += __syncthreads_count(counts);
  }
  const uint32_t *order = block_sort(all.first, all.second, d.A, 64).places;
  SHARED(i, n < wanted ? n : wanted) s.kind[order[i]] = NEGATIVE;
}

static void write_anchor(const target_dims &d, const target_sample &s, int64_t a, real *target, real *mask,
                         real *of_class) {
  const int64_t kind = s.kind[a];
  for (int k = 0; k < 4; k++) target[k] = STORE((wide)0), mask[k] = STORE((wide)(kind >= 0));
  *of_class = STORE(kind == NEGATIVE ? (wide)0 : (wide)d.ignored);
  if (kind < 0) return;
  const real *label = s.labels + kind * d.W, *anchor = s.anchors + 4 * a;
  *of_class = STORE(LOAD(label[0]) + 1);
  for (int k = 0; k < 2; k++) {
    const wide start = LOAD(anchor[k]), end = LOAD(anchor[k + 2]), size = end - start;
    const wide from = LOAD(label[k + 1]), to = LOAD(label[k + 3]);
    const wide shift = ((from + to) / 2 - (start + end) / 2) / size;
    target[k] = STORE(shift / (wide)d.variance[k]);
    target[k + 2] = STORE(F_(log)((to - from) / size) / (wide)d.variance[k + 2]);
  }
}

KERNEL(multibox_target, target_dims) {
  char *block = (char *)args.ptr[6] + blockIdx.x * (d.A * ANCHOR_BYTES + 8 * d.L);
  for (int64_t b = blockIdx.x; b < d.B; b += gridDim.x) {
    const ranking all = ranking_at(block, d.A);
    int64_t *rest = (int64_t *)(block + d.A * RANKING_BYTES);
    target_sample s = {IN(0), IN(1) + b * d.L * d.W, IN(2) + b * d.K * d.A, (wide *)rest, rest + d.A, rest + 2 * d.A,
                       rest + 3 * d.A, 0};
    for (; s.num_labels < d.L && LOAD(s.labels[s.num_labels * d.W]) != -1; s.num_labels++) {}
    for (int k = 1; k < 5 && s.num_labels < d.L; k++)      /* the one that ends them */
      if (LOAD(s.labels[s.num_labels * d.W + k]) != -1) WRONG(args, MX_BAD_VALUE);
    SHARED(a, d.A) {
      s.kind[a] = s.best[a] = IGNORED;
      s.largest[a] = -1;
      for (int64_t l = 0; l < s.num_labels; l++) {
        const wide iou = overlap_of(d, s, a, l);
        if (iou > s.largest[a]) s.largest[a] = iou, s.best[a] = l;
      }
    }
    __syncthreads();
    if (s.num_labels > 0) {
      int64_t positives = match_labels(d, s);
      for (int64_t begin = 0; begin < d.A && d.overlap > 0; begin += blockDim.x) {
        const int64_t a = begin + threadIdx.x;
        const bool is_positive = a < d.A && s.kind[a] < 0 && s.largest[a] > (wide)d.overlap;
        if (is_positive) s.kind[a] = s.best[a];
        positives += __syncthreads_count(is_positive);
      }
      if (d.ratio > 0) choose_negatives(d, s, all, positives);
      else SHARED(a, d.A) if (s.kind[a] < 0) s.kind[a] = NEGATIVE;
      __syncthreads();
    }
    SHARED(a, d.A)
      write_anchor(d, s, a, OUT(3) + (b * d.A + a) * 4, OUT(4) + (b * d.A + a) * 4, OUT(5) + b * d.A + a);
    __syncthreads();
  }
}
