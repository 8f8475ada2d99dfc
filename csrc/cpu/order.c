/* order: which k items along an axis come first when they are sorted, stably, NaN last. */
#include <string.h>

#include "mx_kernel.h"
#include "mx_order_key.h"
#include "mx_scratch.h"

/* (outer, axis, inner) -> the first k along the axis. */
typedef struct {
  int64_t outer, axis, inner, k, is_ascend;
} order_dims;

enum {
  ORDER_GRAIN = 1 << 12,       /* items that are worth a task */
  ORDER_MOST_TASKS = 16,
  ORDER_ITEMS = 1 << 22,       /* of all tasks, unless one line is longer */
  ORDER_SHORT = 32,            /* a list that is sorted by insertion */
  ORDER_FEW = 64,              /* items that are kept in order while the others pass by */
  ORDER_LIST = 256,            /* the least room for the items of a longer list */
  ORDER_CHUNK = 32,            /* items that pass by together */
};

static int64_t order_lines(const order_dims *d) { return d->outer * d->inner; }

static int64_t order_tasks(const order_dims *d) {
  int64_t most = d->axis ? ORDER_ITEMS / d->axis : 1;
  most = most < 2 ? 2 : most < ORDER_MOST_TASKS ? most : ORDER_MOST_TASKS;
  if (most > order_lines(d)) most = order_lines(d);
  return mx_task_count(mx_product(order_lines(d), d->axis), ORDER_GRAIN, most);
}

/* Whether the first k are found without sorting the line. */
static int order_takes_few(const order_dims *d) { return d->k <= ORDER_FEW && d->k * 4 <= d->axis; }

/* The room for the first k and those that may come to be among them. */
static int64_t order_list(const order_dims *d) { return 2 * d->k + ORDER_LIST; }

/* Whether they are found by sorting such lists. */
static int order_takes_some(const order_dims *d) {
  return d->k <= d->axis / 8 && order_list(d) <= d->axis / 2;
}

typedef struct {
  uint64_t key, at;
} order_pair;

#define WORDS
#include "order_item.h"
#include "order_sort_impl.h"
#undef WORDS
#include "order_item.h"
#include "order_sort_impl.h"

#define ORDER_KEY(x)                                                                     \
  _Generic((x), float: order_key_f32, double: order_key_f64, int64_t: order_key_i64, \
           default: order_key_i32)
#define MX_BODY "order_impl.h"
#include "mx_each_float.h"
#include "mx_each_integer.h"

static int64_t order_scratch_b8(const void *desc) { return order_scratch_u8(desc); }

static int order_b8(const void *desc, void *const *ptr, const mx_scalar *scalars) {
  return order_u8(desc, ptr, scalars);
}

#define ENTRY(dtype) \
  MX_ENTRY_SCRATCH(order, dtype, order_scratch_##dtype, order_dims, "outer axis inner k is_ascend")

const mx_kernel_entry mx_table_order[] = {ENTRY(f16), ENTRY(bf16), ENTRY(f32), ENTRY(f64),
                                          ENTRY(i8),  ENTRY(u8),   ENTRY(i32), ENTRY(i64),
                                          ENTRY(b8),  {0}};
