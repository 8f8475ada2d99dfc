/* The part of libjpeg's binary interface that is the same in its versions 6b, 7 and 8: the first
   fields of its structs, and a few functions, which are looked up by name.  The sizes of the
   structs are asked of the library itself. */
#ifndef MX_JPEG_ABI_H
#define MX_JPEG_ABI_H

#include <stddef.h>

typedef struct jpeg_errors {
  void (*error_exit)(void *state);
  void (*emit_message)(void *state, int level);
  void (*output_message)(void *state);
  void (*format_message)(void *state, char *text);     /* at most 200 bytes */
  void (*reset)(void *state);
  int code;
  union { int numbers[8]; char text[80]; } parameters;
  int trace_level;
  long warnings;
  char rest[512];                    /* more than any version has */
} jpeg_errors;

enum { JPEG_GRAY = 1, JPEG_RGB = 2, JPEG_YCC = 3 };    /* colour spaces */

typedef struct jpeg_state {
  jpeg_errors *errors;
  void *memory, *progress, *client;
  int is_decompressor, stage;
  void *source;
  unsigned image_width, image_height;
  int num_components, file_colours, out_colours;
  unsigned scale_num, scale_denom;
  double gamma;
  int buffered, raw, dct_method, fancy_upsampling, block_smoothing;
  int quantize, dither, two_pass, num_colours, one_pass_map, external_map, two_pass_map;
  unsigned output_width, output_height;
  int colour_components, output_components, advised_rows, palette_size;
  void *palette;
  unsigned output_scanline;
  /* more follows; the library says how much */
} jpeg_state;

struct mx_jpeg_library {
  void *handle;
  int version;
  size_t state_size;
  jpeg_errors *(*std_error)(jpeg_errors *errors);
  void (*create)(void *state, int version, size_t size);
  void (*destroy)(void *state);
  void (*memory_source)(void *state, const unsigned char *bytes, unsigned long size);
  int (*read_header)(void *state, int require_image);
  int (*start)(void *state);
  void (*crop)(void *state, unsigned *left, unsigned *width);
  unsigned (*skip)(void *state, unsigned rows);
  unsigned (*read)(void *state, unsigned char **rows, unsigned count);
  void (*abort)(void *state);
};

#endif
