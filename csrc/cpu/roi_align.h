/* Regions of ROIAlign, for the CPU and the GPU. */
#ifndef ROI_ALIGN_H
#define ROI_ALIGN_H
#include <stdint.h>

/* columns: 5, the first one the number of the image, or 4.  sensitive: every bin has channels of
 * its own, C' = C * PH * PW; else C' = C.  ratio: samples of a bin along an axis; 0: a pixel. */
typedef struct {
  int64_t N, C, H, W, R, PH, PW, columns, ratio, sensitive, aligned;
  double scale;
} roi_align_dims;

/* Samples along one axis are at most so many, so that no value of a region makes the work endless. */
enum { ROI_SAMPLES = 1 << 20 };
#endif
