#ifndef MX_THREADS_H
#define MX_THREADS_H
#include <stdint.h>
void mx_parallel_for(int64_t count, void (*task)(void *context, int64_t i), void *context);
int mx_num_threads(void);
void mx_set_num_threads(int count);
#endif
