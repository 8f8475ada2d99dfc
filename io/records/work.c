/* What a thread does for a sample: read, decode, augment, normalise. */
#include "colour.h"
#include "image.h"
#include "mx_image.h"
#include "read.h"

#include <math.h>
#include <string.h>

static void *begin(void *context) { return mx_workshop_new(context); }

static void end(void *state) { mx_workshop_free(state); }

/* (pixel - mean) * contrast * scale / std + illumination * scale / std, for floats; bytes stay, and
   signed ones have the mean taken off, which is rounded before. */
static void store(const mx_image_records *records, mx_sequence *random, const view *crop,
                  const mx_image_batch *batch, int64_t task) {
  const mx_augment *a = &records->augment;
  const double coin = mx_next_unit(random);
  const int is_mirrored = a->mirror || (a->rand_mirror && coin < 0.5);
  const double contrast = 1 + mx_draw(random, -a->max_random_contrast, a->max_random_contrast);
  const double illumination = mx_draw(random, -a->max_random_illumination,
                                      a->max_random_illumination);
  float mean[4], factor[4], shift[4];
  for (int64_t c = 0; c < a->channels; c++) {
    mean[c] = (float)(records->dtype == MX_IMAGE_I8 ? round(a->mean[c]) : a->mean[c]);
    factor[c] = (float)(contrast * a->scale) / (float)a->std[c];       /* as MXNet rounds */
    shift[c] = (float)(illumination * a->scale) / (float)a->std[c];
  }
  const int is_float = records->dtype == MX_IMAGE_F32;
  const int64_t size = a->channels * a->height * a->width * (is_float ? (int64_t)sizeof(float) : 1);
  const mx_image from = image_of(*crop, a->channels);
  const mx_image_planes to = {(char *)batch->data + task * size, records->dtype, is_mirrored, mean,
                              a->mean_image, is_float ? factor : NULL, is_float ? shift : NULL};
  mx_image_to_planes(&from, &to);
}

static int is_coloured(const mx_augment *a) {
  return a->brightness > 0 || a->contrast > 0 || a->saturation > 0 || a->pca_noise > 0
    || a->random_h || a->random_s || a->random_l;
}

/* The crop in memory of its own, without gaps between rows. */
static int change_colours(workshop *shop, mx_sequence *random, view *crop) {
  const mx_augment *a = &shop->records->augment;
  const int64_t row = a->width * a->channels;
  uint8_t *pixels = mx_room(&shop->turned, (extent){a->height, a->width}, a->channels);
  if (!pixels) return MX_SAMPLE_MEMORY;
  if (pixels != crop->pixels) {
    for (int64_t h = 0; h < a->height; h++) {
      memmove(pixels + h * row, crop->pixels + h * crop->stride, (size_t)row);
    }
  }
  mx_jitter_colours(a, random, pixels, a->height * a->width);
  *crop = (view){pixels, crop->size, row};
  return MX_SAMPLE_OK;
}

static int fill(void *state, void *into, int64_t task, mx_crew_error *error) {
  workshop *shop = state;
  const mx_image_batch *batch = into;
  if (!shop) return MX_SAMPLE_MEMORY;
  const mx_image_records *records = shop->records;
  const uint8_t *bytes;
  int64_t size;
  int status = mx_read_sample(records, shop->reader, batch, task, &bytes, &size, error);
  if (status) return status;
  mx_sequence random = mx_sequence_at(records->seed, batch->epochs[task], batch->records[task]);
  view crop;
  status = mx_make_crop(shop, bytes, size, &random, &crop, error);
  if (!status && is_coloured(&records->augment)) status = change_colours(shop, &random, &crop);
  if (status) return status;
  batch->doubtful[task] = (uint8_t)shop->is_doubtful;
  store(records, &random, &crop, batch, task);
  return MX_SAMPLE_OK;
}

mx_crew_work mx_image_records_work(const mx_image_records *records) {
  return (mx_crew_work){(void *)(uintptr_t)records, begin, end, fill, 0};
}
