/* The reduction NAME of the dtype DT, stamped out once per pair:
 *   acc = START; acc = COMBINE(acc, x) for each x; acc = MERGE(acc, acc'); y = FINISH(acc, divisor)
 * with acc of type ACC.  Every sum is cut in the same places whatever the number of threads. */
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
  if (n >= REDUCE_LANES) {
    ACC lane[REDUCE_LANES];
    for (int l = 0; l < REDUCE_LANES; l++) lane[l] = START;
    for (; i + REDUCE_LANES <= n; i += REDUCE_LANES)
      MX_ROLLED for (int l = 0; l < REDUCE_LANES; l++) lane[l] = COMBINE(lane[l], LOAD(x[i + l]));
    for (int half = REDUCE_LANES / 2; half; half /= 2)
      for (int l = 0; l < half; l++) lane[l] = MERGE(lane[l], lane[l + half]);
    acc = lane[0];
  }
  for (; i < n; i++) acc = COMBINE(acc, LOAD(x[i]));
  return acc;
}

static inline void RFN(add)(ACC *acc, const real *x, int64_t n) {
  for (int64_t o = 0; o < n; o++) acc[o] = COMBINE(acc[o], LOAD(x[o]));
}
#endif

/* Innermost axis reduced: acc[o] over the elements [first, last) of output begin + o. */
static void RFN(rows)(const reduce_dims *d, const real *x, int64_t begin, int64_t width,
                      int64_t first, int64_t last, ACC *acc) {
  for (int64_t o = 0; o < width; o++) {
    const real *base = x + reduce_offset(begin + o, d->num_kept, d->kept_size, d->kept_stride);
    if (!d->num_reduced) {
      acc[o] = RFN(row)(base + first, last - first);
      continue;
    }
    acc[o] = START;
    for (int64_t i = first, take; i < last; i += take) {
      const int64_t row = i / d->inner, column = i - row * d->inner;
      take = d->inner - column < last - i ? d->inner - column : last - i;
      const int64_t at = reduce_offset(row, d->num_reduced, d->reduced_size, d->reduced_stride);
      const ACC part = RFN(row)(base + at + column, take);
      acc[o] = MERGE(acc[o], part);
    }
  }
}

/* Innermost axis kept: all outputs of a unit side by side. */
static void RFN(columns)(const reduce_dims *d, const real *x, int64_t begin, int64_t width,
                         int64_t first, int64_t last, ACC *acc) {
  const int64_t kept = begin / d->inner;
  const real *base = x + begin % d->inner +
                     reduce_offset(kept, d->num_kept, d->kept_size, d->kept_stride);
  for (int64_t o = 0; o < width; o++) acc[o] = START;
  for (int64_t i = first; i < last; i++) {
    const real *row =
        base + reduce_offset(i, d->num_reduced, d->reduced_size, d->reduced_stride);
    RFN(add)(acc, row, width);
  }
}

static void RFN(task)(void *context, int64_t i) {
  const reduce_job *job = context;
  const reduce_dims *d = job->d;
  const int64_t part = i % d->parts, group = i / d->parts, units = reduce_units(d);
  const int64_t first = part * d->per_part;
  const int64_t last = first + d->per_part < d->count ? first + d->per_part : d->count;
  const int64_t end = (group + 1) * d->group < units ? (group + 1) * d->group : units;
  ACC acc[REDUCE_TILE];
  for (int64_t u = group * d->group; u < end; u++) {
    int64_t width;
    const int64_t begin = reduce_unit(d, u, &width);
    (d->is_row ? RFN(rows) : RFN(columns))(d, job->x, begin, width, first, last, acc);
    real *y = (real *)job->y + begin;
    ACC *partial = (ACC *)job->partial + part * d->outputs + begin;
    for (int64_t o = 0; o < width && d->parts == 1; o++) y[o] = STORE(FINISH(acc[o], d->divisor));
    for (int64_t o = 0; o < width && d->parts > 1; o++) partial[o] = acc[o];
  }
}

static int FN(NAME)(const void *desc, void *const *ptr, const mx_scalar *scalars) {
  (void)scalars;
  const reduce_dims *d = desc;
  reduce_job job = {d, ptr[0], ptr[1], d->parts > 1 ? ptr[2] : NULL};
  reduce_run(&job, RFN(task));
  if (d->parts == 1) return MX_OK;
  real *y = ptr[1];
  const ACC *partial = ptr[2];
  for (int64_t o = 0; o < d->outputs; o++) {
    ACC acc = partial[o];
    for (int64_t p = 1; p < d->parts; p++) acc = MERGE(acc, partial[p * d->outputs + o]);
    y[o] = STORE(FINISH(acc, d->divisor));
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
