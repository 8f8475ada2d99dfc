/* The samples of turned regions, one dtype; for the CPU and the GPU. */

/* A turned region: the middle, sines, the length of bins, and samples along each axis of one. */
typedef struct {
  wide x, y, sine, cosine, left, top, bin_w, bin_h;
  int64_t image, columns, rows;
} FN(turned_region);

static int FN(turn)(const rroi_dims *d, const real *roi, FN(turned_region) *t) {
  const wide scale = (wide)d->scale;
  const double image = (double)LOAD(roi[0]);
  const double angle = (double)LOAD(roi[5]) * 3.14159265358979323846 / 180;
  if (!(image > -1 && image < (double)d->N)) return MX_BAD_INDEX;
  wide w = LOAD(roi[3]) * scale, h = LOAD(roi[4]) * scale;
  if (w < 1) w = 1;
  if (h < 1) h = 1;
  for (int k = 1; k < 6; k++)
    if (!isfinite((double)LOAD(roi[k]))) return MX_BAD_VALUE;
  t->image = (int64_t)image;
  t->x = LOAD(roi[1]) * scale;
  t->y = LOAD(roi[2]) * scale;
  t->sine = (wide)sin((double)(wide)angle);
  t->cosine = (wide)cos((double)(wide)angle);
  t->left = -w / 2;
  t->top = -h / 2;
  t->bin_w = w / (wide)d->PW;
  t->bin_h = h / (wide)d->PH;
  const double columns = d->ratio > 0 ? (double)d->ratio : ceil((double)t->bin_w);
  const double rows = d->ratio > 0 ? (double)d->ratio : ceil((double)t->bin_h);
  if (!(columns * rows * (double)(d->PH * d->PW) <= TURNED_SAMPLES)) return MX_BAD_VALUE;
  t->columns = (int64_t)columns;
  t->rows = (int64_t)rows;
  return MX_OK;
}

/* The four pixels around sample i of a bin, and their weights; 0 where it lies outside. */
static int FN(turned_sample)(const rroi_dims *d, const FN(turned_region) *t, int64_t bin, int64_t i,
                             int64_t *at, wide *weight) {
  const wide half = (wide)0.5;
  const wide v = t->top + (wide)(bin / d->PW) * t->bin_h +
                 ((wide)(i / t->columns) + half) * t->bin_h / (wide)t->rows;
  const wide u = t->left + (wide)(bin % d->PW) * t->bin_w +
                 ((wide)(i % t->columns) + half) * t->bin_w / (wide)t->columns;
  wide x = u * t->cosine + v * t->sine + t->x, y = v * t->cosine - u * t->sine + t->y;
  if (!(x >= -1 && x <= (wide)d->W && y >= -1 && y <= (wide)d->H) || !d->W || !d->H) return 0;
  x = x < 0 ? 0 : x;
  y = y < 0 ? 0 : y;
  if (x > (wide)(d->W - 1)) x = (wide)(d->W - 1);
  if (y > (wide)(d->H - 1)) y = (wide)(d->H - 1);
  const int64_t x0 = (int64_t)x, y0 = (int64_t)y;
  const int64_t x1 = x0 < d->W - 1 ? x0 + 1 : x0, y1 = y0 < d->H - 1 ? y0 + 1 : y0;
  const wide right = x - (wide)x0, down = y - (wide)y0;
  at[0] = y0 * d->W + x0;
  at[1] = y0 * d->W + x1;
  at[2] = y1 * d->W + x0;
  at[3] = y1 * d->W + x1;
  weight[0] = (1 - down) * (1 - right);
  weight[1] = (1 - down) * right;
  weight[2] = down * (1 - right);
  weight[3] = down * right;
  return 1;
}
