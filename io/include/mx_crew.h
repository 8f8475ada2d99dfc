/* A crew of threads that fills batches ahead of who uses them.

   The owner hands in empty batches in the order in which it will want them, at most `capacity` at a
   time, and takes them back full, in that order.  The threads share the samples of a batch, so one
   batch is soon ready, and any number of threads gives the same: which sample goes where is the
   owner's choice.  Nothing here prints, exits or knows Python. */
#ifndef MX_CREW_H
#define MX_CREW_H

#include <stdint.h>

enum { MX_CREW_MESSAGE = 1024 };     /* bytes */

/* Why a sample could not be made. */
typedef struct mx_crew_error {
  int64_t task;                      /* which of the batch; -1: none failed */
  int status;                        /* of `fill` */
  int64_t numbers[4];                /* what else `fill` has to say */
  char message[MX_CREW_MESSAGE];
} mx_crew_error;

/* What the threads do.  Each has a state of its own. */
typedef struct mx_crew_work {
  void *context;
  void *(*begin)(void *context);                 /* NULL: no memory */
  void (*end)(void *state);
  /* Task `task` of a batch: 0, or a status and what belongs into `error`. */
  int (*fill)(void *state, void *batch, int64_t task, mx_crew_error *error);
  int owner_helps;         /* while it waits, the owner does tasks, too: for short ones, where waking
                              a thread would take as long */
} mx_crew_work;

typedef struct mx_crew mx_crew;

/* NULL: no memory, or not one thread could be started.  Fewer threads than asked for are fine. */
mx_crew *mx_crew_new(const mx_crew_work *work, int threads, int capacity);

/* Waits for the tasks that have begun, drops the others. */
void mx_crew_free(mx_crew *crew);

int mx_crew_threads(const mx_crew *crew);
int mx_crew_has_room(const mx_crew *crew);       /* of the owner's thread, as all below */

/* Hand in a batch of `tasks` tasks; there must be room. */
void mx_crew_submit(mx_crew *crew, void *batch, int64_t tasks);

/* Wait for the oldest batch, at most `seconds`: 1 where it is done, then `error` says whether a
   task of it failed, the first one in order; 0 where time is up, or none was submitted. */
int mx_crew_take(mx_crew *crew, double seconds, void **batch, mx_crew_error *error);

/* Drop what was submitted, and wait for the tasks that have begun. */
void mx_crew_cancel(mx_crew *crew);

#endif
