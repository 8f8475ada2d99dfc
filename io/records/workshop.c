/* The buffers and decoders of a thread. */
#include "workshop.h"

#include "mx_scratch.h"

#include <stdlib.h>

static const int64_t MOST_BYTES = (int64_t)1 << 32;         /* of an image with its border */

void mx_workshop_free(workshop *shop) {
  mx_rec_reader_free(shop->reader);
  mx_jpeg_decoder_free(shop->jpeg);
  if (shop->keep) shop->records->other.release(shop->keep);
  free(shop->decoded.bytes);
  free(shop->turned.bytes);
  free(shop->steps[0].bytes);
  free(shop->steps[1].bytes);
  free(shop);
}

workshop *mx_workshop_new(const mx_image_records *records) {
  workshop *shop = calloc(1, sizeof *shop);
  if (!shop) return NULL;
  shop->records = records;
  shop->reader = mx_rec_reader_new(&records->source);
  if (records->jpeg) shop->jpeg = mx_jpeg_decoder_new(records->jpeg);
  if (shop->reader && (shop->jpeg || !records->jpeg)) return shop;
  mx_workshop_free(shop);
  return NULL;
}

static int64_t bytes_of(extent size, int64_t channels) {
  return mx_product(mx_product(size.height, size.width), channels);
}

uint8_t *mx_room(buffer *buffer, extent size, int64_t channels) {
  const int64_t bytes = bytes_of(size, channels);
  if (bytes > buffer->capacity) {
    free(buffer->bytes);
    buffer->bytes = malloc((size_t)bytes);
    buffer->capacity = buffer->bytes ? bytes : 0;
  }
  return buffer->bytes;
}

uint8_t *mx_step_room(workshop *shop, extent size) {
  const int64_t channels = shop->records->augment.channels;
  if (bytes_of(size, channels) > MOST_BYTES) return NULL;
  shop->step = !shop->step;
  return mx_room(&shop->steps[shop->step], size, channels);
}
