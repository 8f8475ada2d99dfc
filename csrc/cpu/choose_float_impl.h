/* The kernels of choose.c that floats alone have, for one dtype. */
static int FN(smooth_l1)(const void *desc, void *const *ptr, const mx_scalar *scalars) {
  const real *x = ptr[0];
  real *y = ptr[1];
  const wide square = (wide)(scalars[0].f * scalars[0].f), bound = 1 / square;
  for (int64_t i = 0, n = ((const clip_dims *)desc)->size; i < n; i++) {
    const wide value = LOAD(x[i]), magnitude = value < 0 ? -value : value;
    y[i] = STORE(magnitude < bound ? value * value * square / 2 : magnitude - bound / 2);
  }
  return MX_OK;
}

static int FN(hard_sigmoid)(const void *desc, void *const *ptr, const mx_scalar *scalars) {
  const real *x = ptr[0];
  real *y = ptr[1];
  for (int64_t i = 0, n = ((const clip_dims *)desc)->size; i < n; i++) {
    const wide value = (wide)scalars[0].f * LOAD(x[i]) + (wide)scalars[1].f;
    y[i] = STORE(value < 0 ? 0 : value > 1 ? 1 : value);
  }
  return MX_OK;
}
