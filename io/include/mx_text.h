/* Rows of numbers in text files, to batches of numbers; each batch is one task of a crew.

   A thread first waits for its batch's turn, and cuts the lines of the batch out of the files; then
   it parses them while the next thread cuts.  Memory holds a block of the open files and, for each
   thread, the text of a batch.

   A pass over the files ends behind a batch with `pad`, or else with a batch of 0 rows.  With
   `is_round` a batch that a pass leaves short is filled up from the first rows on, and the next
   pass goes on behind those; else with what the batch before has in its place, or with zeros. */
#ifndef MX_TEXT_H
#define MX_TEXT_H

#include "mx_crew.h"

enum { MX_TEXT_F32, MX_TEXT_F64, MX_TEXT_I32, MX_TEXT_I64 };

enum {
  MX_TEXT_CSV,                       /* numbers and commas */
  MX_TEXT_LIBSVM                     /* label index:value index:value ... # comment */
};

/* What went wrong.  numbers: file, line (from 0 on), and what stands here; then the size of
   `message`, which is text of the file.  Label files count on from those of the data. */
enum {
  MX_TEXT_OK,
  MX_TEXT_FIELD,                     /* no number of the dtype; column (from 0 on) */
  MX_TEXT_COUNT,                     /* a row of as many numbers, which is not `columns` */
  MX_TEXT_LABEL,                     /* a LibSVM line begins with no number */
  MX_TEXT_PAIR,                      /* not index:value; column */
  MX_TEXT_INDEX,                     /* an index not below `columns`; column */
  MX_TEXT_LONG,                      /* a line of more than `longest` bytes */
  MX_TEXT_IO,                        /* an errno */
  MX_TEXT_MEMORY,
  MX_TEXT_NO_ROWS,                   /* numbers[0]: of table 0 or 1 */
  MX_TEXT_UNEVEN                     /* numbers: the table that ends first, and after which row */
};

typedef struct mx_text_file {
  const char *path;
  int64_t begin, end;                /* in bytes; lines of other parts of it are not for us */
} mx_text_file;

typedef struct mx_text_table {
  const mx_text_file *files;
  int64_t num_files;                 /* 0: there is no such table */
  int64_t columns;
} mx_text_table;

/* It must outlive the mx_text. */
typedef struct mx_text_settings {
  mx_text_table tables[2];           /* data and labels; without the latter zeros, or LibSVM's */
  int format, dtype, is_round;
  int64_t block, longest;            /* bytes to read at once; bytes of a line, at most */
} mx_text_settings;

/* The next line of a table. */
typedef struct mx_text_place {
  int64_t file, offset, line, row;
} mx_text_place;

/* Between two batches. */
typedef struct mx_text_state {
  mx_text_place next[2], before[2];  /* before: where the last batch of this pass began */
  int64_t has_before;
} mx_text_state;

typedef struct mx_text mx_text;

/* Rows of LibSVM as a csr matrix: row i has the pairs from starts[i] to starts[i + 1], by ascending
   columns.  columns and values are allocated as rows are parsed; zeros at first. */
typedef struct mx_text_pairs {
  int64_t *starts;                   /* (size + 1,) of the batch, the caller's */
  int64_t *columns;
  void *values;                      /* of the dtype */
  int64_t count, room;
} mx_text_pairs;

void mx_text_pairs_free(mx_text_pairs *pairs);

/* NULL: no memory. */
mx_text *mx_text_new(const mx_text_settings *settings);
void mx_text_free(mx_text *text);

/* Go to a state, NULL for the first row; the next batch has number 0.  No thread may be at work. */
void mx_text_seek(mx_text *text, const mx_text_state *state);

typedef struct mx_text_batch {
  mx_text *text;
  int64_t number, size;              /* batches are cut in the order of their numbers; rows */
  void *data, *labels;               /* (size, columns) of each table; (size,) without the second */
  mx_text_pairs pairs[2];            /* of LibSVM, in place of what has columns */
  uint64_t *index;                   /* (size,): numbers of the rows */
  int64_t rows, pad;                 /* made: rows of this pass, and those that fill it up */
  mx_text_state after;               /* made */
} mx_text_batch;

mx_crew_work mx_text_work(mx_text *text);

#endif
