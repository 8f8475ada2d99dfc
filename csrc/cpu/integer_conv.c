/* Convolution of 8-bit integers, added up in int32: windows as rows, then products with filters. */
#include "conv.h"
#include "integer_product.h"

/* data (N, groups * C, *size) of 8 bits, weight (groups * F, C, *kernel) of int8, bias (groups * F)
 * of int32 if has_bias -> (N, groups * F, *out) of int32. */

enum { CONV_BYTES = 1 << 17, CONV_PIXELS = 256, CONV_TASKS = 64, CONV_GRAIN = 1 << 15 };

typedef struct {
  const conv_dims *d;
  const void *data;
  const int8_t *weight;
  const int32_t *bias;
  int32_t *out;
  int16_t *filters, *windows;     /* windows: a block of pixels for each task */
  int64_t pixels, blocks, tasks;  /* pixels of a block; blocks of all images and groups */
} integer_conv_job;

static int64_t integer_conv_cut(const conv_dims *d, void *base, integer_conv_job *job) {
  mx_scratch scratch = {base, 0};
  const int64_t width = integer_width(mx_product(d->C, volume(d->kernel)));
  const int64_t fitting = CONV_BYTES / (width ? width : 1) / (int64_t)sizeof *job->windows;
  job->d = d;
  job->pixels = fitting < 8 ? 8 : fitting > CONV_PIXELS ? CONV_PIXELS : fitting;
  job->blocks = mx_product(mx_product(d->N, d->groups),
                           (volume(d->out) + job->pixels - 1) / job->pixels);
  const int64_t work = mx_product(mx_product(job->blocks * job->pixels, d->F + 16), width) / 16;
  job->tasks = mx_task_count(work, CONV_GRAIN, job->blocks < CONV_TASKS ? job->blocks : CONV_TASKS);
  job->filters = mx_take(&scratch, mx_product(d->groups * d->F, width), sizeof *job->filters);
  job->windows =
      mx_take(&scratch, mx_product(job->tasks * job->pixels, width), sizeof *job->windows);
  return scratch.size;
}

static int64_t integer_conv_scratch(const void *desc) {
  integer_conv_job job;
  return integer_conv_cut(desc, NULL, &job);
}

/* Where the last axis of outputs meets the image with tap k: outputs low .. high - 1. */
static void outputs_inside(const conv_dims *d, int64_t k, int64_t *low, int64_t *high) {
  const int64_t start = k * d->dilate[2] - d->pad[2], stride = d->stride[2];
  const int64_t end = start >= d->size[2] ? 0 : (d->size[2] - start + stride - 1) / stride;
  *low = start < 0 ? (-start + stride - 1) / stride : 0;
  *high = end < d->out[2] ? end : d->out[2];
}

static inline int64_t largest(int64_t a, int64_t b) { return a > b ? a : b; }
static inline int64_t least(int64_t a, int64_t b) { return a < b ? a : b; }

/* windows (count, width): those of the pixels from `pixel` on, of an image (C, *size); a row of
 * outputs at a time, and of it a tap at a time. */
#define INTEGER_WINDOWS(dtype, type)                                                            \
  static void integer_windows_##dtype(const conv_dims *d, const type *image, int64_t pixel,     \
                                      int64_t count, int16_t *windows) {                        \
    const int64_t width = integer_width(d->C * volume(d->kernel)), end = pixel + count;         \
    memset(windows, 0, (size_t)(count * width) * sizeof *windows);                              \
    while (pixel < end) {                                                                       \
      const int64_t row = pixel / d->out[2], from = pixel - row * d->out[2];                    \
      const int64_t to = least(d->out[2], from + end - pixel);                                  \
      const int64_t z0 = row / d->out[1] * d->stride[0] - d->pad[0];                            \
      const int64_t y0 = row % d->out[1] * d->stride[1] - d->pad[1];                            \
      int16_t *tap = windows;                                                                   \
      for (int64_t c = 0; c < d->C; c++)                                                        \
        for (int64_t kz = 0; kz < d->kernel[0]; kz++)                                           \
          for (int64_t ky = 0; ky < d->kernel[1]; ky++) {                                       \
            const int64_t z = z0 + kz * d->dilate[0], y = y0 + ky * d->dilate[1];               \
            const int inside = 0 <= z && z < d->size[0] && 0 <= y && y < d->size[1];            \
            const type *line =                                                                  \
                image + ((c * d->size[0] + (inside ? z : 0)) * d->size[1] + (inside ? y : 0)) * \
                            d->size[2];                                                         \
            for (int64_t kx = 0; kx < d->kernel[2]; kx++, tap++) {                              \
              int64_t low, high;                                                                \
              outputs_inside(d, kx, &low, &high);                                               \
              low = largest(low, from);                                                         \
              high = inside ? least(high, to) : low;                                            \
              const int64_t x = kx * d->dilate[2] - d->pad[2], stride = d->stride[2];           \
              for (int64_t o = low; o < high; o++)                                              \
                tap[(o - from) * width] = line[o * stride + x];                                 \
            }                                                                                   \
          }                                                                                     \
      windows += (to - from) * width;                                                           \
      pixel += to - from;                                                                       \
    }                                                                                           \
  }                                                                                             \
  static void integer_conv_task_##dtype(void *context, int64_t task) {                          \
    const integer_conv_job *job = context;                                                      \
    const conv_dims *d = job->d;                                                                \
    const int64_t width = integer_width(d->C * volume(d->kernel)), plane = volume(d->out);      \
    const int64_t blocks = (plane + job->pixels - 1) / job->pixels;                             \
    int16_t *windows = job->windows + task * job->pixels * width;                               \
    for (int64_t block = task; block < job->blocks; block += job->tasks) {                      \
      const int64_t image = block / blocks, group = image % d->groups;                          \
      const int64_t first = block % blocks * job->pixels, left = plane - first;                 \
      const int64_t count = left < job->pixels ? left : job->pixels;                            \
      const type *data = (const type *)job->data + image * d->C * volume(d->size);              \
      integer_windows_##dtype(d, data, first, count, windows);                                  \
      const integer_product product = {                                                         \
          .a = windows, .b = job->filters + group * d->F * width,                               \
          .bias = job->bias ? job->bias + group * d->F : NULL,                                  \
          .c = job->out + image * d->F * plane + first, .M = count, .N = d->F, .width = width,  \
          .row = 1, .column = plane, .bias_of_columns = 1};                                     \
      integer_product_run(&product);                                                            \
    }                                                                                           \
  }                                                                                             \
  static int integer_conv_##dtype(const void *desc, void *const *ptr,                           \
                                  const mx_scalar *scalars) {                                   \
    const conv_dims *d = desc;                                                                  \
    void *const *rest = ptr + 2 + d->has_bias;                                                  \
    integer_conv_job job;                                                                       \
    (void)scalars;                                                                              \
    integer_conv_cut(d, rest[1], &job);                                                         \
    job.data = ptr[0];                                                                          \
    job.weight = ptr[1];                                                                        \
    job.bias = d->has_bias ? ptr[2] : NULL;                                                     \
    job.out = rest[0];                                                                          \
    integer_widen_i8(job.weight, d->groups * d->F, d->C * volume(d->kernel), job.filters);      \
    mx_rt->parallel_for(job.tasks, integer_conv_task_##dtype, &job);                            \
    return MX_OK;                                                                               \
  }
INTEGER_WINDOWS(i8, int8_t)
INTEGER_WINDOWS(u8, uint8_t)

#define ENTRY(dtype) MX_ENTRY_SCRATCH(integer_conv, dtype, integer_conv_scratch, conv_dims, CONV_FIELDS)

const mx_kernel_entry mx_table_integer_conv[] = {ENTRY(i8), ENTRY(u8), {0}};
