/* What a thread does for a batch: cut its text out of the files, in turn, and parse it. */
#include "lines.h"
#include "number.h"
#include "row.h"

#include <pthread.h>
#include <stdlib.h>
#include <string.h>

enum { DATA, LABELS };

struct mx_text {
  const mx_text_settings *settings;
  lines lines[2];
  mx_text_state state;               /* but for `next`, which is that of `lines` */
  pthread_mutex_t lock;
  pthread_cond_t is_turn;
  int64_t turn;                      /* the number of the batch to be cut next */
};

typedef struct workshop { page pages[2]; } workshop;

mx_text *mx_text_new(const mx_text_settings *settings) {
  mx_text *text = calloc(1, sizeof *text);
  if (!text) return NULL;
  text->settings = settings;
  for (int i = 0; i < 2; i++) lines_open(&text->lines[i], settings, &settings->tables[i]);
  pthread_mutex_init(&text->lock, NULL);
  pthread_cond_init(&text->is_turn, NULL);
  return text;
}

void mx_text_free(mx_text *text) {
  if (!text) return;
  for (int i = 0; i < 2; i++) lines_close(&text->lines[i]);
  pthread_mutex_destroy(&text->lock);
  pthread_cond_destroy(&text->is_turn);
  free(text);
}

/* The next pass begins with the first row. */
static void rewind_all(mx_text *text) {
  for (int i = 0; i < 2; i++) lines_seek(&text->lines[i], lines_start(&text->lines[i]));
}

void mx_text_seek(mx_text *text, const mx_text_state *state) {
  text->turn = 0;
  memset(&text->state, 0, sizeof text->state);
  rewind_all(text);
  if (!state) return;
  text->state = *state;
  for (int i = 0; i < 2; i++) lines_seek(&text->lines[i], state->next[i]);
}

/* ---------------------------------------------------------------- cutting, one thread at a time */

/* Cut the next rows out of both tables, `most` or what is left, for the places from `at` on. */
static int take(mx_text *text, workshop *shop, mx_text_batch *batch, int64_t at, int64_t most,
                int64_t *taken, mx_crew_error *error) {
  const int64_t first = text->lines[DATA].next.row;
  int64_t count[2] = {0, 0};
  for (int i = 0; i < 2 && text->settings->tables[i].num_files; i++) {
    page *page = &shop->pages[i];
    const int64_t before = page->count;
    const int status = lines_take(&text->lines[i], most, page, error);
    if (i == LABELS) error->numbers[0] += text->settings->tables[DATA].num_files;
    if (status) return status;
    count[i] = page->count - before;
    error->numbers[0] = i;
    if (text->lines[i].next.row == 0) return MX_TEXT_NO_ROWS;
  }
  *taken = count[DATA];
  for (int64_t i = 0; i < count[DATA] && at + i < batch->size; i++) {
    batch->index[at + i] = (uint64_t)(first + i);
  }
  if (!text->settings->tables[LABELS].num_files || count[DATA] == count[LABELS]) return MX_TEXT_OK;
  const int shorter = count[LABELS] < count[DATA] ? LABELS : DATA;
  error->numbers[0] = shorter;
  error->numbers[1] = text->lines[shorter].next.row;
  return MX_TEXT_UNEVEN;
}

/* Fill the batch up from the first rows on. */
static int go_round(mx_text *text, workshop *shop, mx_text_batch *batch, mx_crew_error *error) {
  int64_t taken = 0;
  for (int64_t count = batch->rows; count < batch->size; count += taken) {
    rewind_all(text);
    const int status = take(text, shop, batch, count, batch->size - count, &taken, error);
    if (status) return status;
  }
  return MX_TEXT_OK;
}

/* Fill the batch up with what stands at the same places of the batch before. */
static int repeat(mx_text *text, workshop *shop, mx_text_batch *batch, mx_crew_error *error) {
  const int64_t count = batch->rows;
  int64_t taken = 0;
  int status = MX_TEXT_OK;
  memset(batch->index + count, 0, (size_t)(batch->size - count) * sizeof *batch->index);
  if (text->state.has_before) {
    for (int i = 0; i < 2; i++) lines_seek(&text->lines[i], text->state.before[i]);
    const int64_t first = text->lines[DATA].next.row;
    status = take(text, shop, batch, batch->size, batch->size, &taken, error);
    for (int64_t i = count; i < taken; i++) batch->index[i] = (uint64_t)(first + i);
    for (int i = 0; i < 2; i++) {
      page *page = &shop->pages[i];
      for (int64_t j = count; j + count < page->count; j++) page->rows[j] = page->rows[j + count];
      page->count = page->count > 2 * count ? page->count - count : count;
    }
  }
  rewind_all(text);
  return status;
}

static int cut(mx_text *text, workshop *shop, mx_text_batch *batch, mx_crew_error *error) {
  mx_text_state *state = &text->state;
  mx_text_place start[2];
  int64_t taken = 0;
  for (int i = 0; i < 2; i++) start[i] = text->lines[i].next;
  int status = take(text, shop, batch, 0, batch->size, &taken, error);
  batch->rows = taken;
  batch->pad = taken ? batch->size - taken : 0;
  if (!status && batch->pad) {
    status = text->settings->is_round ? go_round(text, shop, batch, error)
                                      : repeat(text, shop, batch, error);
  }
  state->has_before = taken == batch->size;
  memcpy(state->before, start, sizeof start);
  if (!status && taken == 0) rewind_all(text);
  for (int i = 0; i < 2; i++) state->next[i] = text->lines[i].next;
  batch->after = *state;
  return status;
}

static int cut_in_turn(mx_text *text, workshop *shop, mx_text_batch *batch, mx_crew_error *error) {
  pthread_mutex_lock(&text->lock);
  while (text->turn != batch->number) pthread_cond_wait(&text->is_turn, &text->lock);
  const int status = shop ? cut(text, shop, batch, error) : MX_TEXT_MEMORY;
  text->turn++;
  pthread_cond_broadcast(&text->is_turn);
  pthread_mutex_unlock(&text->lock);
  return status;
}

/* ---------------------------------------------------------------- parsing */

/* Parse the rows of a table, and put zeros where the batch has none. */
static int parse(const mx_text *text, int table, const page *page, mx_text_batch *batch,
                 mx_crew_error *error) {
  const mx_text_settings *settings = text->settings;
  const int dtype = settings->dtype, with_label = !settings->tables[LABELS].num_files;
  const int64_t columns = settings->tables[table].columns, width = columns * number_size(dtype);
  char *values = table == DATA ? batch->data : batch->labels;
  mx_text_pairs *pairs = &batch->pairs[table];
  pairs->count = 0;
  for (int64_t i = 0; i < page->count && i < batch->size; i++) {
    const row_text *row = &page->rows[i];
    const char *begin = page->bytes + row->begin, *end = begin + row->size;
    char *label = with_label ? (char *)batch->labels + i * number_size(dtype) : NULL;
    if (settings->format == MX_TEXT_LIBSVM) pairs->starts[i] = pairs->count;
    const int status = settings->format == MX_TEXT_CSV
      ? csv_row(dtype, columns, begin, end, values + i * width, error)
      : libsvm_row(dtype, columns, begin, end, pairs, label, error);
    if (!status) continue;
    error->numbers[0] = row->file + table * settings->tables[DATA].num_files;
    error->numbers[1] = row->line;
    return status;
  }
  if (settings->format == MX_TEXT_LIBSVM) {
    for (int64_t i = page->count < batch->size ? page->count : batch->size; i <= batch->size; i++)
      pairs->starts[i] = pairs->count;
    return MX_TEXT_OK;
  }
  if (page->count >= batch->size) return MX_TEXT_OK;
  memset(values + page->count * width, 0, (size_t)((batch->size - page->count) * width));
  return MX_TEXT_OK;
}

/* A row that cannot be parsed comes before what is wrong behind it. */
static int fill(void *state, void *into, int64_t task, mx_crew_error *error) {
  workshop *shop = state;
  mx_text_batch *batch = into;
  const mx_text *text = batch->text;
  (void)task;
  if (shop) shop->pages[DATA].count = shop->pages[LABELS].count = 0;
  if (shop) shop->pages[DATA].size = shop->pages[LABELS].size = 0;
  const int cutting = cut_in_turn(batch->text, shop, batch, error);
  if (!shop) return cutting;
  const mx_text_settings *settings = text->settings;
  if (!settings->tables[LABELS].num_files) {
    memset(batch->labels, 0, (size_t)(batch->size * number_size(settings->dtype)));
  }
  for (int i = 0; i < 2 && settings->tables[i].num_files; i++) {
    const int status = parse(text, i, &shop->pages[i], batch, error);
    if (status) return status;
  }
  return cutting;
}

static void *begin(void *context) {
  (void)context;
  return calloc(1, sizeof(workshop));
}

static void end(void *state) {
  workshop *shop = state;
  for (int i = 0; i < 2; i++) page_free(&shop->pages[i]);
  free(shop);
}

mx_crew_work mx_text_work(mx_text *text) {
  return (mx_crew_work){.context = text, .begin = begin, .end = end, .fill = fill};
}
