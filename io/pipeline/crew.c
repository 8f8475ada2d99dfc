/* Threads that fill batches.  The batches stand in a ring; `head` is the oldest that was submitted,
   `cursor` the one whose tasks are given out. */
#define _GNU_SOURCE
#include "mx_crew.h"

#include <pthread.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

typedef struct slot {
  void *batch;
  int64_t tasks, next, left;         /* in all; the first not given out; not done */
  mx_crew_error error;
} slot;

struct mx_crew {
  mx_crew_work work;
  pthread_mutex_t lock;
  pthread_cond_t has_task, is_done;
  slot *slots;
  int64_t capacity, head, cursor, tail;          /* counts of batches since the beginning */
  int64_t running;                               /* tasks that have begun and not ended */
  int is_over, num_threads;
  void *own_state;                               /* of the owner, if it helps */
  pthread_t threads[];
};

static slot *slot_at(mx_crew *crew, int64_t number) { return &crew->slots[number % crew->capacity]; }

/* Of two failed tasks the first in order counts, whichever failed earlier. */
static void keep_error(slot *slot, const mx_crew_error *error, int64_t task, int status) {
  if (slot->error.task >= 0 && slot->error.task < task) return;
  slot->error = *error;
  slot->error.task = task;
  slot->error.status = status;
}

/* Called with the lock, which it lets go while the task runs. */
static void run_task(mx_crew *crew, void *state) {
  slot *slot = slot_at(crew, crew->cursor);
  const int64_t task = slot->next++;
  if (slot->next == slot->tasks) crew->cursor++;
  crew->running++;
  pthread_mutex_unlock(&crew->lock);
  mx_crew_error error;
  error.message[0] = '\0';
  memset(error.numbers, 0, sizeof error.numbers);
  const int status = crew->work.fill(state, slot->batch, task, &error);
  pthread_mutex_lock(&crew->lock);
  crew->running--;
  if (status) keep_error(slot, &error, task, status);
  slot->left--;
  if (slot->left == 0 || crew->running == 0) pthread_cond_broadcast(&crew->is_done);
}

static void *thread(void *argument) {
  mx_crew *crew = argument;
  void *state = crew->work.begin(crew->work.context);
  pthread_mutex_lock(&crew->lock);
  while (!crew->is_over) {
    if (crew->cursor == crew->tail) pthread_cond_wait(&crew->has_task, &crew->lock);
    else run_task(crew, state);
  }
  pthread_mutex_unlock(&crew->lock);
  if (state) crew->work.end(state);
  return NULL;
}

/* Signals are for the threads of Python. */
static int start_threads(mx_crew *crew, int threads) {
  sigset_t all, before;
  sigfillset(&all);
  pthread_sigmask(SIG_SETMASK, &all, &before);
  while (crew->num_threads < threads
         && pthread_create(&crew->threads[crew->num_threads], NULL, thread, crew) == 0) {
    crew->num_threads++;
  }
  pthread_sigmask(SIG_SETMASK, &before, NULL);
  return crew->num_threads;
}

static void release(mx_crew *crew) {
  pthread_cond_destroy(&crew->has_task);
  pthread_cond_destroy(&crew->is_done);
  pthread_mutex_destroy(&crew->lock);
  free(crew->slots);
  free(crew);
}

mx_crew *mx_crew_new(const mx_crew_work *work, int threads, int capacity) {
  mx_crew *crew = calloc(1, sizeof *crew + (size_t)threads * sizeof *crew->threads);
  if (!crew) return NULL;
  crew->slots = calloc((size_t)capacity, sizeof *crew->slots);
  crew->capacity = capacity;
  crew->work = *work;
  pthread_condattr_t monotonic;
  pthread_condattr_init(&monotonic);
#ifdef __linux__
  pthread_condattr_setclock(&monotonic, CLOCK_MONOTONIC);
#endif
  pthread_mutex_init(&crew->lock, NULL);
  pthread_cond_init(&crew->has_task, NULL);
  pthread_cond_init(&crew->is_done, &monotonic);
  pthread_condattr_destroy(&monotonic);
  if (crew->slots && start_threads(crew, threads)) return crew;
  release(crew);
  return NULL;
}

void mx_crew_free(mx_crew *crew) {
  if (!crew) return;
  pthread_mutex_lock(&crew->lock);
  crew->is_over = 1;
  pthread_cond_broadcast(&crew->has_task);
  pthread_mutex_unlock(&crew->lock);
  for (int i = 0; i < crew->num_threads; i++) pthread_join(crew->threads[i], NULL);
  if (crew->own_state) crew->work.end(crew->own_state);
  release(crew);
}

int mx_crew_threads(const mx_crew *crew) { return crew->num_threads; }

int mx_crew_has_room(const mx_crew *crew) { return crew->tail - crew->head < crew->capacity; }

void mx_crew_submit(mx_crew *crew, void *batch, int64_t tasks) {
  pthread_mutex_lock(&crew->lock);
  slot *slot = slot_at(crew, crew->tail);
  slot->batch = batch;
  slot->tasks = slot->left = tasks;
  slot->next = 0;
  slot->error.task = -1;
  crew->tail++;
  if (tasks == 1) pthread_cond_signal(&crew->has_task);
  else pthread_cond_broadcast(&crew->has_task);
  pthread_mutex_unlock(&crew->lock);
}

static struct timespec after(double seconds) {
  struct timespec end;
#ifdef __linux__
  clock_gettime(CLOCK_MONOTONIC, &end);
#else
  clock_gettime(CLOCK_REALTIME, &end);
#endif
  const int64_t nanoseconds = end.tv_nsec + (int64_t)(seconds * 1e9);
  end.tv_sec += nanoseconds / 1000000000;
  end.tv_nsec = nanoseconds % 1000000000;
  return end;
}

int mx_crew_take(mx_crew *crew, double seconds, void **batch, mx_crew_error *error) {
  const struct timespec end = after(seconds);
  if (crew->work.owner_helps && !crew->own_state) {
    crew->own_state = crew->work.begin(crew->work.context);
  }
  pthread_mutex_lock(&crew->lock);
  slot *oldest = slot_at(crew, crew->head);
  int is_late = crew->head == crew->tail;
  while (!is_late && oldest->left) {
    if (crew->own_state && crew->cursor != crew->tail) {
      run_task(crew, crew->own_state);
      continue;
    }
    is_late = pthread_cond_timedwait(&crew->is_done, &crew->lock, &end) != 0 && oldest->left;
  }
  if (!is_late) {
    *batch = oldest->batch;
    *error = oldest->error;
    crew->head++;
  }
  pthread_mutex_unlock(&crew->lock);
  return !is_late;
}

void mx_crew_cancel(mx_crew *crew) {
  pthread_mutex_lock(&crew->lock);
  crew->cursor = crew->tail;
  while (crew->running) pthread_cond_wait(&crew->is_done, &crew->lock);
  crew->head = crew->tail;
  pthread_mutex_unlock(&crew->lock);
}
