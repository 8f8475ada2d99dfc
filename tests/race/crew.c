/* Owners and threads of io/pipeline/crew.c at work, for ThreadSanitizer: .ci/sanitize runs it.

   A task counts itself in its batch; the owner checks the counts, and which error it is told. */
#include "mx_crew.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { CAPACITY = 4, MOST_TASKS = 64, ROUNDS = 3000, FAILS = 13, FAILS_LATER = 14 };

typedef struct batch {
  int64_t number, tasks;
  int done[MOST_TASKS];
} batch;

static void *begin(void *context) { return malloc(context ? 1 : 2); }

static int fill(void *state, void *into, int64_t task, mx_crew_error *error) {
  batch *batch = into;
  volatile int work = 0;
  for (int i = 0; i < 2000; i++) work += i;
  batch->done[task]++;
  error->numbers[0] = task;
  return state && (task == FAILS || task == FAILS_LATER) && batch->number % 7 == 0;
}

static int check(const batch *batch, const mx_crew_error *error) {
  const int fails = batch->number % 7 == 0 && batch->tasks > FAILS;
  for (int64_t i = 0; i < batch->tasks; i++) {
    if (batch->done[i] != 1) return printf("task %d was done %d times\n", (int)i, batch->done[i]);
  }
  if (fails ? error->task == FAILS && error->numbers[0] == FAILS : error->task == -1) return 0;
  return printf("the error is that of task %d\n", (int)error->task);
}

static int run(int threads, int owner_helps) {
  const mx_crew_work work = {NULL, begin, free, fill, owner_helps};
  mx_crew *crew = mx_crew_new(&work, threads, CAPACITY);
  static batch batches[CAPACITY];
  int64_t number = 0;
  for (int round = 0; round < ROUNDS; round++) {
    while (mx_crew_has_room(crew)) {
      batch *batch = &batches[number % CAPACITY];
      memset(batch, 0, sizeof *batch);
      batch->number = number++;
      batch->tasks = 1 + rand() % MOST_TASKS;
      mx_crew_submit(crew, batch, batch->tasks);
    }
    void *full;
    mx_crew_error error;
    if (round % 97 == 96) {
      mx_crew_cancel(crew);
    } else {
      while (!mx_crew_take(crew, 0.001, &full, &error)) {}
      if (check(full, &error)) return 1;
    }
  }
  mx_crew_free(crew);              /* in the middle of batches */
  return 0;
}

int main(void) {
  for (int threads = 1; threads <= 4; threads++) {
    for (int owner_helps = 0; owner_helps < 2; owner_helps++) {
      if (run(threads, owner_helps)) return 1;
    }
  }
  return 0;
}
