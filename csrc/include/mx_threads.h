/* The process's one thread pool (csrc/runtime/threads.c). */
#ifndef MX_THREADS_H
#define MX_THREADS_H
#include <stdint.h>

/* Run task(context, i) for all i in [0, count); the caller works too and waits for the rest.
 * Inside a task, or while another thread is in here, the tasks run in the caller alone. */
void mx_parallel_for(int64_t count, void (*task)(void *context, int64_t i), void *context);
int mx_num_threads(void);
void mx_set_num_threads(int count);
#endif
