/* gemm_joined of gemm.c for float and double. */

static real *FN(take_factor)(const joined_dims *d, mx_scratch *scratch) {
  return mx_take(scratch, d->gemm.N, sizeof(real));
}

static int64_t FN(joined_scratch)(const void *desc) {
  mx_scratch scratch = {0};
  FN(take_factor)(desc, &scratch);
  return mx_sum(mx_lines(scratch.size), FN(gemm_scratch)(desc));
}

/* A B bias? (gamma beta mean var)? other? -> C, scratch */
static int FN(gemm_joined)(const void *desc, void *const *ptr, const mx_scalar *scalars) {
  const joined_dims *d = desc;
  void *const *behind = ptr + 2 + d->gemm.has_bias;
  void *const *out = behind + finish_arrays(&d->finish);
  mx_scratch scratch = {.base = out[1]};
  real *factor = FN(take_factor)(d, &scratch);
  row_finish finish = FN(finish_of)(&d->finish, d->gemm.N, behind, scalars, factor);
  finish.of_columns = 1;
  gemm_product p = product_of(&d->gemm);
  p.a = ptr[0], p.b = ptr[1], p.bias = d->gemm.has_bias ? ptr[2] : NULL, p.c = out[0];
  p.finish = &finish;
  FN(gemm_run)(&p, scratch.base + mx_lines(scratch.size));
  return MX_OK;
}
