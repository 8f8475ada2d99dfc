/* Regions cut into bins of whole pixels; see csrc/cpu/roi_pooling.c. */
#include "scatter.cuh"
#include "roi_windows.h"

#define FN(name) name
#include "roi_windows_impl.h"

struct roi_grad_dims : roi_pool_dims { int64_t n, bits; };

/* An item of y: its region's row of rois, the region, channel, bin. */
#define BIN_OF(i)                                                              \
  const int64_t bins = d.PH * d.PW, bin = (i) % bins, c = (i) / bins % d.C;    \
  const int64_t r = (i) / bins / d.C;

/* x rois -> y places */
KERNEL(roi_pool, roi_pool_dims) {
  int64_t *places = (int64_t *)args.ptr[3];
  EACH(i, d.R * d.C * d.PH * d.PW) {
    BIN_OF(i)
    const real *roi = IN(1) + 5 * r;
    const int64_t image = pooled_image(&d, roi);
    const roi_window window = pool_window(&d, roi, bin / d.PW, bin % d.PW);
    places[i] = -1;
    OUT(2)[i] = STORE((wide)0);
    if (image < 0 || is_empty(&window)) continue;
    const real *x = IN(0) + (image * d.C + c) * d.H * d.W;
    int64_t best = window.top * d.W + window.left;
    wide most = -INFINITY;
    for (int64_t h = window.top; h < window.bottom; h++)
      for (int64_t at = h * d.W + window.left; at < h * d.W + window.right; at++)
        if (LOAD(x[at]) > most) {
          most = LOAD(x[at]);
          best = at;
        }
    places[i] = best;
    OUT(2)[i] = x[best];
  }
}

/* dy rois places -> dx, into the scratch */
KERNEL(roi_pool_grad, roi_grad_dims) {
  const int64_t *places = (const int64_t *)args.ptr[2];
  const scatter_sums sums = sums_of(args.ptr[4], d.n, d.bits);
  EACH(i, d.R * d.C * d.PH * d.PW) {
    BIN_OF(i)
    (void)bin;
    const int64_t image = pooled_image(&d, IN(1) + 5 * r);
    if (image >= 0 && places[i] >= 0)
      scatter_add(sums, (image * d.C + c) * d.H * d.W + places[i], LOAD(IN(0)[i]));
  }
}

/* x rois -> y: means, where bins have channels of their own */
KERNEL(psroi_pool, roi_pool_dims) {
  EACH(i, d.R * d.C * d.PH * d.PW) {
    BIN_OF(i)
    const real *roi = IN(1) + 5 * r;
    const int64_t image = pooled_image(&d, roi);
    OUT(2)[i] = STORE((wide)0);
    if (image < 0) {
      WRONG_INDEX(args);
      continue;
    }
    const roi_window window = psroi_window(&d, roi, bin / d.PW, bin % d.PW);
    if (is_empty(&window)) continue;
    const real *x = IN(0) + (image * d.planes + psroi_plane(&d, c, bin)) * d.H * d.W;
    wide sum = 0;
    for (int64_t h = window.top; h < window.bottom; h++)
      for (int64_t w = window.left; w < window.right; w++) sum += LOAD(x[h * d.W + w]);
    OUT(2)[i] = STORE(sum / (wide)((window.bottom - window.top) * (window.right - window.left)));
  }
}

/* dy rois -> dx, into the scratch */
KERNEL(psroi_pool_grad, roi_grad_dims) {
  const scatter_sums sums = sums_of(args.ptr[3], d.n, d.bits);
  EACH(i, d.R * d.C * d.PH * d.PW) {
    BIN_OF(i)
    const real *roi = IN(1) + 5 * r;
    const int64_t image = pooled_image(&d, roi);
    if (image < 0) {
      WRONG_INDEX(args);
      continue;
    }
    const roi_window window = psroi_window(&d, roi, bin / d.PW, bin % d.PW);
    const int64_t area = (window.bottom - window.top) * (window.right - window.left);
    const int64_t plane = (image * d.planes + psroi_plane(&d, c, bin)) * d.H * d.W;
    for (int64_t h = window.top; h < window.bottom; h++)
      for (int64_t w = window.left; w < window.right; w++)
        scatter_add(sums, plane + h * d.W + w, LOAD(IN(0)[i]) / (wide)area);
  }
}
