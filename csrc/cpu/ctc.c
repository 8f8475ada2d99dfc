/* CTC: the loss of a sequence of labels under scores without alignment, and its gradient.
 *
 * A sample's states are its labels with a blank before, between and after them: S = 2 * labels + 1.
 * alpha[t][s] is the log probability of the first t + 1 steps ending in state s.  Sums are kept as
 * logarithms, in double.  A sample is a task's work; its numbers do not depend on the others. */
#include <math.h>

#include "index_common.h"
#include "mx_loops.h"
#include "mx_math.h"
#include "mx_scratch.h"

/* data (T, N, C), labels (N, L); lengths (N) of data and labels, where there are such. */
typedef struct {
  int64_t T, N, C, L, blank, padding, label_flag, has_data_lengths, data_flag, has_label_lengths,
      length_flag;
} ctc_dims;
#define CTC_FIELDS                                                                     \
  "T N C L blank padding label_flag has_data_lengths data_flag has_label_lengths length_flag"

#define EXP(x) _Generic((x), float: mx_expf, double: mx_exp)(x)

enum { CTC_TASKS = 64, CTC_LANES = 16, CTC_EDGE = 2 };

/* A sample: where its numbers are, and what its task works in.  A line has an item for each state and
 * CTC_EDGE more, before them in alpha, behind them elsewhere; there, nothing is ever reached. */
typedef struct {
  int64_t n, T, S, line;
  int64_t *labels;                         /* of the states */
  double *alpha, *beta, *shift, *share;    /* (T, line) or (2, line); (2, line); (T); (C) */
  double *scores, *skips;                  /* of states in a step; 0 where s follows on s - 2 */
} ctc_sample;

typedef struct {
  const ctc_dims *d;
  void *const *ptr;
  char *scratch;
  int64_t slice_bytes, tasks;
  int status;
} ctc_job;

static int64_t ctc_tasks(const ctc_dims *d) { return d->N < CTC_TASKS ? d->N : CTC_TASKS; }

static ctc_sample ctc_take(const ctc_dims *d, int has_grad, mx_scratch *scratch) {
  const int64_t S = 2 * d->L + 1, line = S + CTC_EDGE;
  ctc_sample sample = {.line = line, .labels = mx_take(scratch, S, sizeof(int64_t))};
  sample.alpha = mx_take(scratch, mx_product(has_grad ? d->T : 2, line), sizeof(double));
  sample.beta = mx_take(scratch, has_grad ? 2 * line : 0, sizeof(double));
  sample.shift = mx_take(scratch, d->T, sizeof(double));
  sample.share = mx_take(scratch, has_grad ? d->C : 0, sizeof(double));
  sample.scores = mx_take(scratch, line, sizeof(double));
  sample.skips = mx_take(scratch, line, sizeof(double));
  return sample;
}

static int64_t ctc_slice(const ctc_dims *d, int has_grad) {
  mx_scratch scratch = {0};
  ctc_take(d, has_grad, &scratch);
  return mx_lines(scratch.size);
}

static int64_t ctc_loss_scratch(const void *desc) {
  return mx_product(ctc_tasks(desc), ctc_slice(desc, 0));
}

static int64_t ctc_grad_scratch(const void *desc) {
  return mx_product(ctc_tasks(desc), ctc_slice(desc, 1));
}

/* e^x of x up to 0; 0 where 1 + e^x is 1, and for NaN.  Without branches and calls, as all of
 * log_sum, so that loops over states are vector code. */
static inline double small_power(double x) {
  const double magic = 0x1.8p52, shifted = x * 0x1.71547652b82fep0 + magic, n = shifted - magic;
  const double r = x - n * 0x1.62e42fefa38p-1 - n * 0x1.ef35793c7673p-45;
  double y = 1.0 / 6227020800, power;
  uint64_t bits;
  y = y * r + 1.0 / 479001600;
  y = y * r + 1.0 / 39916800;
  y = y * r + 1.0 / 3628800;
  y = y * r + 1.0 / 362880;
  y = y * r + 1.0 / 40320;
  y = y * r + 1.0 / 5040;
  y = y * r + 1.0 / 720;
  y = y * r + 1.0 / 120;
  y = y * r + 1.0 / 24;
  y = y * r + 1.0 / 6;
  y = y * r + 0.5;
  y = y * r + 1;
  y = y * r + 1;
  memcpy(&bits, &shifted, sizeof bits);
  bits = (bits + 1023) << 52;                   /* 2^n */
  memcpy(&power, &bits, sizeof power);
  return x > -40 ? y * power : 0;
}

/* ln x of x in [1, 3], by the series of atanh. */
static inline double small_log(double x) {
  const double m = x > 1.5 ? x / 2 : x, z = (m - 1) / (m + 1), w = z * z;
  double y = 2.0 / 23;
  y = y * w + 2.0 / 21;
  y = y * w + 2.0 / 19;
  y = y * w + 2.0 / 17;
  y = y * w + 2.0 / 15;
  y = y * w + 2.0 / 13;
  y = y * w + 2.0 / 11;
  y = y * w + 2.0 / 9;
  y = y * w + 2.0 / 7;
  y = y * w + 2.0 / 5;
  y = y * w + 2.0 / 3;
  y = y * w + 2;
  return z * y + (x > 1.5 ? 0x1.62e42fefa39efp-1 : 0);
}

/* log(e^a + e^b + e^c); each may be -infinity. */
static inline double log_sum(double a, double b, double c) {
  const double least = a > b ? b : a, more = a > b ? a : b, most = more > c ? more : c;
  const double rest = small_power(least - most) + small_power((more > c ? c : more) - most);
  return most + small_log(1 + rest);
}

/* to[s] = log_sum of from[s], from[s + step] and from[s + 2 step] + skips[s]: of those that lead to s. */
static void ctc_sums(double *restrict to, const double *from, const double *skips, int64_t step,
                     int64_t first, int64_t end) {
  for (int64_t s = first; s < end; s++)
    to[s] = log_sum(from[s], from[s + step], from[s + 2 * step] + skips[s]);
}

static void ctc_clear(double *line, int64_t count) {
  for (int64_t s = 0; s < count; s++) line[s] = -INFINITY;
}

/* The states that are reached by step t and from which the end is reached: from the first on. */
static int64_t ctc_first(const ctc_sample *x, int64_t t) {
  const int64_t first = x->S - 2 * (x->T - t);
  return first < 0 ? 0 : first;
}

static int64_t ctc_end(const ctc_sample *x, int64_t t) {
  return 2 * t + 2 < x->S ? 2 * t + 2 : x->S;
}

/* Read the sample's lengths and labels.  Returns a status; *fits: whether its labels can be said in
 * its steps, which two equal labels in a row separate by a blank. */
static int ctc_read(const ctc_dims *d, void *const *ptr, int64_t n, ctc_sample *sample, int *fits) {
  int64_t T = d->T, count = d->L;
  if (d->has_data_lengths) load_indices(d->data_flag, ptr[2], n, 1, &T);
  if (d->has_label_lengths)
    load_indices(d->length_flag, ptr[2 + d->has_data_lengths], n, 1, &count);
  if (T < 0 || T > d->T || count < 0 || count > d->L) return MX_BAD_VALUE;
  int64_t *labels = sample->labels, repeats = 0;
  load_indices(d->label_flag, ptr[1], n * d->L, count, labels);
  if (!d->has_label_lengths)
    for (int64_t i = 0; i < count; i++)
      if (labels[i] == d->padding) count = i;
  for (int64_t i = 0; i < count; i++) {
    if (labels[i] < 0 || labels[i] >= d->C) return MX_BAD_INDEX;
    repeats += i && labels[i] == labels[i - 1];
  }
  for (int64_t i = count; i-- > 0;) {
    labels[2 * i + 1] = labels[i];
    labels[2 * i + 2] = d->blank;
  }
  labels[0] = d->blank;
  sample->n = n;
  sample->T = T;
  sample->S = 2 * count + 1;
  *fits = T > 0 && count + repeats <= T;
  ctc_clear(sample->skips, sample->line);
  for (int64_t s = 3; s < sample->S; s += 2)    /* a label on another one, over a blank */
    if (labels[s] != d->blank && labels[s] != labels[s - 2]) sample->skips[s] = 0;
  return MX_OK;
}

#define MX_BODY "ctc_impl.h"
#include "mx_each_float.h"

#define CTC(kernel, dtype) \
  MX_ENTRY_SCRATCH(kernel, dtype, kernel##_scratch, ctc_dims, CTC_FIELDS)
#define FLOATS(kernel) CTC(kernel, f16), CTC(kernel, bf16), CTC(kernel, f32), CTC(kernel, f64)

const mx_kernel_entry mx_table_ctc[] = {FLOATS(ctc_loss), FLOATS(ctc_grad), {0}};
