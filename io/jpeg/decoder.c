/* Decodes JPEG with the functions that library.c found. */
#include "mx_jpeg.h"

#include "abi.h"
#include "orientation.h"

#include <setjmp.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* The inverse transform is over blocks, and colours are interpolated between them: pixels at a
   window's edge are those of the whole image only if decoding begins this many blocks earlier. */
enum { MARGIN = 32 };                /* pixels, two of the largest blocks */
enum { ROWS = 16 };                  /* to ask for at once */

struct mx_jpeg_decoder {
  jpeg_errors errors;                /* first: the library knows the decoder by this address */
  jmp_buf escape;
  const mx_jpeg_library *library;
  jpeg_state *state;
  uint8_t *rows;                     /* ROWS rows of the columns that are decoded */
  int64_t capacity;                  /* bytes */
  char message[200];
};

static void fail(void *state) {
  mx_jpeg_decoder *decoder = (mx_jpeg_decoder *)((jpeg_state *)state)->errors;
  decoder->errors.format_message(state, decoder->message);
  longjmp(decoder->escape, 1);
}

/* level: -1 for a warning; others are traces. */
static void note(void *state, int level) {
  mx_jpeg_decoder *decoder = (mx_jpeg_decoder *)((jpeg_state *)state)->errors;
  if (level >= 0) return;
  if (decoder->errors.warnings++ == 0) decoder->errors.format_message(state, decoder->message);
}

/* 0 where the library refuses. */
static int create(mx_jpeg_decoder *decoder) {
  decoder->state->errors = decoder->library->std_error(&decoder->errors);
  decoder->errors.error_exit = fail;
  decoder->errors.emit_message = note;
  if (setjmp(decoder->escape)) return 0;
  decoder->library->create(decoder->state, decoder->library->version, decoder->library->state_size);
  return 1;
}

mx_jpeg_decoder *mx_jpeg_decoder_new(const mx_jpeg_library *library) {
  mx_jpeg_decoder *decoder = calloc(1, sizeof *decoder);
  if (!decoder) return NULL;
  decoder->library = library;
  decoder->state = calloc(1, library->state_size);
  if (decoder->state && create(decoder)) return decoder;
  free(decoder->state);
  free(decoder);
  return NULL;
}

void mx_jpeg_decoder_free(mx_jpeg_decoder *decoder) {
  if (!decoder) return;
  decoder->library->destroy(decoder->state);
  free(decoder->state);
  free(decoder->rows);
  free(decoder);
}

const char *mx_jpeg_message(const mx_jpeg_decoder *decoder) { return decoder->message; }

int mx_jpeg_start(mx_jpeg_decoder *decoder, const void *bytes, int64_t size, mx_jpeg_info *info) {
  const mx_jpeg_library *library = decoder->library;
  jpeg_state *state = decoder->state;
  decoder->message[0] = '\0';
  if (setjmp(decoder->escape)) {
    library->abort(state);
    return MX_JPEG_DAMAGED;
  }
  library->abort(state);             /* what an earlier start has left */
  decoder->errors.warnings = 0;
  library->memory_source(state, bytes, (unsigned long)size);
  library->read_header(state, 1);
  info->height = state->image_height;
  info->width = state->image_width;
  info->channels = state->num_components;
  info->orientation = mx_jpeg_orientation(bytes, size);
  const int64_t pixels = info->height * info->width;
  const int is_empty = pixels > MX_JPEG_MANY && pixels / MX_JPEG_PER_BYTE > size;
  if (pixels <= MX_JPEG_PIXELS && !is_empty) return MX_JPEG_OK;
  snprintf(decoder->message, sizeof decoder->message, "%u x %u pixels are more than %s",
           state->image_height, state->image_width, pixels > MX_JPEG_PIXELS ? "2^30" : "these bytes can hold");
  return MX_JPEG_DAMAGED;
}

int64_t mx_jpeg_scaled(int64_t length, int eighths) { return (length * eighths + 7) / 8; }

int mx_jpeg_eighths(const mx_jpeg_info *info, int64_t height, int64_t width) {
  int eighths = 1;
  while (eighths < 8 && (mx_jpeg_scaled(info->height, eighths) < height
                         || mx_jpeg_scaled(info->width, eighths) < width)) {
    eighths *= 2;
  }
  return eighths;
}

static int reserve_rows(mx_jpeg_decoder *decoder, int64_t width) {
  if (ROWS * width <= decoder->capacity) return 1;
  uint8_t *rows = realloc(decoder->rows, (size_t)(ROWS * width));
  if (!rows) return 0;
  decoder->rows = rows;
  decoder->capacity = ROWS * width;
  return 1;
}

/* After jpeg_start_decompress: leave out the columns and rows that the window does not need.
   Gives how many pixels left of the window decoding begins. */
static int64_t narrow(mx_jpeg_decoder *decoder, const mx_jpeg_window *window) {
  jpeg_state *state = decoder->state;
  const int64_t top = window->top - MARGIN, right = window->left + window->width + MARGIN;
  unsigned left = window->left > MARGIN ? (unsigned)(window->left - MARGIN) : 0;
  unsigned width = (right < state->output_width ? (unsigned)right : state->output_width) - left;
  if (width < state->output_width) decoder->library->crop(state, &left, &width);
  else left = 0;
  if (top > 0) decoder->library->skip(state, (unsigned)top);
  return window->left - left;
}

/* Rows of the whole width go straight into `pixels`, others by way of the decoder's own rows. */
static int read_rows(mx_jpeg_decoder *decoder, const mx_jpeg_window *window, int64_t channels,
                     uint8_t *pixels, int64_t stride) {
  jpeg_state *state = decoder->state;
  const int64_t left = narrow(decoder, window) * channels;
  const int64_t width = (int64_t)state->output_width * channels, size = window->width * channels;
  if (!reserve_rows(decoder, width)) return MX_JPEG_MEMORY;
  const int is_direct = width == size;
  for (int64_t begin = (int64_t)state->output_scanline - window->top; begin < window->height; ) {
    unsigned char *rows[ROWS];
    const int64_t rest = window->height - begin, count = rest < ROWS ? rest : ROWS;
    for (int64_t h = 0; h < count; h++) {
      rows[h] = is_direct && begin + h >= 0 ? pixels + (begin + h) * stride
                                            : decoder->rows + h * width;
    }
    const int64_t done = decoder->library->read(state, rows, (unsigned)count);
    if (!done) break;
    for (int64_t h = begin < 0 ? -begin : 0; h < done && !is_direct; h++) {
      memcpy(pixels + (begin + h) * stride, rows[h] + left, (size_t)size);
    }
    begin += done;
  }
  return MX_JPEG_OK;
}

int mx_jpeg_decode(mx_jpeg_decoder *decoder, const mx_jpeg_window *window, int64_t channels,
                   uint8_t *pixels, int64_t stride, int64_t *warnings) {
  const mx_jpeg_library *library = decoder->library;
  jpeg_state *state = decoder->state;
  if (state->num_components != 1 && state->num_components != 3) return MX_JPEG_UNSUPPORTED;
  if (setjmp(decoder->escape)) {
    library->abort(state);
    return MX_JPEG_DAMAGED;
  }
  state->out_colours = channels == 1 ? JPEG_GRAY : JPEG_RGB;
  state->scale_num = (unsigned)window->eighths;
  state->scale_denom = 8;
  library->start(state);
  const int status = read_rows(decoder, window, channels, pixels, stride);
  *warnings = decoder->errors.warnings;
  library->abort(state);
  return status;
}
