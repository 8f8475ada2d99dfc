/* The body of conv_last_depthwise.c for float and double. */

typedef wide FN(vec) __attribute__((vector_size(VECTOR_BYTES), aligned(sizeof(wide)), may_alias));

enum { FN(LANES) = VECTOR_BYTES / sizeof(wide), FN(SPAN) = 4 * FN(LANES) };

#define AT(p, i) (*(const FN(vec) *)((p) + (i) * FN(LANES)))
#define PUT(p, i) (*(FN(vec) *)((p) + (i) * FN(LANES)))

/* y (C) = bias + the sum of the row's taps for output x, for all channels. */
static void FN(last_pixel)(const last_depthwise_job *job, const last_row *row, int64_t x, wide *y) {
  const conv_dims *d = job->d;
  const int64_t C = d->groups, hop = d->dilate[2] * C;
  const wide *data = job->ptr[0], *weight = job->weight, *bias = bias_of(d, job->ptr);
  int64_t first, end, c = 0;
  taps_of(d, x, &first, &end);
  const int64_t start = (x * d->stride[2] - d->pad[2] + first * d->dilate[2]) * C;
  for (; c + FN(SPAN) <= C; c += FN(SPAN)) {
    FN(vec) s0 = {0}, s1 = {0}, s2 = {0}, s3 = {0};
    if (bias) s0 = AT(bias + c, 0), s1 = AT(bias + c, 1), s2 = AT(bias + c, 2), s3 = AT(bias + c, 3);
    for (int64_t i = 0; i < row->pairs; i++) {
      const wide *from = data + row->data[i] + start + c, *w = weight + (row->tap[i] + first) * C + c;
      for (int64_t k = first; k < end; k++, from += hop, w += C) {
        s0 += AT(from, 0) * AT(w, 0);
        s1 += AT(from, 1) * AT(w, 1);
        s2 += AT(from, 2) * AT(w, 2);
        s3 += AT(from, 3) * AT(w, 3);
      }
    }
    PUT(y + c, 0) = s0, PUT(y + c, 1) = s1, PUT(y + c, 2) = s2, PUT(y + c, 3) = s3;
  }
  if (c == C) return;
  wide rest[FN(SPAN)] = {0};
  for (int64_t l = c; l < C && bias; l++) rest[l - c] = bias[l];
  for (int64_t i = 0; i < row->pairs; i++) {
    const wide *from = data + row->data[i] + start, *w = weight + (row->tap[i] + first) * C;
    for (int64_t k = first; k < end; k++, from += hop, w += C)
      for (int64_t l = c; l < C; l++) rest[l - c] += from[l] * w[l];
  }
  memcpy(y + c, rest, (size_t)(C - c) * sizeof(wide));
}

/* Task: some rows of the result. */
static void FN(last_rows_task)(void *context, int64_t task) {
  const last_depthwise_job *job = context;
  const conv_dims *d = job->d;
  for (int64_t u = job->units * task / job->tasks; u < job->units * (task + 1) / job->tasks; u++) {
    const last_row row = row_of(job, task, u);
    wide *y = (wide *)result_of(d, job->ptr) + u * d->out[2] * d->groups;
    for (int64_t x = 0; x < d->out[2]; x++) FN(last_pixel)(job, &row, x, y + x * d->groups);
  }
}

static int64_t FN(last_depthwise_scratch)(const void *desc) {
  mx_scratch scratch = {0};
  plan_last_depthwise(desc, CONV_FORWARD, sizeof(wide), &scratch);
  return scratch.size;
}

/* data weight bias? -> out */
static int FN(last_depthwise)(const void *desc, void *const *ptr, const mx_scalar *scalars) {
  (void)scalars;
  const conv_dims *d = desc;
  mx_scratch scratch = {.base = scratch_of(d, ptr)};
  last_depthwise_job job = plan_last_depthwise(d, CONV_FORWARD, sizeof(wide), &scratch);
  const int64_t taps = volume(d->kernel), C = d->groups;
  const wide *given = ptr[1];
  wide *weight = job.weight;
  job.ptr = ptr;
  for (int64_t c = 0; c < C; c++)
    for (int64_t t = 0; t < taps; t++) weight[t * C + c] = given[c * taps + t];
  if (job.tasks > 1) mx_rt->parallel_for(job.tasks, FN(last_rows_task), &job);
  else FN(last_rows_task)(&job, 0);
  return MX_OK;
}

static inline void FN(add_products)(wide *restrict sum, const wide *restrict x,
                                    const wide *restrict dy, int64_t C) {
  for (int64_t c = 0; c < C; c++) sum[c] += x[c] * dy[c];
}

/* Task: the products of some rows of dy with data, in a part of their own. */
static void FN(last_weight_task)(void *context, int64_t task) {
  const last_depthwise_job *job = context;
  const conv_dims *d = job->d;
  const int64_t taps = volume(d->kernel), C = d->groups, hop = d->dilate[2] * C;
  const wide *data = job->ptr[0], *dy = job->ptr[1];
  wide *part = (wide *)job->parts + task * taps * C;
  memset(part, 0, (size_t)(taps * C) * sizeof(wide));
  for (int64_t u = job->units * task / job->tasks; u < job->units * (task + 1) / job->tasks; u++) {
    const last_row row = row_of(job, task, u);
    for (int64_t x = 0; x < d->out[2]; x++) {
      int64_t first, end;
      taps_of(d, x, &first, &end);
      const int64_t start = (x * d->stride[2] - d->pad[2]) * C;
      for (int64_t i = 0; i < row.pairs; i++)
        for (int64_t k = first; k < end; k++)
          FN(add_products)(part + (row.tap[i] + k) * C, data + row.data[i] + start + k * hop,
                           dy + (u * d->out[2] + x) * C, C);
    }
  }
}

static int64_t FN(last_depthwise_weight_scratch)(const void *desc) {
  mx_scratch scratch = {0};
  plan_last_depthwise(desc, CONV_GRAD_WEIGHT, sizeof(wide), &scratch);
  return scratch.size;
}

/* data dy -> the gradient of weight */
static int FN(last_depthwise_weight)(const void *desc, void *const *ptr,
                                     const mx_scalar *scalars) {
  (void)scalars;
  const conv_dims *d = desc;
  mx_scratch scratch = {.base = scratch_of(d, ptr)};
  last_depthwise_job job = plan_last_depthwise(d, CONV_GRAD_WEIGHT, sizeof(wide), &scratch);
  const int64_t taps = volume(d->kernel), C = d->groups;
  job.ptr = ptr;
  if (job.tasks > 1) mx_rt->parallel_for(job.tasks, FN(last_weight_task), &job);
  else FN(last_weight_task)(&job, 0);
  wide *dw = ptr[2];
  for (int64_t c = 0; c < C; c++)
    for (int64_t t = 0; t < taps; t++) {
      wide sum = 0;
      for (int64_t p = 0; p < job.tasks; p++) sum += ((wide *)job.parts)[(p * taps + t) * C + c];
      dw[c * taps + t] = sum;
    }
  return MX_OK;
}

#undef AT
#undef PUT
