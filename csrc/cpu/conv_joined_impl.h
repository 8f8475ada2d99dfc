/* conv_joined of conv.c for float and double. */

static real *FN(take_factor)(const joined_dims *d, mx_scratch *scratch) {
  return mx_take(scratch, mx_product(d->conv.groups, d->conv.F), sizeof(real));
}

static int64_t FN(joined_scratch)(const void *desc) {
  mx_scratch scratch = {0};
  FN(take_factor)(desc, &scratch);
  return mx_sum(mx_lines(scratch.size), FN(conv_scratch)(desc));
}

/* data weight bias? (gamma beta mean var)? other? -> out, scratch */
static int FN(conv_joined)(const void *desc, void *const *ptr, const mx_scalar *scalars) {
  const joined_dims *d = desc;
  void *const *behind = ptr + 2 + d->conv.has_bias;
  void *const *out = behind + finish_arrays(&d->finish);
  mx_scratch scratch = {.base = out[1]};
  real *factor = FN(take_factor)(d, &scratch);
  const row_finish finish =
      FN(finish_of)(&d->finish, d->conv.groups * d->conv.F, behind, scalars, factor);
  void *const own[] = {ptr[0], ptr[1], d->conv.has_bias ? ptr[2] : out[0], out[0]};
  const conv_arrays arrays = {own, scratch.base + mx_lines(scratch.size), &finish};
  FN(way_of)(desc, CONV_FORWARD)->run(desc, CONV_FORWARD, &arrays);
  return MX_OK;
}
