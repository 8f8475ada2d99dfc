/* The reduction NAME of the dtype DT, stamped out once per pair:
 *   acc = START; acc = COMBINE(acc, x) for each x; acc = MERGE(acc, acc'); y = FINISH(acc, divisor)
 * with acc of type ACC.  Every sum is cut in the same places whatever the number of threads.
 * OF_VECTOR(x), if it is defined: what is added up of a vector of doubles. */
#define RFN(part) MX_JOIN_(MX_JOIN_(NAME, part), DT)

#if IS_HALF
static ACC RFN(row)(const real *x, int64_t n) {
  ACC acc = START;
  for (int64_t i = 0; i < n; i += HALF_BLOCK) {
    float block[HALF_BLOCK];
    const int64_t count = n - i < HALF_BLOCK ? n - i : HALF_BLOCK;
    FN(load_block)(x + i, 1, block, count);
    const ACC part = MX_JOIN_(NAME, row_f32)(block, count);
    acc = MERGE(acc, part);
  }
  return acc;
}

static void RFN(add)(ACC *acc, const real *x, int64_t n) {
  for (int64_t i = 0; i < n; i += HALF_BLOCK) {
    float block[HALF_BLOCK];
    const int64_t count = n - i < HALF_BLOCK ? n - i : HALF_BLOCK;
    FN(load_block)(x + i, 1, block, count);
    MX_JOIN_(NAME, add_f32)(acc + i, block, count);
  }
}
#else
static ACC RFN(row)(const real *x, int64_t n) {
  ACC acc = START;
  int64_t i = 0;
#ifdef OF_VECTOR             /* compilers keep no array of sums in registers, only single vectors */
  if (n >= SUM_LANES) {
    doubles sum[SUM_VECTORS] = {{0}};
    for (; i + SUM_LANES <= n; i += SUM_LANES)
      UNROLL for (int v = 0; v < SUM_VECTORS; v++) {
        const real *at = x + i + 4 * v;
        const doubles y = {at[0], at[1], at[2], at[3]};
        sum[v] += OF_VECTOR(y);
      }
    for (int half = SUM_VECTORS / 2; half; half /= 2)
      for (int v = 0; v < half; v++) sum[v] += sum[v + half];
    acc = (sum[0][0] + sum[0][2]) + (sum[0][1] + sum[0][3]);
  }
#else
  if (n >= REDUCE_LANES) {
    ACC lane[REDUCE_LANES];
    for (int l = 0; l < REDUCE_LANES; l++) lane[l] = START;
    for (; i + REDUCE_LANES <= n; i += REDUCE_LANES)
      MX_ROLLED for (int l = 0; l < REDUCE_LANES; l++) lane[l] = COMBINE(lane[l], LOAD(x[i + l]));
    for (int half = REDUCE_LANES / 2; half; half /= 2)
      for (int l = 0; l < half; l++) lane[l] = MERGE(lane[l], lane[l + half]);
    acc = lane[0];
  }
#endif
  for (; i < n; i++) acc = COMBINE(acc, LOAD(x[i]));
  return acc;
}

static inline void RFN(add)(ACC *acc, const real *x, int64_t n) {
  for (int64_t o = 0; o < n; o++) acc[o] = COMBINE(acc[o], LOAD(x[o]));
}
#endif

/* Innermost axis reduced: acc[o] over the elements [first, last) of output begin + o. */
static void RFN(rows)(const reduce_plan *p, const real *x, int64_t begin, int64_t width,
                      int64_t first, int64_t last, ACC *acc) {
  for (int64_t o = 0; o < width; o++) {
    const real *base = x + reduce_offset(begin + o, p->num_kept, p->kept_size, p->kept_stride);
    if (!p->num_reduced) {
      acc[o] = RFN(row)(base + first, last - first);
      continue;
    }
    acc[o] = START;
    for (int64_t i = first, take; i < last; i += take) {
      const int64_t row = i / p->inner, column = i - row * p->inner;
      take = p->inner - column < last - i ? p->inner - column : last - i;
      const int64_t at = reduce_offset(row, p->num_reduced, p->reduced_size, p->reduced_stride);
      const ACC part = RFN(row)(base + at + column, take);
      acc[o] = MERGE(acc[o], part);
    }
  }
}

/* Innermost axis kept: all outputs of a unit side by side. */
static void RFN(columns)(const reduce_plan *p, const real *x, int64_t begin, int64_t width,
                         int64_t first, int64_t last, ACC *acc) {
  const int64_t kept = begin / p->inner;
  const real *base = x + begin % p->inner +
                     reduce_offset(kept, p->num_kept, p->kept_size, p->kept_stride);
  const int64_t step = p->num_reduced == 1 ? p->reduced_stride[0] : 0;
  for (int64_t o = 0; o < width; o++) acc[o] = START;
  for (int64_t i = first; i < last; i++) {
    const int64_t at = step ? i * step : reduce_offset(i, p->num_reduced, p->reduced_size,
                                                       p->reduced_stride);
    RFN(add)(acc, base + at, width);
  }
}

static void RFN(task)(void *context, int64_t i) {
  const reduce_job *job = context;
  const reduce_plan *p = job->plan;
  const int64_t part = i % p->parts, group = i / p->parts, units = reduce_units(p);
  const int64_t first = part * p->per_part;
  const int64_t last = first + p->per_part < p->count ? first + p->per_part : p->count;
  const int64_t end = (group + 1) * p->group < units ? (group + 1) * p->group : units;
  ACC acc[REDUCE_TILE];
  for (int64_t u = group * p->group; u < end; u++) {
    int64_t width;
    const int64_t begin = reduce_unit(p, u, &width);
    (p->is_row ? RFN(rows) : RFN(columns))(p, job->x, begin, width, first, last, acc);
    real *y = (real *)job->y + begin;
    ACC *partial = (ACC *)job->partial + part * p->outputs + begin;
    for (int64_t o = 0; o < width && p->parts == 1; o++) y[o] = STORE(FINISH(acc[o], p->divisor));
    for (int64_t o = 0; o < width && p->parts > 1; o++) partial[o] = acc[o];
  }
}

/* Partial results, where tasks share the elements of an output. */
static ACC *RFN(take_partial)(const reduce_plan *p, mx_scratch *scratch) {
  const int64_t count = p->parts > 1 ? mx_product(p->parts, p->outputs) : 0;
  return mx_take(scratch, count, sizeof(ACC));
}

static int64_t RFN(scratch)(const void *desc) {
  const reduce_plan plan = reduce_plan_of(desc);
  mx_scratch scratch = {0};
  RFN(take_partial)(&plan, &scratch);
  return scratch.size;
}

static int FN(NAME)(const void *desc, void *const *ptr, const mx_scalar *scalars) {
  (void)scalars;
  const reduce_plan plan = reduce_plan_of(desc), *p = &plan;
  reduce_job job = {p, ptr[0], ptr[1], NULL};
  if (p->parts > 1) job.partial = RFN(take_partial)(p, &(mx_scratch){.base = ptr[2]});
  reduce_run(&job, RFN(task));
  real *y = ptr[1];
  const ACC *partial = job.partial;
  for (int64_t o = 0; o < p->outputs && p->parts > 1; o++) {
    ACC acc = partial[o];
    for (int64_t part = 1; part < p->parts; part++)
      acc = MERGE(acc, partial[part * p->outputs + o]);
    y[o] = STORE(FINISH(acc, p->divisor));
  }
  return MX_OK;
}

#undef RFN
#undef NAME
#undef ACC
#undef START
#undef COMBINE
#undef MERGE
#undef FINISH
#undef OF_VECTOR
