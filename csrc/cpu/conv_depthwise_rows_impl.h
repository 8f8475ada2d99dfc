/* The body of conv_depthwise_rows.c for float and double. */

enum { FN(LANES) = VECTOR_BYTES / sizeof(real) };
typedef real FN(vec) __attribute__((vector_size(VECTOR_BYTES), aligned(sizeof(real)), may_alias));

#include "row_finish_bounds.h"

#define UNROLL _Pragma("GCC unroll 32")
#define INLINE static inline __attribute__((always_inline))

/* One filter over one channel; y: the channel of the result, `at` in the whole. */
typedef struct {
  const rows_job *job;
  FN(vec) weight[MOST_WINDOW * MOST_WINDOW];
  real bias, mean, factor, shift, low, high;
  const real *other;
  int normed;
  row_activation activation;
  real *y;
} FN(filter);

static void FN(read_filter)(const rows_job *job, int64_t item, int64_t f, FN(filter) *filter) {
  const int taps = job->window * job->window;
  const int64_t group = item % job->d->groups, channel = group * job->filters + f;
  const int64_t at = (item * job->filters + f) * volume(job->out);
  const real *weight = (const real *)job->arrays->ptr[1] + channel * taps;
  const real *bias = bias_of(job->d, job->arrays->ptr);
  const row_finish *finish = job->arrays->finish;
  filter->job = job;
  for (int i = 0; i < taps; i++)
    filter->weight[i] = weight[job->is_grad ? taps - 1 - i : i] - (FN(vec)){0};
  filter->bias = bias ? bias[channel] : 0;
  filter->y = (real *)result_of(job->d, job->arrays->ptr) + at;
  filter->normed = finish && finish->factor;
  filter->activation = finish ? finish->activation : NO_ACTIVATION;
  filter->other = finish && finish->other ? (const real *)finish->other + at : NULL;
  if (!finish) return;
  filter->low = (real)finish->low, filter->high = (real)finish->high;
  if (!filter->normed) return;
  filter->mean = ((const real *)finish->mean)[channel];
  filter->factor = ((const real *)finish->factor)[channel];
  filter->shift = ((const real *)finish->shift)[channel];
}

/* Vectors of `rows` rows of outputs, the first from the `at`th output of the channel on.  What lies behind
 * a row shorter than a vector is written over by the next row; behind the channel it is not written. */
INLINE void FN(store)(int rows, const FN(filter) *f, FN(vec) *v, int64_t at, int64_t width,
                      int64_t size) {
  real *y = f->y + at;
  if (f->normed) {
    const real mean = f->mean, factor = f->factor, shift = f->shift;
    UNROLL for (int i = 0; i < rows; i++) v[i] = (v[i] - mean) * factor + shift;
  }
  if (f->other) {
    UNROLL for (int i = 0; i < rows; i++) {
      FN(vec) other = {0};
      const int64_t left = size - at - i * width;
      if (left >= FN(LANES)) other = *(const FN(vec) *)(f->other + at + i * width);
      else memcpy(&other, f->other + at + i * width, (size_t)left * sizeof(real));
      v[i] += other;
    }
  }
  if (f->activation == RELU) {
    UNROLL for (int i = 0; i < rows; i++) v[i] = FN(rectified_vec)(v[i]);
  } else if (f->activation == CLIP) {
    UNROLL for (int i = 0; i < rows; i++) v[i] = FN(clipped_vec)(v[i], f->low, f->high);
  }
  if (at + (rows - 1) * width + FN(LANES) <= size) {
    UNROLL for (int i = 0; i < rows; i++) *(FN(vec) *)(y + i * width) = v[i];
    return;
  }
  for (int i = 0; i < rows; i++, y += width, at += width)
    memcpy(y, v + i, (size_t)mx_lesser(FN(LANES), size - at) * sizeof(real));
}

/* The sums of `rows` rows; x: the first element that the vector of the first row reads. */
INLINE void FN(sums)(int rows, int window, int step, const FN(vec) *weight, real bias,
                     const real *x, int64_t width, FN(vec) *sum) {
  UNROLL for (int i = 0; i < rows; i++) sum[i] = bias - (FN(vec)){0};
  UNROLL for (int r = 0; r < (rows - 1) * step + window; r++) {
    UNROLL for (int k = 0; k < window; k++) {
      const FN(vec) v = *(const FN(vec) *)(x + (r * step + k % step) * width + k / step);
      UNROLL for (int i = 0; i < rows; i++) {
        const int tap = r - i * step;
        if (tap >= 0 && tap < window) sum[i] += weight[tap * window + k] * v;
      }
    }
  }
}

/* Whole rows, from row y on; the last vector of a row may repeat some of the outputs. */
INLINE void FN(tiles)(int rows, int window, int step, const FN(filter) *f, const real *strip,
                      int64_t y) {
  const int64_t width = f->job->out[2], size = f->job->out[1] * width, strip_width = f->job->width;
  const int64_t last = width > FN(LANES) ? width - FN(LANES) : 0;
  const real bias = f->bias;
  FN(vec) weight[MOST_WINDOW * MOST_WINDOW], sum[ROWS];
  UNROLL for (int i = 0; i < window * window; i++) weight[i] = f->weight[i];
  for (int64_t x = 0;; x = mx_lesser(x + FN(LANES), last)) {
    FN(sums)(rows, window, step, weight, bias, strip + x, strip_width, sum);
    FN(store)(rows, f, sum, y * width + x, width, size);
    if (x == last) break;
  }
}

INLINE void FN(strip_outputs)(int window, int step, const FN(filter) *f, const real *strip,
                              int64_t y, int64_t end) {
  const int64_t row = step * step * f->job->width;
  for (; y + ROWS <= end; strip += ROWS * row, y += ROWS)
    FN(tiles)(ROWS, window, step, f, strip, y);
  for (; y < end; strip += row, y++) FN(tiles)(1, window, step, f, strip, y);
}

/* `count` elements without a call, for which rows are too short; the last vector may repeat some. */
INLINE void FN(copy_row)(const real *x, int64_t count, real *y) {
  if (count < FN(LANES)) {
    UNROLL for (int64_t unit = FN(LANES) / 2; unit; unit /= 2)
      if (count & unit) {
        memcpy(y, x, (size_t)unit * sizeof(real));
        x += unit, y += unit;
      }
    return;
  }
  for (int64_t j = 0; j + FN(LANES) <= count; j += FN(LANES))
    *(FN(vec) *)(y + j) = *(const FN(vec) *)(x + j);
  *(FN(vec) *)(y + count - FN(LANES)) = *(const FN(vec) *)(x + count - FN(LANES));
}

/* The rows that outputs from row y to row `end` read. */
INLINE void FN(fill_strip)(int step, const rows_job *job, const real *x, int64_t y, int64_t end,
                           real *strip) {
  const int64_t first = y * step - job->pad[0], width = job->size[2];
  const int64_t last = (end - 1) * step - job->pad[0] + job->window;
  const int64_t columns = mx_lesser(width, job->width * step - job->pad[1]);
  for (int64_t row = first; row < last; row++, strip += step * job->width) {
    if (row < 0 || row >= job->size[1]) {
      memset(strip, 0, (size_t)(step * job->width) * sizeof(real));
      continue;
    }
    const real *from = x + row * width;
    if (step == 1) {
      FN(copy_row)(from, columns, strip + job->pad[1]);
    } else {
      const int64_t odd = job->pad[1] % 2;         /* column 0 is padded column pad[1] */
      real *even_to = strip + odd * job->width + job->pad[1] / 2;
      real *odd_to = strip + !odd * job->width + (job->pad[1] + 1) / 2;
      for (int64_t j = 0; j < (columns + 1) / 2; j++) even_to[j] = from[2 * j];
      for (int64_t j = 0; j < columns / 2; j++) odd_to[j] = from[2 * j + 1];
    }
  }
}

INLINE void FN(channel)(int window, int step, const rows_job *job, int64_t item, real *strip) {
  const real *x = (const real *)job->arrays->ptr[0] + item * volume(job->size);
  FN(filter) filter;
  for (int64_t y = 0; y < job->out[1]; y += job->strip_rows) {
    const int64_t end = mx_lesser(job->out[1], y + job->strip_rows);
    FN(fill_strip)(step, job, x, y, end, strip);
    for (int64_t f = 0; f < job->filters; f++) {
      FN(read_filter)(job, item, f, &filter);
      FN(strip_outputs)(window, step, &filter, strip, y, end);
    }
  }
}

static void FN(rows_task)(void *context, int64_t task) {
  const rows_job *job = context;
  const int64_t items = job->d->N * job->d->groups;
  real *strip = (real *)(void *)(job->strips + task * job->strip_bytes);
  memset(strip, 0, (size_t)job->strip_bytes);      /* the columns that are padded stay so */
  for (int64_t i = items * task / job->tasks; i < items * (task + 1) / job->tasks; i++) {
    if (job->window == 3 && job->step == 1) FN(channel)(3, 1, job, i, strip);
    else if (job->window == 3) FN(channel)(3, 2, job, i, strip);
    else if (job->step == 1) FN(channel)(MOST_WINDOW, 1, job, i, strip);
    else FN(channel)(MOST_WINDOW, 2, job, i, strip);
  }
}

static int64_t FN(rows_scratch)(const conv_dims *d, conv_pass pass) {
  mx_scratch scratch = {0};
  plan_rows(d, pass, FN(LANES), sizeof(real), &scratch);
  return scratch.size;
}

static void FN(rows_run)(const conv_dims *d, conv_pass pass, const conv_arrays *arrays) {
  rows_job job = plan_rows(d, pass, FN(LANES), sizeof(real), &(mx_scratch){.base = arrays->scratch});
  job.arrays = arrays;
  if (d->N * volume(job.out) == 0) return;
  if (job.tasks == 1) FN(rows_task)(&job, 0);
  else mx_rt->parallel_for(job.tasks, FN(rows_task), &job);
}

const conv_way FN(conv_rows) = {FN(rows_scratch), FN(rows_run)};

#undef UNROLL
#undef INLINE
