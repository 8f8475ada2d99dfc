/* The kernels of choose.c for one dtype. */
#define WHERE(kind, type, is_true)                                                           \
  static int FN(where_##kind)(const void *desc, void *const *ptr, const mx_scalar *scalars) { \
    (void)scalars;                                                                           \
    const where_dims *d = desc;                                                              \
    const type *condition = ptr[0];                                                          \
    const real *x = ptr[1], *y = ptr[2];                                                     \
    real *out = ptr[3];                                                                      \
    for (int64_t i = 0; i < d->size; i++) {                                                  \
      const real *chosen = is_true(condition[i]) ? x : y;                                    \
      for (int64_t k = i * d->inner; k < (i + 1) * d->inner; k++) out[k] = chosen[k];        \
    }                                                                                        \
    return MX_OK;                                                                            \
  }
EACH_CONDITION(WHERE)
#undef WHERE

static int FN(clip)(const void *desc, void *const *ptr, const mx_scalar *scalars) {
  const real *x = ptr[0];
  real *y = ptr[1];
  const LIMIT low = TO_LIMIT(scalars[0].f), high = TO_LIMIT(scalars[1].f);
  for (int64_t i = 0, n = ((const clip_dims *)desc)->size; i < n; i++) {
    const wide value = LOAD(x[i]);
    y[i] = STORE((wide)(value > high ? high : value < low ? low : value));
  }
  return MX_OK;
}

/* dy, x -> dx: dy where x lies inside the bounds. */
static int FN(grad_clip)(const void *desc, void *const *ptr, const mx_scalar *scalars) {
  const real *dy = ptr[0], *x = ptr[1];
  real *dx = ptr[2];
  const LIMIT low = TO_LIMIT(scalars[0].f), high = TO_LIMIT(scalars[1].f);
  for (int64_t i = 0, n = ((const clip_dims *)desc)->size; i < n; i++) {
    const wide value = LOAD(x[i]);
    dx[i] = STORE((wide)(value >= low && value <= high ? LOAD(dy[i]) : 0));
  }
  return MX_OK;
}

static int FN(add_n)(const void *desc, void *const *ptr, const mx_scalar *scalars) {
  (void)scalars;
  const add_n_dims *d = desc;
  real *out = ptr[d->count];
  enum { BLOCK = 512 };
  wide sum[BLOCK];                 /* of a block in the wider type; the loops over it vectorise */
  for (int64_t begin = 0; begin < d->size; begin += BLOCK) {
    const int64_t n = d->size - begin < BLOCK ? d->size - begin : BLOCK;
    const real *first = (const real *)ptr[0] + begin;
    for (int64_t i = 0; i < n; i++) sum[i] = LOAD(first[i]);
    for (int64_t k = 1; k < d->count; k++) {
      const real *next = (const real *)ptr[k] + begin;
      for (int64_t i = 0; i < n; i++) sum[i] = (wide)(sum[i] + LOAD(next[i]));
    }
    for (int64_t i = 0; i < n; i++) out[begin + i] = STORE(sum[i]);
  }
  return MX_OK;
}
