/* Cuts files into lines.  A line ends with \n, \r\n, \r, or with the file. */
#define _GNU_SOURCE
#include "lines.h"

#include "number.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

static const char MARK[] = "\xef\xbb\xbf";       /* of UTF-8, at the beginning of a file */

void lines_open(lines *lines, const mx_text_settings *settings, const mx_text_table *table) {
  memset(lines, 0, sizeof *lines);
  lines->settings = settings;
  lines->table = table;
  lines->descriptor = -1;
  lines->next = lines_start(lines);
}

void lines_close(lines *lines) {
  if (lines->descriptor >= 0) close(lines->descriptor);
  free(lines->bytes);
}

mx_text_place lines_start(const lines *lines) {
  return (mx_text_place){0, lines->table->num_files ? lines->table->files[0].begin : 0, 0, 0};
}

void lines_seek(lines *lines, mx_text_place place) {
  lines->next = place;
  lines->begin = lines->end = lines->is_whole = 0;
}

static int fail(const lines *lines, int status, int64_t number, mx_crew_error *error) {
  error->numbers[0] = lines->next.file;
  error->numbers[1] = lines->next.line;
  error->numbers[2] = number;
  return status;
}

static int open_next(lines *lines, mx_crew_error *error) {
  if (lines->descriptor >= 0) close(lines->descriptor);
  lines->descriptor = open(lines->table->files[lines->next.file].path, O_RDONLY | O_CLOEXEC);
  if (lines->descriptor < 0) return fail(lines, MX_TEXT_IO, errno, error);
  lines->open_file = lines->next.file;
  return MX_TEXT_OK;
}

/* Room for more behind the window, which moves to the front. */
static int make_room(lines *lines, mx_crew_error *error) {
  if (lines->begin) {
    memmove(lines->bytes, lines->bytes + lines->begin, (size_t)(lines->end - lines->begin));
    lines->end -= lines->begin;
    lines->begin = 0;
  }
  if (lines->end < lines->capacity) return MX_TEXT_OK;
  if (lines->end > lines->settings->longest) {
    return fail(lines, MX_TEXT_LONG, lines->settings->longest, error);
  }
  const int64_t capacity = lines->capacity ? 2 * lines->capacity : lines->settings->block;
  char *bytes = realloc(lines->bytes, (size_t)capacity);
  if (!bytes) return fail(lines, MX_TEXT_MEMORY, capacity, error);
  lines->bytes = bytes;
  lines->capacity = capacity;
  return MX_TEXT_OK;
}

static void skip_mark(lines *lines) {
  const int64_t size = sizeof MARK - 1;
  if (lines->next.offset || lines->end < size || memcmp(lines->bytes, MARK, (size_t)size)) return;
  lines->begin = lines->next.offset = size;
}

/* Make the window reach farther. */
static int load(lines *lines, mx_crew_error *error) {
  int status = MX_TEXT_OK;
  const int is_open = lines->descriptor >= 0 && lines->open_file == lines->next.file;
  if (!is_open) status = open_next(lines, error);
  if (!status) status = make_room(lines, error);
  if (status) return status;
  const int64_t from = lines->next.offset + lines->end;
  const int64_t left = lines->table->files[lines->next.file].end - from;
  int64_t room = lines->capacity - lines->end;
  if (room > left) room = left > 0 ? left : 0;
  ssize_t count;
  do {
    count = pread(lines->descriptor, lines->bytes + lines->end, (size_t)room, (off_t)from);
  } while (count < 0 && errno == EINTR);
  if (count < 0) return fail(lines, MX_TEXT_IO, errno, error);
  lines->is_whole = count == 0;
  lines->end += count;
  if (lines->end == count) skip_mark(lines);
  return MX_TEXT_OK;
}

/* The first \n or \r, or `end`; eight bytes at a time, as long as none of them is 0 after ^. */
static const char *find_line_end(const char *p, const char *end) {
  const uint64_t ones = 0x0101010101010101, tops = ones << 7;
  for (; end - p >= 8; p += 8) {
    uint64_t word;
    memcpy(&word, p, sizeof word);
    const uint64_t newline = word ^ ones * '\n', back = word ^ ones * '\r';
    if (((newline - ones) & ~newline & tops) | ((back - ones) & ~back & tops)) break;
  }
  while (p < end && *p != '\n' && *p != '\r') p++;
  return p;
}

/* Bytes of the next line, and with its end; a `step` of 0 at the end of the file. */
static int find_line(lines *lines, int64_t *size, int64_t *step, mx_crew_error *error) {
  int64_t seen = 0;
  for (;;) {
    const char *begin = lines->bytes + lines->begin, *end = lines->bytes + lines->end;
    const char *stop = find_line_end(begin + seen, end);
    const int is_return = stop < end && *stop == '\r';
    seen = stop - begin;
    if (stop < end && (!is_return || stop + 1 < end || lines->is_whole)) {
      *step = seen + 1 + (is_return && stop + 1 < end && stop[1] == '\n');
      break;
    }
    if (lines->is_whole) {
      *step = seen;
      break;
    }
    const int status = load(lines, error);
    if (status) return status;
  }
  *size = seen;
  if (seen <= lines->settings->longest) return MX_TEXT_OK;
  return fail(lines, MX_TEXT_LONG, lines->settings->longest, error);
}

/* For a row, and `size` bytes. */
static int has_room(page *page, int64_t size) {
  if (page->count == page->room) {
    const int64_t room = page->room ? 2 * page->room : 64;
    row_text *rows = realloc(page->rows, (size_t)room * sizeof *rows);
    if (!rows) return 0;
    page->rows = rows;
    page->room = room;
  }
  if (size > page->capacity - page->size) {
    const int64_t capacity = 2 * page->capacity + size;
    char *bytes = realloc(page->bytes, (size_t)capacity);
    if (!bytes) return 0;
    page->bytes = bytes;
    page->capacity = capacity;
  }
  return 1;
}

void page_free(page *page) {
  free(page->bytes);
  free(page->rows);
}

/* Put the line into the page, if it is a row. */
static int add(lines *lines, int64_t size, page *page, mx_crew_error *error) {
  const char *line = lines->bytes + lines->begin;
  const char *first = skip_space(line, line + size);
  if (first == line + size) return MX_TEXT_OK;
  if (lines->settings->format == MX_TEXT_LIBSVM && *first == '#') return MX_TEXT_OK;
  if (!has_room(page, size + 1 + ROOM_BEHIND)) return fail(lines, MX_TEXT_MEMORY, size, error);
  memcpy(page->bytes + page->size, line, (size_t)size);
  page->rows[page->count++] = (row_text){page->size, size, lines->next.file, lines->next.line};
  page->size += size;
  page->bytes[page->size++] = '\n';
  lines->next.row++;
  return MX_TEXT_OK;
}

int lines_take(lines *lines, int64_t count, page *page, mx_crew_error *error) {
  const int64_t goal = page->count + count;
  while (page->count < goal && lines->next.file < lines->table->num_files) {
    int64_t size, step;
    int status = find_line(lines, &size, &step, error);
    if (!status && step) status = add(lines, size, page, error);
    if (status) return status;
    lines->begin += step;
    lines->next.offset += step;
    lines->next.line++;
    if (step) continue;
    const int64_t file = lines->next.file + 1;
    const int64_t begin = file < lines->table->num_files ? lines->table->files[file].begin : 0;
    lines_seek(lines, (mx_text_place){file, begin, 0, lines->next.row});
  }
  return MX_TEXT_OK;
}
