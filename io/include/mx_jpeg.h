/* JPEG decoding by a libjpeg-turbo that is on the machine already: the one in Pillow's wheel, or
   the system's.  Decodes a window of the image, at a scale, straight into the caller's memory.

   Nothing here prints, exits or knows Python.  A library serves any number of threads, a decoder
   one at a time. */
#ifndef MX_JPEG_H
#define MX_JPEG_H

#include <stdint.h>

#define MX_JPEG_PIXELS ((int64_t)1 << 30)       /* the most an image may have, as in OpenCV */
#define MX_JPEG_MANY ((int64_t)1 << 26)         /* from here on, a byte must hold not more than */
#define MX_JPEG_PER_BYTE 4096                   /* so many: a block of 8 x 8 takes a bit at least */

enum {
  MX_JPEG_OK,
  MX_JPEG_DAMAGED,         /* mx_jpeg_message says what the library found */
  MX_JPEG_MEMORY,
  MX_JPEG_UNSUPPORTED      /* a JPEG whose colours need another decoder, such as four-colour ones */
};

typedef struct mx_jpeg_library mx_jpeg_library;
typedef struct mx_jpeg_decoder mx_jpeg_decoder;

/* NULL where the file is no libjpeg-turbo whose structs are as expected; `reason` (200 bytes) then
   says why. */
mx_jpeg_library *mx_jpeg_open(const char *path, char *reason);

/* The version of libjpeg's interface: 62, 70 or 80. */
int mx_jpeg_version(const mx_jpeg_library *library);

mx_jpeg_decoder *mx_jpeg_decoder_new(const mx_jpeg_library *library);
void mx_jpeg_decoder_free(mx_jpeg_decoder *decoder);

typedef struct mx_jpeg_info {
  int64_t height, width;             /* pixels, as stored */
  int64_t channels;                  /* of the file: 1, 3 or 4 */
  int orientation;                   /* 1 to 8, of EXIF; 1 where there is none */
} mx_jpeg_info;

/* What the bytes hold; they stay the caller's, and must stay until the decoding is over. */
int mx_jpeg_start(mx_jpeg_decoder *decoder, const void *bytes, int64_t size, mx_jpeg_info *info);

/* The least eighths of 1, 2, 4 and 8 at which height and width are still at least these.  Other
   eighths take longer than the whole image does. */
int mx_jpeg_eighths(const mx_jpeg_info *info, int64_t height, int64_t width);

/* `length` pixels at this many eighths. */
int64_t mx_jpeg_scaled(int64_t length, int eighths);

typedef struct mx_jpeg_window {
  int eighths;                       /* 8: the size as stored */
  int64_t top, left, height, width;  /* pixels of the scaled image */
} mx_jpeg_window;

/* Decode a window after mx_jpeg_start, as gray (channels 1) or red, green, blue (channels 3).
   stride: bytes from a row of `pixels` to the next.  warnings: how many the library had, of bytes
   that it passed over; the pixels are those it made up then. */
int mx_jpeg_decode(mx_jpeg_decoder *decoder, const mx_jpeg_window *window, int64_t channels,
                   uint8_t *pixels, int64_t stride, int64_t *warnings);

/* Of the last failure or warning; until the decoder is used again. */
const char *mx_jpeg_message(const mx_jpeg_decoder *decoder);

#endif
