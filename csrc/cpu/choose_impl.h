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
  const wide low = (wide)scalars[0].f, high = (wide)scalars[1].f;
  for (int64_t i = 0, n = ((const clip_dims *)desc)->size; i < n; i++) {
    const wide value = LOAD(x[i]);
    y[i] = STORE(value > high ? high : value < low ? low : value);
  }
  return MX_OK;
}

/* dy, x -> dx: dy where x lies inside the bounds. */
static int FN(grad_clip)(const void *desc, void *const *ptr, const mx_scalar *scalars) {
  const real *dy = ptr[0], *x = ptr[1];
  real *dx = ptr[2];
  const wide low = (wide)scalars[0].f, high = (wide)scalars[1].f;
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
  for (int64_t i = 0; i < d->size; i++) {
    wide sum = LOAD(((const real *)ptr[0])[i]);
    for (int64_t k = 1; k < d->count; k++) sum = (wide)(sum + LOAD(((const real *)ptr[k])[i]));
    out[i] = STORE(sum);
  }
  return MX_OK;
}
