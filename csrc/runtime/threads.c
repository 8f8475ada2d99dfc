#include "mx_threads.h"
void mx_parallel_for(int64_t count, void (*task)(void *context, int64_t i), void *context) {
  for (int64_t i = 0; i < count; i++) task(context, i);
}
int mx_num_threads(void) { return 1; }
void mx_set_num_threads(int count) { (void)count; }
