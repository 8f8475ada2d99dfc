/* dx from dy and y, of softmax (IS_LOG 0) and log_softmax (IS_LOG 1), one dtype:
 *   softmax      dx = scale * y * (dy - sum(dy * y))
 *   log_softmax  dx = scale * (dy - exp(y) * sum(dy)) */
#define SFN(part) MX_JOIN_(MX_JOIN_(NAME, part), DT)
#define TERM(dy, y) (IS_LOG ? (dy) : (dy) * (y))
#define RESULT(dy, y, total) (IS_LOG ? (dy) - EXP(y) * (total) : (y) * ((dy) - (total)))

static void SFN(long_row)(const real *dy, const real *y, real *dx, int64_t axis, real scale) {
  double total = 0;
  int64_t i = 0;
  for (; i + SOFTMAX_BLOCK <= axis; i += SOFTMAX_BLOCK) {
    real lane[SOFTMAX_TILE] = {0};
    for (int64_t j = i; j < i + SOFTMAX_BLOCK; j += SOFTMAX_TILE)
      MX_ROLLED for (int c = 0; c < SOFTMAX_TILE; c++)
        lane[c] += TERM(dy[j + c], y[j + c]);
    for (int c = 0; c < SOFTMAX_TILE; c++) total += (double)lane[c];
  }
  for (; i < axis; i++) total += (double)TERM(dy[i], y[i]);
  const real sum = (real)total;
  for (i = 0; i < axis; i++) dx[i] = scale * RESULT(dy[i], y[i], sum);
}

/* `rows` <= SOFTMAX_TILE short rows, side by side in two tiles. */
static void SFN(short_rows)(const real *dy, const real *y, real *dx, int64_t rows, int64_t axis,
                            real scale) {
  real grads[SHORT_ROW * SOFTMAX_TILE], values[SHORT_ROW * SOFTMAX_TILE];
  double total[SOFTMAX_TILE] = {0};
  for (int64_t r = 0; r < SOFTMAX_TILE; r++)
    for (int64_t i = 0; i < axis; i++) {
      grads[i * SOFTMAX_TILE + r] = r < rows ? dy[r * axis + i] : 0;
      values[i * SOFTMAX_TILE + r] = r < rows ? y[r * axis + i] : 0;
    }
  for (int64_t i = 0; i < axis * SOFTMAX_TILE; i += SOFTMAX_TILE)
    MX_ROLLED for (int c = 0; c < SOFTMAX_TILE; c++)
      total[c] += (double)TERM(grads[i + c], values[i + c]);
  for (int64_t i = 0; i < axis * SOFTMAX_TILE; i += SOFTMAX_TILE)
    MX_ROLLED for (int c = 0; c < SOFTMAX_TILE; c++)
      grads[i + c] = scale * RESULT(grads[i + c], values[i + c], (real)total[c]);
  for (int64_t r = 0; r < rows; r++)
    for (int64_t i = 0; i < axis; i++) dx[r * axis + i] = grads[i * SOFTMAX_TILE + r];
}

/* `width` <= SOFTMAX_TILE neighbouring columns of an (axis, inner) block. */
static void SFN(columns)(const real *dy, const real *y, real *dx, int64_t axis, int64_t inner,
                         int64_t width, real scale) {
  double total[SOFTMAX_TILE] = {0};
  for (int64_t i = 0; i < axis * inner; i += inner)
    for (int64_t c = 0; c < width; c++)
      total[c] += (double)TERM(dy[i + c], y[i + c]);
  for (int64_t i = 0; i < axis * inner; i += inner)
    for (int64_t c = 0; c < width; c++)
      dx[i + c] = scale * RESULT(dy[i + c], y[i + c], (real)total[c]);
}

static void SFN(task)(void *context, int64_t i) {
  const softmax_job *job = context;
  const softmax_dims *d = job->d;
  const int64_t rows = softmax_unit_rows(d), rest = job->units - i * job->group;
  const int64_t begin = i * job->group, end = begin + (rest < job->group ? rest : job->group);
  const int64_t tiles = mx_ceil_div(d->inner, SOFTMAX_TILE);
  const real scale = (real)d->scale;
  for (int64_t u = begin; u < end; u++) {
    const int64_t column = u % tiles * SOFTMAX_TILE, row = u / tiles * rows;
    const int64_t at = row * d->axis * d->inner + column, left = d->inner - column;
    const real *dy = (const real *)job->ptr[0] + at, *y = (const real *)job->ptr[1] + at;
    real *dx = (real *)job->ptr[d->output] + at;
    const int64_t count = d->outer - row < rows ? d->outer - row : rows;
    const int64_t width = left < SOFTMAX_TILE ? left : SOFTMAX_TILE;
    if (rows > 1) SFN(short_rows)(dy, y, dx, count, d->axis, scale);
    else if (d->inner == 1) SFN(long_row)(dy, y, dx, d->axis, scale);
    else SFN(columns)(dy, y, dx, d->axis, d->inner, width, scale);
  }
}

static int FN(NAME)(const void *desc, void *const *ptr, const mx_scalar *scalars) {
  (void)scalars;
  return softmax_run(desc, ptr, SFN(task));
}

#undef SFN
#undef TERM
#undef RESULT
#undef NAME
#undef IS_LOG
