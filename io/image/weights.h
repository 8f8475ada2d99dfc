/* The weights of neighbours by their distance. */
#ifndef MX_IMAGE_WEIGHTS_H
#define MX_IMAGE_WEIGHTS_H

/* Of the 2 (linear), 4 (cubic) or 8 (Lanczos) pixels in a row around a point that lies `at` behind
   the one before it, 0 <= at < 1. */
void weights_of(float at, int taps, float *weight);

#endif
