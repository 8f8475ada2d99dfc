/* CTC: the loss of a sequence of labels under scores without alignment, and its gradient; see
 * csrc/cpu/ctc.c.  A block works on a sample, its threads side by side on the states of a step. */
#include "block.cuh"
#include "index.cuh"

/* data (T, N, C), labels (N, L); lengths (N) of data and labels, where there are such. */
struct ctc_dims {
  int64_t T, N, C, L, blank, padding, label_flag, has_data_lengths, data_flag, has_label_lengths,
      length_flag;
};

/* A sample: its steps and states; labels of the states; alpha (kept, S), beta (2, S), the shares of
 * the states (S), shift (T): in the scratch, for 2 L + 1 states. */
struct ctc_sample {
  int64_t T, S, *labels;
  double *alpha, *beta, *share;
  const double *shift;
  bool fits;
};

/* log(e^a + e^b); both may be -infinity. */
static double log_sum(double a, double b) {
  const double most = a > b ? a : b, least = a > b ? b : a;
  return least == -INFINITY ? most : most + log1p(exp(least - most));
}

/* data, scratch: the logarithm of the sum of the powers of a step's scores; a warp a step. */
KERNEL(ctc_shift, ctc_dims) {
  for (int64_t row = blockIdx.x; row < d.T * d.N; row += gridDim.x) {
    const real *x = IN(0) + row * d.C;
    wide most = -INFINITY, sum = 0;
    for (int64_t k = threadIdx.x; k < d.C; k += blockDim.x) most = LOAD(x[k]) > most ? LOAD(x[k]) : most;
    most = block_merge(most, [](wide a, wide b) { return b > a ? b : a; });
    for (int64_t k = threadIdx.x; k < d.C; k += blockDim.x) sum += V_(exp)(LOAD(x[k]) - most);
    sum = block_merge(sum, [](wide a, wide b) { return a + b; });
    if (threadIdx.x == 0) ((double *)args.ptr[1])[row] = (double)most + log((double)sum);
  }
}

/* What the block knows of sample n; kept: steps of alpha.  Threads read its labels together. */
static ctc_sample sample_of(const ctc_dims &d, const mx_args &args, int64_t n, double *scratch,
                            int64_t kept) {
  const int64_t most = 2 * d.L + 1, each = most * (kept + 4);
  __shared__ int64_t length[3];
  ctc_sample x;
  x.shift = scratch;
  x.labels = (int64_t *)(scratch + d.T * d.N + n * each);
  x.alpha = (double *)(x.labels + most);
  x.beta = x.alpha + most * kept;
  x.share = x.beta + 2 * most;
  if (threadIdx.x == 0) {
    int64_t T = d.T, count = d.L, repeats = 0;
    if (d.has_data_lengths) T = index_at(args.ptr[2], n, d.data_flag);
    if (d.has_label_lengths) count = index_at(args.ptr[2 + d.has_data_lengths], n, d.length_flag);
    if (T < 0 || T > d.T || count < 0 || count > d.L) {
      WRONG(args, MX_BAD_VALUE);
      T = count = 0;
    }
    x.labels[0] = d.blank;
    for (int64_t i = 0; i < count; i++) {
      const int64_t label = index_at(args.ptr[1], n * d.L + i, d.label_flag);
      if (!d.has_label_lengths && label == d.padding) {
        count = i;
      } else if (label < 0 || label >= d.C) {
        WRONG_INDEX(args);
        T = count = 0;
      } else {
        repeats += i && label == x.labels[2 * i - 1];
        x.labels[2 * i + 1] = label;
        x.labels[2 * i + 2] = d.blank;
      }
    }
    length[0] = T;
    length[1] = 2 * count + 1;
    length[2] = T > 0 && count + repeats <= T;
  }
  __syncthreads();
  x.T = length[0];
  x.S = length[1];
  x.fits = length[2];
  __syncthreads();
  return x;
}

/* Whether state s follows on s - 2: a label on another one, over the blank between them. */
static bool skips(const ctc_dims &d, const int64_t *labels, int64_t s) {
  return s > 1 && labels[s] != d.blank && labels[s] != labels[s - 2];
}
#define EACH_STATE(s) for (int64_t s = threadIdx.x; s < x.S; s += blockDim.x)

/* The log probability of the labels; alpha of step t is row t % kept. */
static double forward(const ctc_dims &d, const real *data, const ctc_sample &x, int64_t n, int64_t kept) {
  for (int64_t t = 0; t < x.T; t++) {
    const real *score = data + (t * d.N + n) * d.C;
    const double *before = x.alpha + (t + kept - 1) % kept * x.S, shift = x.shift[t * d.N + n];
    double *alpha = x.alpha + t % kept * x.S;
    const int64_t first = x.S - 2 * (x.T - t), end = 2 * t + 2;
    EACH_STATE(s) {
      alpha[s] = -INFINITY;
      if (s < first || s >= end) continue;
      double sum = t ? before[s] : 0;
      if (t && s) sum = log_sum(sum, before[s - 1]);
      if (t && skips(d, x.labels, s)) sum = log_sum(sum, before[s - 2]);
      alpha[s] = sum + (double)LOAD(score[x.labels[s]]) - shift;
    }
    __syncthreads();
  }
  const double *last = x.alpha + (x.T - 1) % kept * x.S;
  return x.S > 1 ? log_sum(last[x.S - 1], last[x.S - 2]) : last[0];
}

/* data labels lengths -> loss, scratch */
KERNEL(ctc_loss, ctc_dims) {
  const int64_t lengths = d.has_data_lengths + d.has_label_lengths;
  for (int64_t n = blockIdx.x; n < d.N; n += gridDim.x) {
    const ctc_sample x = sample_of(d, args, n, (double *)args.ptr[3 + lengths], 2);
    const double loss = x.fits ? -forward(d, IN(0), x, n, 2) : 0;
    if (threadIdx.x == 0) OUT(2 + lengths)[n] = STORE((wide)loss);
    __syncthreads();
  }
}

/* beta of step t, without the score of step t itself, for states that are reached by then. */
static void back(const ctc_dims &d, const real *data, const ctc_sample &x, int64_t n, int64_t t) {
  double *beta = x.beta + t % 2 * x.S;
  const double *behind = x.beta + (t + 1) % 2 * x.S;
  const real *score = data + ((t + 1) * d.N + n) * d.C;
  const int64_t first = x.S - 2 * (x.T - t), end = 2 * t + 2;
  EACH_STATE(s) {
    beta[s] = t == x.T - 1 && s >= x.S - 2 ? 0 : -INFINITY;
    if (t == x.T - 1 || s < first || s >= end) continue;
    const double shift = x.shift[(t + 1) * d.N + n];
    for (int64_t next = s; next < x.S && next <= s + 2; next++)
      if (next < s + 2 || skips(d, x.labels, next))
        beta[s] = log_sum(beta[s], behind[next] + (double)LOAD(score[x.labels[next]]) - shift);
  }
}

/* data labels lengths dy -> dx, scratch: (softmax - share of the paths through each label) * dy */
KERNEL(ctc_grad, ctc_dims) {
  const int64_t lengths = d.has_data_lengths + d.has_label_lengths;
  for (int64_t n = blockIdx.x; n < d.N; n += gridDim.x) {
    const ctc_sample x = sample_of(d, args, n, (double *)args.ptr[4 + lengths], d.T);
    const double dy = (double)LOAD(IN(2 + lengths)[n]);
    const double total = x.fits ? forward(d, IN(0), x, n, d.T) : 0;
    for (int64_t t = d.T - 1; t >= 0; t--) {
      const real *score = IN(0) + (t * d.N + n) * d.C;
      real *out = OUT(3 + lengths) + (t * d.N + n) * d.C;
      const bool is_in = x.fits && t < x.T;
      const wide shift = (wide)x.shift[t * d.N + n];
      if (is_in) {
        back(d, IN(0), x, n, t);
        const double *alpha = x.alpha + t * x.S, *beta = x.beta + t % 2 * x.S;
        EACH_STATE(s) x.share[s] = alpha[s] > -INFINITY ? exp(alpha[s] + beta[s] - total) : 0;
      }
      for (int64_t k = threadIdx.x; k < d.C; k += blockDim.x)
        out[k] = STORE(is_in ? V_(exp)(LOAD(score[k]) - shift) * (wide)dy : 0);
      __syncthreads();
      if (!is_in) continue;
      /* the first state of each label has what all of its states have */
      EACH_STATE(s) {
        bool is_first = true;
        for (int64_t other = 0; other < s && is_first; other++)
          is_first = x.labels[other] != x.labels[s];
        if (!is_first) continue;
        double share = 0;
        for (int64_t other = s; other < x.S; other++)
          if (x.labels[other] == x.labels[s]) share += x.share[other];
        const double power = exp((double)LOAD(score[x.labels[s]]) - x.shift[t * d.N + n]);
        out[x.labels[s]] = STORE((wide)((power - share) * dy));
      }
      __syncthreads();
    }
  }
}
