/* Which pixels the bins of ROIAlign read along an axis, one dtype; for the CPU and the GPU. */

/* Which items of an axis a region's bins read, bin after bin: at[first[b]] .. at[first[b + 1]]. */
typedef struct {
  int64_t *at, *first, low, high;      /* all of them lie in [low, high) */
  wide *weight;
} FN(axis_taps);

/* Adds a weight to the taps of a bin that began at `begin`; returns how many there are then. */
static inline int64_t FN(add_tap)(FN(axis_taps) *taps, int64_t begin, int64_t n, int64_t at,
                                  wide weight) {
  for (int64_t k = n - 1; k >= begin && k >= n - 2; k--)
    if (taps->at[k] == at) {
      taps->weight[k] += weight;
      return n;
    }
  taps->at[n] = at;
  taps->weight[n] = weight;
  if (at < taps->low) taps->low = at;
  if (at >= taps->high) taps->high = at + 1;
  return n + 1;
}

/* `grid` samples in each bin of this length; those more than a pixel outside count as 0. */
static void FN(fill_taps)(FN(axis_taps) *taps, wide start, wide length, int64_t grid, int64_t bins,
                          int64_t size) {
  int64_t n = 0;
  taps->low = size;
  taps->high = 0;
  for (int64_t b = 0; b < bins; b++) {
    const int64_t begin = taps->first[b] = n;
    for (int64_t s = 0; s < grid && size > 0; s++) {
      wide x = start + (wide)b * length + ((wide)s + (wide)0.5) * length / (wide)grid;
      if (!(x >= -1 && x <= (wide)size)) continue;
      if (x < 0) x = 0;
      int64_t low = (int64_t)x;
      if (low >= size - 1) {
        low = size - 1;
        x = (wide)low;
      }
      const wide part = x - (wide)low;
      n = FN(add_tap)(taps, begin, n, low, (1 - part) / (wide)grid);
      if (low < size - 1) n = FN(add_tap)(taps, begin, n, low + 1, part / (wide)grid);
    }
  }
  taps->first[bins] = n;
}

/* The number of region r's image; -1: there is none; *status says what is wrong. */
static inline int64_t FN(image_of)(const roi_align_dims *d, const real *roi, int *status) {
  const double image = d->columns == 4 ? 0 : (double)LOAD(roi[0]);
  if (image < 0) return -1;
  if (image < (double)d->N) return (int64_t)image;
  *status = MX_BAD_INDEX;
  return -1;
}

/* Fills one axis of a region from `from` to `to`. */
static int FN(fill_axis)(const roi_align_dims *d, FN(axis_taps) *taps, real from, real to,
                         int64_t bins, int64_t size) {
  const wide scale = (wide)d->scale, shift = d->aligned ? (wide)0.5 : 0;
  const wide start = LOAD(from) * scale - shift;
  wide length = LOAD(to) * scale - shift - start;
  if (!isfinite((double)start) || !isfinite((double)length)) return MX_BAD_VALUE;
  if (d->aligned && !(length > 0)) return MX_BAD_VALUE;
  if (!d->aligned && length < 1) length = 1;
  const wide grid = d->ratio > 0 ? (wide)d->ratio : (wide)ceil((double)(length / (wide)bins));
  if (!(grid * (wide)bins <= ROI_SAMPLES)) return MX_BAD_VALUE;
  FN(fill_taps)(taps, start, length / (wide)bins, (int64_t)grid, bins, size);
  return MX_OK;
}
