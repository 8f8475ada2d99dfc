/* The kernel of whole_arrays.c for one dtype. */

static int FN(all_finite)(const void *desc, void *const *ptr, const mx_scalar *scalars) {
  (void)scalars;
  const all_finite_dims *d = desc;
  float *out = ptr[d->count];
  int is_finite = 1;
  for (int64_t i = 0; i < d->count; i++) {
    const real *x = ptr[i];
    for (int64_t k = 0; k < d->n[i]; k++) is_finite &= 0 * LOAD(x[k]) == 0;
  }
  if (d->init) *out = 1;
  if (!is_finite) *out = 0;
  return MX_OK;
}
