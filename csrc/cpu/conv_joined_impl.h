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
  void *const *next = ptr + 2 + d->conv.has_bias, *const *norm = d->has_norm ? next : NULL;
  if (norm) next += 4;
  row_finish finish = {.activation = (row_activation)d->activation};
  if (finish.activation == CLIP) finish.low = scalars[0].f, finish.high = scalars[1].f;
  if (d->has_other) finish.other = *next++;
  mx_scratch scratch = {.base = next[1]};
  real *factor = FN(take_factor)(d, &scratch);
  if (norm) {
    const real *gamma = norm[0], *var = norm[3];
    for (int64_t c = 0; c < d->conv.groups * d->conv.F; c++)
      factor[c] = (d->fix_gamma ? 1 : gamma[c]) * (real)(1 / sqrt((double)var[c] + d->eps));
    finish.factor = factor, finish.shift = norm[1], finish.mean = norm[2];
  }
  void *const own[] = {ptr[0], ptr[1], d->conv.has_bias ? ptr[2] : next[0], next[0]};
  const conv_arrays arrays = {own, scratch.base + mx_lines(scratch.size), &finish};
  FN(ways)[choose(desc, CONV_FORWARD)]->run(desc, CONV_FORWARD, &arrays);
  return MX_OK;
}
