/* Lines of the files of a table, block by block. */
#ifndef MX_LINES_H
#define MX_LINES_H

#include "mx_text.h"

/* A line with something on it. */
typedef struct row_text {
  int64_t begin, size;               /* in the bytes of the page, in bytes */
  int64_t file, line;                /* where it comes from */
} row_text;

/* The text of the rows of a batch, each with a \n behind it, and then ROOM_BEHIND bytes. */
enum { ROOM_BEHIND = 8 };


typedef struct page {
  char *bytes;
  int64_t size, capacity;            /* in bytes */
  row_text *rows;
  int64_t count, room;               /* in rows */
} page;

/* A window on the file of the next line. */
typedef struct lines {
  const mx_text_settings *settings;
  const mx_text_table *table;
  mx_text_place next;
  int descriptor;                    /* of the file that is open, or -1 */
  int64_t open_file;
  char *bytes;
  int64_t begin, end, capacity;      /* bytes[begin] is what stands at next.offset */
  int is_whole;                      /* the window reaches the end of the file */
} lines;

void lines_open(lines *lines, const mx_text_settings *settings, const mx_text_table *table);
void lines_close(lines *lines);

mx_text_place lines_start(const lines *lines);
void lines_seek(lines *lines, mx_text_place place);

/* Append the next `count` rows to a page, fewer at the end of the last file. */
int lines_take(lines *lines, int64_t count, page *page, mx_crew_error *error);

void page_free(page *page);

#endif
