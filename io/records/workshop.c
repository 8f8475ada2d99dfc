/* The buffers and decoders of a thread. */
#include "workshop.h"

#include <stdlib.h>

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

uint8_t *mx_room(buffer *buffer, int64_t pixels, int64_t channels) {
  if (pixels * channels > buffer->capacity) {
    free(buffer->bytes);
    buffer->bytes = malloc((size_t)(pixels * channels));
    buffer->capacity = buffer->bytes ? pixels * channels : 0;
  }
  return buffer->bytes;
}

uint8_t *mx_step_room(workshop *shop, extent size) {
  shop->step = !shop->step;
  return mx_room(&shop->steps[shop->step], size.height * size.width,
                 shop->records->augment.channels);
}
