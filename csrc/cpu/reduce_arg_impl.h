/* argmax and argmin of one dtype: the first best element along an axis; the first NaN, if any.
 * BEATS(x, best): x is better; NAME: argmax or argmin; IS_NAN(x). */
#define AFN(part) MX_JOIN_(MX_JOIN_(NAME, part), DT)

static int64_t AFN(row)(const real *x, int64_t n) {
  int64_t at = 0;
  wide best = LOAD(x[0]);
  if (IS_NAN(best)) return 0;
  for (int64_t i = 1; i < n; i++) {
    const wide value = LOAD(x[i]);
    if (IS_NAN(value)) return i;
    if (BEATS(value, best)) {
      best = value;
      at = i;
    }
  }
  return at;
}

/* `width` <= ARG_TILE neighbouring columns of a (length, inner) block. */
static void AFN(columns)(const real *x, int64_t length, int64_t inner, int64_t width, real *y) {
  wide best[ARG_TILE];
  int64_t at[ARG_TILE];
  for (int64_t c = 0; c < width; c++) {
    best[c] = LOAD(x[c]);
    at[c] = 0;
  }
  for (int64_t i = 1; i < length; i++)
    for (int64_t c = 0; c < width; c++) {
      const wide value = LOAD(x[i * inner + c]);
      const int better = (IS_NAN(value) | BEATS(value, best[c])) & (IS_NAN(best[c]) == 0);
      best[c] = better ? value : best[c];
      at[c] = better ? i : at[c];
    }
  for (int64_t c = 0; c < width; c++) y[c] = STORE((wide)at[c]);
}

static void AFN(task)(void *context, int64_t i) {
  const arg_job *job = context;
  const arg_dims *d = job->d;
  const int64_t tiles = mx_ceil_div(d->inner, ARG_TILE), units = d->outer * tiles;
  const int64_t end = (i + 1) * job->group < units ? (i + 1) * job->group : units;
  for (int64_t u = i * job->group; u < end; u++) {
    const int64_t outer = u / tiles, begin = u % tiles * ARG_TILE;
    const int64_t width = d->inner - begin < ARG_TILE ? d->inner - begin : ARG_TILE;
    const real *x = (const real *)job->x + outer * d->axis * d->inner + begin;
    real *y = (real *)job->y + outer * d->inner + begin;
    if (d->inner == 1) *y = STORE((wide)AFN(row)(x, d->axis));
    else AFN(columns)(x, d->axis, d->inner, width, y);
  }
}

static int FN(NAME)(const void *desc, void *const *ptr, const mx_scalar *scalars) {
  (void)scalars;
  return arg_run(desc, ptr, AFN(task));
}

#undef AFN
#undef NAME
#undef BEATS
