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

enum { CTC_TASKS = 64, CTC_LANES = 16 };

/* A sample: where its numbers are, and what its task works in. */
typedef struct {
  int64_t n, T, S;
  int64_t *labels;                         /* of the states */
  double *alpha, *beta, *shift, *share;    /* (T, S) or (2, S); (2, S); (T); (C) */
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
  const int64_t S = 2 * d->L + 1;
  ctc_sample sample = {.labels = mx_take(scratch, S, sizeof(int64_t))};
  sample.alpha = mx_take(scratch, mx_product(has_grad ? d->T : 2, S), sizeof(double));
  sample.beta = mx_take(scratch, has_grad ? 2 * S : 0, sizeof(double));
  sample.shift = mx_take(scratch, d->T, sizeof(double));
  sample.share = mx_take(scratch, has_grad ? d->C : 0, sizeof(double));
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

/* log(e^a + e^b); both may be -infinity. */
static inline double log_sum(double a, double b) {
  const double most = a > b ? a : b, least = a > b ? b : a;
  return least == -INFINITY ? most : most + log1p(exp(least - most));
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
  return MX_OK;
}

/* Whether state s follows on s - 2: a label on another one, over the blank between them. */
static inline int ctc_skips(const ctc_dims *d, const int64_t *labels, int64_t s) {
  return s > 1 && labels[s] != d->blank && labels[s] != labels[s - 2];
}

#define MX_BODY "ctc_impl.h"
#include "mx_each_float.h"

#define CTC(kernel, dtype) \
  MX_ENTRY_SCRATCH(kernel, dtype, kernel##_scratch, ctc_dims, CTC_FIELDS)
#define FLOATS(kernel) CTC(kernel, f16), CTC(kernel, bf16), CTC(kernel, f32), CTC(kernel, f64)

const mx_kernel_entry mx_table_ctc[] = {FLOATS(ctc_loss), FLOATS(ctc_grad), {0}};
