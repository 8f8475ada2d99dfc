/* The bins of ROIPooling and PSROIPooling, one dtype; for the CPU and the GPU. */

/* The image of a region; -1: there is no such image. */
static inline int64_t FN(pooled_image)(const roi_pool_dims *d, const real *roi) {
  const double image = (double)LOAD(roi[0]);
  return image > -1 && image < (double)d->N ? (int64_t)image : -1;
}

/* The pixels of bin b along an axis: `shift` whole pixels, and `start` from there. */
static inline void FN(bin_edges)(wide start, int64_t shift, wide length, int64_t b, int64_t size,
                                 int64_t *from, int64_t *to) {
  *from = clamp(whole(floor((double)((wide)b * length + start))) + shift, size);
  *to = clamp(whole(ceil((double)((wide)(b + 1) * length + start))) + shift, size);
}

/* ROIPooling: corners are rounded to pixels, the last of which are inside. */
static roi_window FN(pool_window)(const roi_pool_dims *d, const real *roi, int64_t ph, int64_t pw) {
  const wide scale = (wide)d->scale;
  int64_t corner[4];
  for (int k = 0; k < 4; k++) corner[k] = whole(round((double)(LOAD(roi[k + 1]) * scale)));
  const int64_t w = corner[2] - corner[0] + 1, h = corner[3] - corner[1] + 1;
  roi_window window;
  FN(bin_edges)(0, corner[1], (wide)(h > 1 ? h : 1) / (wide)d->PH, ph, d->H, &window.top,
                &window.bottom);
  FN(bin_edges)(0, corner[0], (wide)(w > 1 ? w : 1) / (wide)d->PW, pw, d->W, &window.left,
                &window.right);
  return window;
}

/* PSROIPooling: corners are rounded before they are scaled. */
static roi_window FN(psroi_window)(const roi_pool_dims *d, const real *roi, int64_t ph,
                                   int64_t pw) {
  const wide scale = (wide)d->scale;
  const wide left = (wide)round((double)LOAD(roi[1])) * scale;
  const wide top = (wide)round((double)LOAD(roi[2])) * scale;
  const wide right = (wide)(round((double)LOAD(roi[3])) + 1) * scale;
  const wide bottom = (wide)(round((double)LOAD(roi[4])) + 1) * scale;
  const wide least = (wide)0.1;
  const wide w = right - left > least ? right - left : least;
  const wide h = bottom - top > least ? bottom - top : least;
  roi_window window;
  FN(bin_edges)(top, 0, h / (wide)d->PH, ph, d->H, &window.top, &window.bottom);
  FN(bin_edges)(left, 0, w / (wide)d->PW, pw, d->W, &window.left, &window.right);
  return window;
}
