/* softmax and log_softmax of one dtype, IS_LOG 0 or 1.  In a tile everything is `real`. */
#define SFN(part) MX_JOIN_(MX_JOIN_(NAME, part), DT)

/* tile (axis, SOFTMAX_TILE), already scaled, column by column. */
static void SFN(tile)(real *tile, int64_t axis) {
  real most[SOFTMAX_TILE];
  double total[SOFTMAX_TILE];
  for (int c = 0; c < SOFTMAX_TILE; c++) {
    most[c] = tile[c];
    total[c] = 0;
  }
  for (int64_t i = 1; i < axis; i++)
    MX_ROLLED for (int c = 0; c < SOFTMAX_TILE; c++) {
      const real value = tile[i * SOFTMAX_TILE + c];
      most[c] = value > most[c] ? value : most[c];
    }
  for (int64_t i = 0; i < axis; i++)
    MX_ROLLED for (int c = 0; c < SOFTMAX_TILE; c++) {
      real *value = &tile[i * SOFTMAX_TILE + c];
      const real shifted = *value - most[c], power = EXP(shifted);
      *value = IS_LOG ? shifted : power;
      total[c] += (double)power;
    }
  for (int c = 0; c < SOFTMAX_TILE; c++)
    most[c] = IS_LOG ? (real)log(total[c]) : (real)(1 / total[c]);
  for (int64_t i = 0; i < axis; i++)
    for (int c = 0; c < SOFTMAX_TILE; c++) {
      real *value = &tile[i * SOFTMAX_TILE + c];
      *value = IS_LOG ? *value - most[c] : *value * most[c];
    }
}

/* `rows` <= SOFTMAX_TILE short rows: transposed into a tile and back. */
static void SFN(short_rows)(const real *x, real *y, int64_t rows, int64_t axis, real scale) {
  real tile[SHORT_ROW * SOFTMAX_TILE];
  for (int64_t r = 0; r < SOFTMAX_TILE; r++)
    for (int64_t i = 0; i < axis; i++)
      tile[i * SOFTMAX_TILE + r] = r < rows ? x[r * axis + i] * scale : 0;
  SFN(tile)(tile, axis);
  for (int64_t r = 0; r < rows; r++)
    for (int64_t i = 0; i < axis; i++) y[r * axis + i] = tile[i * SOFTMAX_TILE + r];
}

static real SFN(largest)(const real *x, int64_t axis, real scale) {
  const int64_t whole = axis / SOFTMAX_TILE * SOFTMAX_TILE;
  real lane[SOFTMAX_TILE], most = x[0] * scale;
  for (int c = 0; c < SOFTMAX_TILE; c++) lane[c] = most;
  for (int64_t i = 0; i < whole; i += SOFTMAX_TILE)
    MX_ROLLED for (int c = 0; c < SOFTMAX_TILE; c++) {
      const real value = x[i + c] * scale;
      lane[c] = value > lane[c] ? value : lane[c];
    }
  for (int c = 0; c < SOFTMAX_TILE; c++) most = lane[c] > most ? lane[c] : most;
  for (int64_t i = whole; i < axis; i++) most = x[i] * scale > most ? x[i] * scale : most;
  return most;
}

/* The powers are kept where the result will be. */
static void SFN(long_row)(const real *x, real *y, int64_t axis, real scale) {
  real lane[SOFTMAX_TILE];
  const real most = SFN(largest)(x, axis, scale);
  double total = 0;
  for (int64_t begin = 0; begin < axis; begin += SOFTMAX_BLOCK) {
    real last[SOFTMAX_BLOCK];
    const int64_t rest = axis - begin, n = rest < SOFTMAX_BLOCK ? rest : SOFTMAX_BLOCK;
    real *power = IS_LOG || n < SOFTMAX_BLOCK ? last : y + begin;
    for (int64_t i = 0; i < n; i++) power[i] = EXP(x[begin + i] * scale - most);
    for (int64_t i = n; i < SOFTMAX_BLOCK; i++) power[i] = 0;
    if (!IS_LOG && n < SOFTMAX_BLOCK) memcpy(y + begin, last, (size_t)n * sizeof(real));
    for (int c = 0; c < SOFTMAX_TILE; c++) lane[c] = 0;
    for (int64_t i = 0; i < SOFTMAX_BLOCK; i += SOFTMAX_TILE)
      for (int c = 0; c < SOFTMAX_TILE; c++) lane[c] += power[i + c];
    for (int c = 0; c < SOFTMAX_TILE; c++) total += (double)lane[c];
  }
  const real shift = most + (real)log(total), factor = (real)(1 / total);
  for (int64_t i = 0; i < axis; i++) y[i] = IS_LOG ? x[i] * scale - shift : y[i] * factor;
}

/* `width` <= SOFTMAX_TILE neighbouring columns of an (axis, inner) block. */
static void SFN(columns)(const real *x, real *y, int64_t axis, int64_t inner, int64_t width,
                         real scale) {
  real most[SOFTMAX_TILE], shift[SOFTMAX_TILE], factor[SOFTMAX_TILE];
  double total[SOFTMAX_TILE];
  for (int64_t c = 0; c < width; c++) {
    most[c] = x[c] * scale;
    total[c] = 0;
  }
  for (int64_t i = 1; i < axis; i++)
    for (int64_t c = 0; c < width; c++) {
      const real value = x[i * inner + c] * scale;
      most[c] = value > most[c] ? value : most[c];
    }
  for (int64_t i = 0; i < axis; i++)
    for (int64_t c = 0; c < width; c++)
      total[c] += (double)EXP(x[i * inner + c] * scale - most[c]);
  for (int64_t c = 0; c < width; c++) {
    shift[c] = IS_LOG ? most[c] + (real)log(total[c]) : most[c];
    factor[c] = (real)(1 / total[c]);
  }
  for (int64_t i = 0; i < axis; i++)
    for (int64_t c = 0; c < width; c++) {
      const real shifted = x[i * inner + c] * scale - shift[c];
      y[i * inner + c] = IS_LOG ? shifted : (EXP(shifted) * factor[c]);
    }
}

static void SFN(task)(void *context, int64_t i) {
  const softmax_job *job = context;
  const softmax_dims *d = job->d;
  const int64_t rows = softmax_unit_rows(d), rest = job->units - i * job->group;
  const int64_t begin = i * job->group, end = begin + (rest < job->group ? rest : job->group);
  const int64_t tiles = mx_ceil_div(d->inner, SOFTMAX_TILE);
  for (int64_t u = begin; u < end; u++) {
    const int64_t column = u % tiles * SOFTMAX_TILE, row = u / tiles * rows;
    const int64_t at = row * d->axis * d->inner + column, left = d->inner - column;
    const real *x = (const real *)job->ptr[0] + at;
    real *y = (real *)job->ptr[d->output] + at;
    const int64_t count = d->outer - row < rows ? d->outer - row : rows;
    const real scale = (real)d->scale;
    if (rows > 1) SFN(short_rows)(x, y, count, d->axis, scale);
    else if (d->inner == 1) SFN(long_row)(x, y, d->axis, scale);
    else SFN(columns)(x, y, d->axis, d->inner, left < SOFTMAX_TILE ? left : SOFTMAX_TILE, scale);
  }
}

static int FN(NAME)(const void *desc, void *const *ptr, const mx_scalar *scalars) {
  (void)scalars;
  return softmax_run(desc, ptr, SFN(task));
}

#undef SFN
#undef NAME
#undef IS_LOG
