/* The body of conv_depthwise.c for one dtype: stored as `real`, computed in `wide`. */

#include "conv_copy_impl.h"

typedef wide FN(vec) __attribute__((vector_size(VECTOR_BYTES), aligned(sizeof(wide)), may_alias));

enum { FN(LANES) = VECTOR_BYTES / sizeof(wide), FN(SPAN) = 4 * FN(LANES) };

typedef struct {
  wide *image, *sum, *weight;  /* the copy of `in` channels; results or dy; of the taps of a part */
} FN(slice);

static FN(slice) FN(take_slice)(const conv_plan *p, mx_scratch *scratch) {
  const int64_t image = mx_sum(mx_product(p->in, p->channel), SLACK);
  FN(slice) slice = {.image = mx_take(scratch, image, sizeof(wide))};
  slice.sum = mx_take(scratch, mx_sum(p->plane, SLACK), sizeof(wide));
  slice.weight = mx_take(scratch, p->in * volume(p->d->kernel), sizeof(wide));
  return slice;
}

static FN(slice) FN(slice_of)(const depthwise_job *job, int64_t task) {
  const conv_plan *p = &job->plan;
  mx_scratch mine = {.base = job->slices + task * job->slice_bytes};
  const FN(slice) slice = FN(take_slice)(p, &mine);
  memset(slice.image + p->in * p->channel, 0, SLACK * sizeof(wide));
  return slice;
}

/* The plan, and the scratch block cut up. */
static depthwise_job FN(begin)(const conv_dims *d, conv_pass pass, mx_scratch *scratch) {
  depthwise_job job = {.plan = plan_convolution(d, pass == CONV_GRAD_DATA, 0)};
  const conv_plan *p = &job.plan;
  const int64_t window = volume(d->kernel);
  const int64_t items = pass == CONV_GRAD_WEIGHT ? d->groups : d->N * d->groups;
  mx_scratch slice = {0};
  FN(take_slice)(p, &slice);
  job.slice_bytes = mx_lines(slice.size);
  job.tasks = mx_lesser(items < 1 ? 1 : items, MOST_TASKS);
  job.parts = mx_take(scratch, p->num_parts, sizeof *job.parts);
  job.offset = mx_take(scratch, p->in * window, sizeof *job.offset);
  job.number = mx_take(scratch, window, sizeof *job.number);
  job.slices = mx_take(scratch, job.tasks, job.slice_bytes);
  return job;
}

#define AT(x, i) (*(const FN(vec) *)((x) + (i) * FN(LANES)))

/* sum[q] = bias + sum over k of weight[k] * x[offset[k] + q], for whole spans of q. */
static void FN(sum_taps)(int64_t K, const wide *weight, const wide *x, const int64_t *offset,
                         int64_t count, wide bias, wide *sum) {
  for (int64_t q = 0; q < count; q += FN(SPAN)) {
    FN(vec) s0 = bias - (FN(vec)){0}, s1 = s0, s2 = s0, s3 = s0;
    for (int64_t k = 0; k < K; k++) {
      const FN(vec) w = weight[k] - (FN(vec)){0};
      const wide *from = x + offset[k] + q;
      s0 += w * AT(from, 0);
      s1 += w * AT(from, 1);
      s2 += w * AT(from, 2);
      s3 += w * AT(from, 3);
    }
    FN(vec) *to = (FN(vec) *)(sum + q);
    to[0] = s0, to[1] = s1, to[2] = s2, to[3] = s3;
  }
}

/* A part's sums to where they belong; y: the result's channel. */
static void FN(put)(const conv_plan *p, const conv_part *part, const wide *sum, real *y) {
  const int64_t step = part->step[2], count = part->count[2];
  for (int64_t z = 0; z < part->count[0]; z++)
    for (int64_t line = 0; line < part->count[1]; line++) {
      const int64_t depth = part->first[0] + z * part->step[0];
      const int64_t row = part->first[1] + line * part->step[1];
      const wide *from = sum + (z * p->length[1] + line) * p->length[2];
      real *to = y + (depth * p->result[1] + row) * p->result[2] + part->first[2];
      if (step == 1 && sizeof(real) == sizeof(wide))       /* faster than a loop for short rows */
        memcpy(to, from, (size_t)count * sizeof(real));
      else for (int64_t i = 0; i < count; i++) to[i * step] = STORE(from[i]);
    }
}

/* The results of a channel, `at` in the whole, are there. */
static void FN(finish)(const depthwise_job *job, int64_t channel, int64_t at, real *y) {
#if !IS_HALF
  const finish_part part = {channel, 1, at, 0, volume(job->plan.result)};
  if (job->finish) FN(finish_rows)(job->finish, &part, y, 0, y);
#else
  (void)job, (void)channel, (void)at, (void)y;
#endif
}

/* All results of a group of an image. */
static void FN(group)(const depthwise_job *job, int64_t item, const FN(slice) *mine) {
  const conv_plan *p = &job->plan;
  const int64_t window = volume(p->d->kernel), group = item % p->d->groups;
  const real *bias = bias_of(p->d, job->ptr);
  const real *x = (const real *)job->ptr[0] + item * p->in * volume(p->size);
  real *y = (real *)result_of(p->d, job->ptr) + item * p->out * volume(p->result);
  for (int64_t c = 0; c < p->in; c++)
    FN(copy_channel)(p, x + c * volume(p->size), mine->image + c * p->channel);
  for (int64_t i = 0; i < p->num_parts; i++) {
    const conv_part *part = job->parts + i;
    if (!volume(part->count)) continue;
    for (int64_t o = 0; o < p->out; o++) {
      for (int64_t c = 0; c < p->in; c++) {
        const int64_t filter = group * p->d->F + (p->is_grad ? c : o);
        const real *w = (const real *)job->ptr[1] + filter * window;
        for (int64_t t = 0; t < part->taps; t++)
          mine->weight[c * part->taps + t] = LOAD(w[job->number[part->taps_before + t]]);
      }
      FN(sum_taps)(p->in * part->taps, mine->weight, mine->image + start_of(p, part),
                   job->offset + part->taps_before * p->in, extent_of(p, part),
                   bias ? LOAD(bias[group * p->out + o]) : 0, mine->sum);
      FN(put)(p, part, mine->sum, y + o * volume(p->result));
    }
  }
  for (int64_t o = 0; o < p->out; o++)
    FN(finish)(job, group * p->out + o, (item * p->out + o) * volume(p->result),
               y + o * volume(p->result));
}

static void FN(groups_task)(void *context, int64_t task) {
  const depthwise_job *job = context;
  const int64_t items = job->plan.d->N * job->plan.d->groups;
  const FN(slice) mine = FN(slice_of)(job, task);
  for (int64_t item = items * task / job->tasks; item < items * (task + 1) / job->tasks; item++)
    FN(group)(job, item, &mine);
}

/* dy in rows as long as the copy's; what lies between them stays as it is, 0. */
static void FN(spread)(const conv_plan *p, const real *dy, wide *y) {
  const int64_t *out = p->d->out;
  for (int64_t z = 0; z < out[0]; z++)
    for (int64_t line = 0; line < out[1]; line++, dy += out[2]) {
      wide *to = y + (z * p->length[1] + line) * p->length[2];
      if (sizeof(real) == sizeof(wide)) memcpy(to, dy, (size_t)out[2] * sizeof(wide));
      else for (int64_t i = 0; i < out[2]; i++) to[i] = LOAD(dy[i]);
    }
}

/* The sum over q of dy[q] * x[q]. */
static wide FN(product)(const wide *dy, const wide *x, int64_t count) {
  FN(vec) s0 = {0}, s1 = {0}, s2 = {0}, s3 = {0};
  for (int64_t q = 0; q < count; q += FN(SPAN)) {
    s0 += AT(dy + q, 0) * AT(x + q, 0);
    s1 += AT(dy + q, 1) * AT(x + q, 1);
    s2 += AT(dy + q, 2) * AT(x + q, 2);
    s3 += AT(dy + q, 3) * AT(x + q, 3);
  }
  const FN(vec) all = (s0 + s1) + (s2 + s3);
  wide sum = 0;
  for (int i = 0; i < FN(LANES); i++) sum += all[i];
  return sum;
}

/* The same, but what lies in the gaps of dy's rows is not even multiplied by 0: it may be
 * infinite. */
static wide FN(product_of_lines)(const conv_plan *p, const wide *dy, const wide *x) {
  wide sum = 0;
  for (int64_t z = 0; z < p->d->out[0]; z++)
    for (int64_t line = 0; line < p->d->out[1]; line++) {
      const int64_t at = (z * p->length[1] + line) * p->length[2];
      for (int64_t i = at; i < at + p->d->out[2]; i++) sum += dy[i] * x[i];
    }
  return sum;
}

/* Task: the filters of some groups, over all images. */
static void FN(filters_task)(void *context, int64_t task) {
  const depthwise_job *job = context;
  const conv_plan *p = &job->plan;
  const conv_dims *d = p->d;
  const FN(slice) mine = FN(slice_of)(job, task);
  const int64_t window = volume(d->kernel), extent = extent_of(p, job->parts);
  memset(mine.sum, 0, (size_t)(p->plane + SLACK) * sizeof(wide));
  for (int64_t group = d->groups * task / job->tasks; group < d->groups * (task + 1) / job->tasks;
       group++) {
    wide *sum = (wide *)mine.weight;
    for (int64_t f = 0; f < d->F; f++) {
      memset(sum, 0, (size_t)window * sizeof(wide));
      for (int64_t n = 0; n < d->N; n++) {
        const int64_t item = n * d->groups + group;
        FN(copy_channel)(p, (const real *)job->ptr[0] + item * volume(d->size), mine.image);
        FN(spread)(p, (const real *)job->ptr[1] + (item * d->F + f) * volume(d->out), mine.sum);
        for (int64_t t = 0; t < window; t++) {
          const wide *x = mine.image + job->offset[t];
          const wide made = FN(product)(mine.sum, x, extent);
          sum[job->number[t]] +=
              isfinite(made) ? made : FN(product_of_lines)(p, mine.sum, x);
        }
      }
      real *dw = (real *)job->ptr[2] + (group * d->F + f) * window;
      for (int64_t t = 0; t < window; t++) dw[t] = STORE(sum[t]);
    }
  }
}

static int64_t FN(depthwise_scratch)(const conv_dims *d, conv_pass pass) {
  mx_scratch scratch = {0};
  FN(begin)(d, pass, &scratch);
  return scratch.size;
}

static void FN(depthwise_run)(const conv_dims *d, conv_pass pass, const conv_arrays *arrays) {
  depthwise_job job = FN(begin)(d, pass, &(mx_scratch){.base = arrays->scratch});
  if (pass != CONV_GRAD_WEIGHT && d->N * volume(job.plan.result) == 0) return;
  job.ptr = arrays->ptr;
  job.finish = arrays->finish;
  list_parts(&job);
  run_tasks(job.tasks, d->N * d->groups * d->F * volume(d->out) * volume(d->kernel),
            pass == CONV_GRAD_WEIGHT ? FN(filters_task) : FN(groups_task), &job);
}

const conv_way FN(conv_depthwise) = {FN(depthwise_scratch), FN(depthwise_run)};

#undef AT
