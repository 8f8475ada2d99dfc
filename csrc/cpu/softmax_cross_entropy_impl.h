/* The kernel of softmax_cross_entropy.c for one dtype. */

/* data (rows, classes), label (rows) -> loss (1), the sum of -log_softmax(data)[label]. */
static int FN(softmax_cross_entropy)(const void *desc, void *const *ptr,
                                     const mx_scalar *scalars) {
  (void)scalars;
  const cross_entropy_dims *d = desc;
  const real *data = ptr[0], *label = ptr[1];
  double loss = 0;
  for (int64_t r = 0; r < d->rows; r++, data += d->classes) {
    const double wanted = (double)LOAD(label[r]);
    if (!(wanted > -1 && wanted < (double)d->classes)) return MX_BAD_INDEX;
    double most = (double)LOAD(data[0]), total = 0;
    for (int64_t k = 1; k < d->classes; k++) most = fmax(most, (double)LOAD(data[k]));
    for (int64_t k = 0; k < d->classes; k++) total += exp((double)LOAD(data[k]) - most);
    loss += most + log(total) - (double)LOAD(data[(int64_t)wanted]);
  }
  ((real *)ptr[2])[0] = STORE((wide)loss);
  return MX_OK;
}
