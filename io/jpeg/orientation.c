/* EXIF 2.3, section 4.5.4: APP1 holds "Exif\0\0" and a TIFF file, whose first directory has the tag
   0x0112. */
#include "orientation.h"

#include <string.h>

enum { APP1 = 0xe1, START_OF_SCAN = 0xda, TAG = 0x0112, SHORT = 3, ENTRY = 12 };

typedef struct tiff {
  const uint8_t *bytes;
  int64_t size;
  int is_little;
} tiff;

static uint32_t number(const tiff *file, int64_t at, int count) {
  uint32_t value = 0;
  for (int i = 0; i < count; i++) {
    value = value << 8 | file->bytes[file->is_little ? at + count - 1 - i : at + i];
  }
  return value;
}

static int read_directory(const tiff *file) {
  const int64_t directory = number(file, 4, 4);
  if (directory + 2 > file->size) return 1;
  const int64_t entries = number(file, directory, 2);
  for (int64_t i = 0; i < entries; i++) {
    const int64_t entry = directory + 2 + ENTRY * i;
    if (entry + ENTRY > file->size) return 1;
    if (number(file, entry, 2) != TAG) continue;
    const uint32_t value = number(file, entry + 8, 2);
    return number(file, entry + 2, 2) == SHORT && value >= 1 && value <= 8 ? (int)value : 1;
  }
  return 1;
}

int mx_jpeg_orientation(const uint8_t *bytes, int64_t size) {
  int64_t at = 2;                    /* behind the start of the image */
  while (at + 4 <= size && bytes[at] == 0xff && bytes[at + 1] != START_OF_SCAN) {
    const int64_t length = bytes[at + 2] << 8 | bytes[at + 3];
    const uint8_t *segment = bytes + at + 4;
    if (length < 2 || at + 2 + length > size) return 1;
    if (bytes[at + 1] == APP1 && length >= 2 + 6 + 8 && !memcmp(segment, "Exif\0\0", 6)) {
      const tiff file = {segment + 6, length - 2 - 6, segment[6] == 'I'};
      return read_directory(&file);
    }
    at += 2 + length;
  }
  return 1;
}
