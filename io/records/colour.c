/* Brightness, contrast and saturation in random order, then hue, saturation and lightness, then
   noise along the principal components of ImageNet's colours (Krizhevsky et al., 2012). */
#include "colour.h"

#include "geometry.h"
#include "mx_image.h"

#include <math.h>

enum { FEW = 2048 };                 /* pixels */

static uint8_t to_byte(double value) {
  return (uint8_t)lrint(fmax(0, fmin(255, value)));
}

void mx_scale_bytes(uint8_t *bytes, int64_t size, double factor, double offset) {
  uint8_t table[256];
  for (int value = 0; value < 256; value++) table[value] = to_byte(value * factor + offset);
  for (int64_t i = 0; i < size; i++) bytes[i] = table[bytes[i]];
}

/* 0.299 R + 0.587 G + 0.114 B in 14 bits. */
static int64_t luminance(const uint8_t *pixel) {
  return (4899 * pixel[0] + 9617 * pixel[1] + 1868 * pixel[2] + (1 << 13)) >> 14;
}

static void change_contrast(uint8_t *pixels, int64_t count, int64_t channels, double factor) {
  int64_t sum = 0;
  for (int64_t i = 0; i < count; i++) {
    sum += channels < 3 ? pixels[i * channels] : luminance(pixels + i * channels);
  }
  mx_scale_bytes(pixels, count * channels, factor, (1 - factor) * (double)sum / (double)count);
}

static void change_saturation(uint8_t *pixels, int64_t count, int64_t channels, double factor) {
  if (channels < 3) return;
  for (int64_t i = 0; i < count; i++) {
    uint8_t *pixel = pixels + i * channels;
    const double gray = (1 - factor) * (double)luminance(pixel);
    for (int64_t c = 0; c < 3; c++) pixel[c] = to_byte(pixel[c] * factor + gray);
  }
}

static void change_one(const mx_augment *a, int which, const double *factors, uint8_t *pixels,
                       int64_t count) {
  const double factor = factors[which];
  if (factor == 1) return;
  if (which == 0) mx_scale_bytes(pixels, count * a->channels, factor, 0);
  if (which == 1) change_contrast(pixels, count, a->channels, factor);
  if (which == 2) change_saturation(pixels, count, a->channels, factor);
}

static void jitter(const mx_augment *a, mx_sequence *random, uint8_t *pixels, int64_t count) {
  static const int orders[6][3] = {{0, 1, 2}, {0, 2, 1}, {1, 0, 2}, {1, 2, 0}, {2, 0, 1}, {2, 1, 0}};
  const double factors[3] = {1 + mx_draw(random, -a->brightness, a->brightness),
                             1 + mx_draw(random, -a->contrast, a->contrast),
                             1 + mx_draw(random, -a->saturation, a->saturation)};
  const int *order = orders[mx_draw_integer(random, 0, 5)];
  for (int i = 0; i < 3; i++) change_one(a, order[i], factors, pixels, count);
}

static uint8_t added(uint8_t value, int64_t shift, int64_t limit) {
  const int64_t sum = value + shift;
  return (uint8_t)(sum < 0 ? 0 : sum > limit ? limit : sum);
}

/* A few pixels at a time, which stay in the nearest cache. */
static void shift_few(uint8_t *pixels, int64_t count, uint8_t tables[3][256]) {
  const mx_image row = {pixels, 1, count, 3, 3 * count, MX_IMAGE_U8};
  mx_image_rgb_to_hls(&row, &row);
  for (int64_t i = 0; i < 3 * count; i += 3) {
    for (int c = 0; c < 3; c++) pixels[i + c] = tables[c][pixels[i + c]];
  }
  mx_image_hls_to_rgb(&row, &row);
}

void mx_shift_hls(uint8_t *pixels, int64_t count, int64_t hue, int64_t saturation,
                  int64_t lightness) {
  uint8_t tables[3][256];
  for (int value = 0; value < 256; value++) {
    tables[0][value] = added((uint8_t)value, hue, 180);
    tables[1][value] = added((uint8_t)value, lightness, 255);
    tables[2][value] = added((uint8_t)value, saturation, 255);
  }
  for (int64_t i = 0; i < count; i += FEW) {
    shift_few(pixels + 3 * i, count - i < FEW ? count - i : FEW, tables);
  }
}

static void shift(const mx_augment *a, mx_sequence *random, uint8_t *pixels, int64_t count) {
  const int64_t hue = mx_draw_integer(random, -a->random_h, a->random_h);
  const int64_t saturation = mx_draw_integer(random, -a->random_s, a->random_s);
  const int64_t lightness = mx_draw_integer(random, -a->random_l, a->random_l);
  if (a->channels == 3) mx_shift_hls(pixels, count, hue, saturation, lightness);
}

/* Two independent numbers of the normal distribution (Box and Muller, 1958). */
static void draw_normal(mx_sequence *random, double *first, double *second) {
  const double radius = sqrt(-2 * log(mx_next_unit(random)));
  const double angle = 2 * 3.14159265358979323846 * mx_next_unit(random);
  *first = radius * cos(angle);
  *second = radius * sin(angle);
}

static void add_noise(const mx_augment *a, mx_sequence *random, uint8_t *pixels, int64_t count) {
  static const double values[3] = {55.46, 4.794, 1.148};
  static const double vectors[3][3] = {{-0.5675, 0.7192, 0.4009}, {-0.5808, -0.0045, -0.8140},
                                       {-0.5836, -0.6948, 0.4203}};
  double drawn[4];
  draw_normal(random, &drawn[0], &drawn[1]);
  draw_normal(random, &drawn[2], &drawn[3]);
  uint8_t table[3][256];
  for (int c = 0; c < 3; c++) {
    double shift = 0;
    for (int i = 0; i < 3; i++) shift += vectors[c][i] * values[i] * drawn[i] * a->pca_noise;
    for (int value = 0; value < 256; value++) table[c][value] = to_byte(value + shift);
  }
  if (a->channels < 3) return;
  for (int64_t i = 0; i < count; i++) {
    uint8_t *pixel = pixels + i * a->channels;
    for (int64_t c = 0; c < 3; c++) pixel[c] = table[c][pixel[c]];
  }
}

void mx_jitter_colours(const mx_augment *a, mx_sequence *random, uint8_t *pixels, int64_t count) {
  if (a->brightness > 0 || a->contrast > 0 || a->saturation > 0) jitter(a, random, pixels, count);
  if (a->random_h || a->random_s || a->random_l) shift(a, random, pixels, count);
  if (a->pca_noise > 0) add_noise(a, random, pixels, count);
}
