/* The padded copy of a channel, in phases: see conv_plan.h. */

/* What of the rows of phase r is in the channel: y[j] = x[j * phases + shift], from <= j < end. */
typedef struct {
  int64_t from, end, shift;
} FN(row_cut);

static FN(row_cut) FN(cut_row)(const conv_plan *p, int64_t r) {
  const int64_t step = p->phases[2], shift = r - p->low[2], length = p->length[2];
  int64_t from = mx_ceil_div(-shift, step), end = mx_ceil_div(p->size[2] - shift, step);
  from = from < 0 ? 0 : mx_lesser(from, length);
  end = end < from ? from : mx_lesser(end, length);
  return (FN(row_cut)){from, end, shift};
}

static void FN(copy_row)(const conv_plan *p, FN(row_cut) cut, const real *x, wide *y) {
  const int64_t step = p->phases[2], end = cut.end;
  x += cut.shift;
  if (step == 1 && sizeof(real) == sizeof(wide))       /* faster than loops for short rows */
    memcpy(y + cut.from, x + cut.from, (size_t)(end - cut.from) * sizeof(wide));
  else if (step == 1) for (int64_t j = cut.from; j < end; j++) y[j] = LOAD(x[j]);
  else if (step == 2) for (int64_t j = cut.from; j < end; j++) y[j] = LOAD(x[j * 2]);   /* vectors */
  else for (int64_t j = cut.from; j < end; j++) y[j] = LOAD(x[j * step]);
}

static void FN(copy_channel)(const conv_plan *p, const real *x, wide *y) {
  for (int64_t phase = 0; phase < volume(p->phases); phase++, y += p->plane) {
    const int64_t rz = phase / (p->phases[1] * p->phases[2]), rx = phase % p->phases[2];
    const int64_t ry = phase / p->phases[2] % p->phases[1];
    if (!is_read(p, 0, rz) || !is_read(p, 1, ry) || !is_read(p, 2, rx)) continue;
    const FN(row_cut) cut = FN(cut_row)(p, rx);
    memset(y, 0, (size_t)p->plane * sizeof(wide));
    for (int64_t jz = 0; jz < p->length[0]; jz++)
      for (int64_t jy = 0; jy < p->length[1]; jy++) {
        const int64_t z = jz * p->phases[0] + rz - p->low[0];
        const int64_t row = jy * p->phases[1] + ry - p->low[1];
        if (z >= 0 && z < p->size[0] && row >= 0 && row < p->size[1])
          FN(copy_row)(p, cut, x + (z * p->size[1] + row) * p->size[2],
                       y + (jz * p->length[1] + jy) * p->length[2]);
      }
  }
}
