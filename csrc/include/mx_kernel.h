/* The one calling convention of mxlite's CPU kernels.
 *
 * A kernel is prepared once for given parameters, shapes and dtypes: its descriptor (sizes, strides,
 * flags) is packed then.  Afterwards it is called with nothing but pointers.  See docs/architecture.md.
 */
#ifndef MX_KERNEL_H
#define MX_KERNEL_H
#include <stddef.h>
#include <stdint.h>

#define MX_MAX_NDIM 12

enum mx_status {
  MX_OK = 0,
  MX_BAD_INDEX = 1,    /* an index array holds a value outside its axis */
  MX_BAD_VALUE = 2,    /* an input holds a value the operator does not take */
  MX_FAILED = 3,       /* the device could not start it, and says why */
};

/* A parameter known only when the kernel runs: learning rates, the scalar of x + 2, random keys. */
typedef union {
  double f;
  int64_t i;
  uint64_t u;
} mx_scalar;

/* ptr: the inputs, then the outputs, then the scratch block where the entry has a size for it. */
typedef int (*mx_kernel)(const void *desc, void *const *ptr, const mx_scalar *scalars);

/* Bytes of scratch that a call with this descriptor needs: computed by the code that cuts the block
 * into pieces (mx_scratch.h), INT64_MAX where the number is larger. */
typedef int64_t (*mx_scratch_size)(const void *desc);

/* fields: the descriptor's layout, in order, every field 8 bytes: "N C eps:d shape:12" is
 * { int64_t N, C; double eps; int64_t shape[12]; }.  Checked against desc_size when loaded. */
typedef struct {
  const char *name;          /* "conv_f32": <kernel>_<dtype> */
  mx_kernel fn;
  mx_scratch_size scratch;   /* NULL: the kernel takes none */
  int64_t desc_size;         /* sizeof the descriptor struct */
  const char *fields;
} mx_kernel_entry;

#define MX_ENTRY(kernel, dtype, desc, fields) \
  { #kernel "_" #dtype, kernel##_##dtype, NULL, (int64_t)sizeof(desc), fields }

/* A kernel with scratch; size: its mx_scratch_size. */
#define MX_ENTRY_SCRATCH(kernel, dtype, size, desc, fields) \
  { #kernel "_" #dtype, kernel##_##dtype, size, (int64_t)sizeof(desc), fields }

/* What the kernels take from the runtime, which lives once in the process. */
typedef struct {
  /* Run task(context, i) for every i in [0, count), on the pool's threads and the caller's.
   * How work is cut into tasks must not depend on the number of threads. */
  void (*parallel_for)(int64_t count, void (*task)(void *context, int64_t i), void *context);
  int (*num_threads)(void);
} mx_runtime;

extern const mx_runtime *mx_rt;

/* Task count for `work` units (about one ns each); 1 means: run serially, do not wake the pool. */
static inline int64_t mx_task_count(int64_t work, int64_t grain, int64_t most) {
  int64_t count = work / grain;
  if (count > most) count = most;
  return count < 1 ? 1 : count;
}
#endif
