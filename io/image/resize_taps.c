/* Resizing by weighted neighbours: the sums across a source row are kept for as long as rows of the
   result need them. */
#include "resize.h"

#include <stdlib.h>

enum { ALIGN = 64, SPARE = 16 };     /* bytes; SPARE: passes may write as many behind a row */

typedef struct row_ring {
  char *memory;
  char *row[MOST_TAPS];
  int64_t held[MOST_TAPS];           /* which source row's sums; -1: none */
} row_ring;

static int ring_new(row_ring *ring, int rows, int64_t bytes) {
  bytes = (bytes + SPARE + ALIGN - 1) / ALIGN * ALIGN;
  ring->memory = malloc((size_t)(rows * bytes + ALIGN));
  if (!ring->memory) return MX_IMAGE_MEMORY;
  const int64_t skip = ALIGN - (int64_t)((uintptr_t)ring->memory % ALIGN);
  for (int k = 0; k < rows; k++) {
    ring->row[k] = ring->memory + skip + k * bytes;
    ring->held[k] = -1;
  }
  return MX_IMAGE_OK;
}

static void fill(const resize_job *job, const resize_passes *passes, const resize_taps *across,
                 const resize_taps *down, row_ring *ring) {
  const int64_t channels = job->src.channels, count = job->dst.width * channels;
  for (int64_t y = 0; y < job->dst.height; y++) {
    void *sums[MOST_TAPS];
    for (int k = 0; k < down->taps; k++) {
      const int64_t row = clip(down->start[y] + k, job->src.height), slot = row % down->taps;
      if (ring->held[slot] != row) {
        passes->across(ring->row[slot], row_of(&job->src, row), across, job->src.width, channels);
        ring->held[slot] = row;
      }
      sums[k] = ring->row[slot];
    }
    passes->down(row_of(&job->dst, y), sums, down, y, count, job->across.first * channels,
                 job->across.to * channels);
  }
}

int resize_by_taps(const resize_job *job, const resize_passes *passes) {
  resize_taps across, down;
  row_ring ring;
  int status = taps_new(&across, &job->across, job->interp, 1);
  if (status != MX_IMAGE_OK) return status;
  status = taps_new(&down, &job->down, job->interp, 0);
  if (status == MX_IMAGE_OK) {
    status = ring_new(&ring, down.taps, job->dst.width * job->src.channels * passes->element);
    if (status == MX_IMAGE_OK) {
      fill(job, passes, &across, &down, &ring);
      free(ring.memory);
    }
    taps_free(&down);
  }
  taps_free(&across);
  return status;
}
