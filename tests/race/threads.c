/* The thread pool (csrc/runtime/threads.c) while another thread changes the number of threads, on a
   machine that says it has more CPUs than the pool takes: tests/device/test_threads.py runs it, and
   .ci/sanitize with ThreadSanitizer.

   A task counts itself; the caller checks that each was run once. */
#define _GNU_SOURCE
#include "mx_threads.h"

#include <pthread.h>
#include <sched.h>
#include <stdatomic.h>
#include <stdio.h>
#include <string.h>

enum { CPUS = 1000, MOST_TASKS = 3000, FEW_JOBS = 20, JOBS = 5000, MOST_THREADS = 5 };

static int done[MOST_TASKS + 1];
static _Atomic int has_ended;

/* Instead of the C library's. */
int sched_getaffinity(pid_t process, size_t size, cpu_set_t *set) {
  (void)process;
  CPU_ZERO_S(size, set);
  for (size_t cpu = 0; cpu < CPUS; cpu++) CPU_SET_S(cpu, size, set);
  return 0;
}

static void count_task(void *counts, int64_t i) { ((int *)counts)[i]++; }

static int run_jobs(int jobs) {
  for (int job = 0; job < jobs; job++) {
    const int64_t tasks = 2 + job % (MOST_TASKS - 1);
    memset(done, 0, sizeof done);
    mx_parallel_for(tasks, count_task, done);
    for (int64_t i = 0; i < tasks; i++)
      if (done[i] != 1) return printf("task %d of %d ran %d times\n", (int)i, (int)tasks, done[i]);
    if (done[tasks]) return printf("task %d is beyond the last\n", (int)tasks);
  }
  return 0;
}

static void *change_number(void *unused) {
  for (int i = 0; !atomic_load(&has_ended); i++) mx_set_num_threads(1 + i % MOST_THREADS);
  return unused;
}

int main(void) {
  printf("%d threads\n", mx_num_threads());
  fflush(stdout);
  if (run_jobs(FEW_JOBS)) return 1;
  pthread_t other;
  if (pthread_create(&other, NULL, change_number, NULL)) return 1;
  const int status = run_jobs(JOBS);
  atomic_store(&has_ended, 1);
  pthread_join(other, NULL);
  return status ? 1 : 0;
}
