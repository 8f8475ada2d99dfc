/* The thread pool: workers wait briefly for the next job, then sleep.
 *
 * To wake a worker takes longer than a small operator.  So it looks for a job for a while, first
 * without a break, then giving way to any other thread: the operators between two jobs of a step
 * rarely take longer, and what else wants the CPU gets it. */
#define _GNU_SOURCE
#include "mx_threads.h"

#include <pthread.h>
#include <sched.h>
#include <signal.h>
#include <stdatomic.h>
#include <stdlib.h>
#include <unistd.h>

enum { MOST_THREADS = 256, SPINS = 1000, YIELDS = 500 };

typedef struct {
  void (*task)(void *context, int64_t i);
  void *context;
  int threads;
} job;

/* A thread's share of the tasks, in a cache line of its own. */
typedef struct {
  _Alignas(64) _Atomic int64_t next;    /* the first task that nobody has taken */
  int64_t end;
} share;

static job current;
static share shares[MOST_THREADS];      /* of the caller, then of the workers */
static _Atomic uint64_t generation;      /* odd: a job is open for workers to join */
static _Atomic int inside;               /* workers that may still touch `current` */
static _Atomic int busy;                 /* a caller is in mx_parallel_for */
static _Atomic int wanted;               /* threads, with the caller; 0: not yet known.  It may
                                            change at any time: a job reads it once */
static int started;
static _Atomic int sleeping;
static pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER;
static pthread_cond_t wake = PTHREAD_COND_INITIALIZER;

static inline void pause_cpu(void) {
#if defined(__x86_64__)
  __builtin_ia32_pause();
#elif defined(__aarch64__)
  __asm__ volatile("yield");
#endif
}

static int default_threads(void) {
  const char *names[] = {"MXLITE_NUM_THREADS", "OMP_NUM_THREADS"};
  for (int i = 0; i < 2; i++) {
    const char *text = getenv(names[i]);
    const int value = text ? atoi(text) : 0;
    if (value > 0) return value;
  }
#ifdef __linux__
  cpu_set_t set;
  if (sched_getaffinity(0, sizeof set, &set) == 0) return CPU_COUNT(&set);
#endif
  const long online = sysconf(_SC_NPROCESSORS_ONLN);
  return online > 0 ? (int)online : 1;
}

static int64_t take(share *from) {
  if (atomic_load_explicit(&from->next, memory_order_relaxed) >= from->end) return from->end;
  return atomic_fetch_add_explicit(&from->next, 1, memory_order_relaxed);
}

/* A thread's own share, the same part of each job, so that what it wrote is still in its caches;
 * then what the others have left. */
static void work(int thread) {
  for (int k = 0; k < current.threads; k++) {
    share *from = &shares[(thread + k) % current.threads];
    for (int64_t i; (i = take(from)) < from->end;) current.task(current.context, i);
  }
}

static void sleep_until_after(uint64_t seen) {
  pthread_mutex_lock(&lock);
  atomic_fetch_add(&sleeping, 1);
  while (atomic_load(&generation) == seen) pthread_cond_wait(&wake, &lock);
  atomic_fetch_sub(&sleeping, 1);
  pthread_mutex_unlock(&lock);
}

typedef struct { int thread; uint64_t seen; } beginning;

static void *worker(void *argument) {
  const beginning mine = *(beginning *)argument;
  uint64_t seen = mine.seen;
  free(argument);
  for (;;) {
    for (int spin = 0; spin < SPINS && atomic_load(&generation) == seen; spin++) pause_cpu();
    for (int spin = 0; spin < YIELDS && atomic_load(&generation) == seen; spin++) sched_yield();
    if (atomic_load(&generation) == seen) sleep_until_after(seen);
    seen = atomic_load(&generation);
    if (!(seen & 1)) continue;
    atomic_fetch_add(&inside, 1);
    if (atomic_load(&generation) == seen && mine.thread < current.threads) work(mine.thread);
    atomic_fetch_sub(&inside, 1);
  }
  return NULL;
}

static void forget_workers(void) {
  started = 0;                          /* after fork the child has none of them */
  atomic_store(&busy, 0);
  atomic_store(&inside, 0);
  atomic_store(&sleeping, 0);
  atomic_store(&generation, 0);
  pthread_mutex_init(&lock, NULL);
  pthread_cond_init(&wake, NULL);
}

static void start_workers(int threads) {
  static int registered;
  if (!registered) registered = pthread_atfork(NULL, NULL, forget_workers) == 0;
  sigset_t all, before;                 /* signals are the program's: workers take none */
  sigfillset(&all);
  pthread_sigmask(SIG_SETMASK, &all, &before);
  pthread_attr_t attributes;
  pthread_attr_init(&attributes);
  pthread_attr_setdetachstate(&attributes, PTHREAD_CREATE_DETACHED);
  while (started < threads - 1) {
    pthread_t thread;
    beginning *its = malloc(sizeof *its);
    if (!its) break;
    *its = (beginning){started + 1, atomic_load(&generation)};
    if (pthread_create(&thread, &attributes, worker, its) != 0) {
      free(its);
      break;
    }
    started++;
  }
  pthread_attr_destroy(&attributes);
  pthread_sigmask(SIG_SETMASK, &before, NULL);
}

/* Each thread needs a share. */
static int within_bounds(int count) {
  return count < 1 ? 1 : count < MOST_THREADS ? count : MOST_THREADS;
}

void mx_set_num_threads(int count) { atomic_store(&wanted, within_bounds(count)); }

int mx_num_threads(void) {
  int count = atomic_load(&wanted);
  if (count) return count;
  const int found = within_bounds(default_threads());
  return atomic_compare_exchange_strong(&wanted, &count, found) ? found : count;
}

static void announce(void) {
  if (!atomic_load(&sleeping)) return;
  pthread_mutex_lock(&lock);
  pthread_cond_broadcast(&wake);
  pthread_mutex_unlock(&lock);
}

void mx_parallel_for(int64_t count, void (*task)(void *context, int64_t i), void *context) {
  const int threads = mx_num_threads();
  if (count <= 1 || threads == 1 || atomic_exchange(&busy, 1)) {
    for (int64_t i = 0; i < count; i++) task(context, i);
    return;
  }
  if (started < threads - 1) start_workers(threads);
  current.task = task;
  current.context = context;
  current.threads = threads;
  for (int i = 0; i < threads; i++) {
    atomic_store(&shares[i].next, count * i / threads);
    shares[i].end = count * (i + 1) / threads;
  }
  atomic_fetch_add(&generation, 1);                      /* opens the job */
  announce();
  work(0);
  atomic_fetch_add(&generation, 1);                      /* closes it to latecomers */
  for (int spin = 0; atomic_load(&inside); spin++) {
    if (spin < SPINS) pause_cpu();
    else sched_yield(), spin = SPINS;
  }
  atomic_store(&busy, 0);
}
