/* The weights of the pixels around a place, for warps with four or eight taps a side. */
#include "warp.h"
#include "weights.h"

#include <math.h>
#include <stdlib.h>

static int16_t saturated_share(float share) {
  const long value = lrintf(share * (1 << SHARE_BITS));
  return (int16_t)(value > INT16_MAX ? INT16_MAX : value < INT16_MIN ? INT16_MIN : value);
}

/* What rounding took from the sum, or added, goes to one weight: the largest or the smallest of the
   four behind the middle, as in OpenCV. */
static void mend_sum(int16_t *share, int taps, int sum) {
  const int excess = sum - (1 << SHARE_BITS), middle = taps / 2;
  int16_t *least = share + middle * taps + middle, *most = least;
  if (!excess) return;
  for (int y = middle; y < middle + 2; y++) {
    for (int x = middle; x < middle + 2; x++) {
      int16_t *here = share + y * taps + x;
      if (*here < *least) least = here;
      else if (*here > *most) most = here;
    }
  }
  int16_t *mended = excess < 0 ? most : least;
  *mended = (int16_t)(*mended - excess);
}

int16_t *warp_shares(int taps) {
  float weight[STEPS][8];
  int16_t *shares = malloc((size_t)(STEPS * STEPS * taps * taps) * sizeof *shares);
  if (!shares) return NULL;
  for (int step = 0; step < STEPS; step++) weights_of((float)step / STEPS, taps, weight[step]);
  int16_t *share = shares;
  for (int down = 0; down < STEPS; down++) {
    for (int across = 0; across < STEPS; across++, share += taps * taps) {
      int sum = 0;
      for (int y = 0; y < taps; y++) {
        for (int x = 0; x < taps; x++) {
          const int16_t value = saturated_share(weight[down][y] * weight[across][x]);
          share[y * taps + x] = value;
          sum += value;
        }
      }
      mend_sum(share, taps, sum);
    }
  }
  return shares;
}
