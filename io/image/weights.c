/* Linear, cubic and Lanczos weights, in float32 as OpenCV takes them. */
#include "weights.h"

#include <float.h>
#include <math.h>

static const double PI = 3.14159265358979323846;

/* Keys, 1981, with a = -3/4: of the four pixels around a point `at` behind the second. */
static void cubic(float at, float *weight) {
  const float a = -0.75f, near = 1 - at, far = at + 1;
  weight[0] = ((a * far - 5 * a) * far + 8 * a) * far - 4 * a;
  weight[1] = ((a + 2) * at - (a + 3)) * at * at + 1;
  weight[2] = ((a + 2) * near - (a + 3)) * near * near + 1;
  weight[3] = 1.f - weight[0] - weight[1] - weight[2];
}

/* sin(pi d) sin(pi d / 4) / d^2 of the distances d, scaled to a sum of 1: the first sine only
   changes its sign from tap to tap, and the scaling takes the rest of it away. */
static void lanczos4(float at, float *weight) {
  for (int k = 0; k < 8; k++) weight[k] = 0;
  const float ahead = at + 3;        /* of the first pixel */
  if (at < FLT_EPSILON || ahead == 3 || ahead == 4) {      /* on a pixel; OpenCV divides 0 by 0 */
    weight[ahead == 4 ? 4 : 3] = 1;
    return;
  }
  float sum = 0;
  for (int k = 0; k < 8; k++) {
    const double angle = -((double)ahead - k) * PI * 0.25;
    weight[k] = (float)((k % 2 ? -sin(angle) : sin(angle)) / (angle * angle));
    sum += weight[k];
  }
  const float scale = 1.f / sum;
  for (int k = 0; k < 8; k++) weight[k] *= scale;
}

void weights_of(float at, int taps, float *weight) {
  if (taps == 8) {
    lanczos4(at, weight);
  } else if (taps == 4) {
    cubic(at, weight);
  } else {
    weight[0] = 1.f - at;
    weight[1] = at;
  }
}
