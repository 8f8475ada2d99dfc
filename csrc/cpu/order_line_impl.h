/* One line of data for one kind of item (order_item.h), in the body of order.c. */

static inline item ITEM_KIND(FN(order_item))(const real *x, int64_t i, const order_dims *d) {
  const wide value = LOAD(x[i * d->inner]);
  return ITEM(ORDER_KEY(value)(value, d->is_ascend != 0), i);
}

/* The end of the chunk at i; 0 where no key in it is below `bound`, which is looked up for items
 * that lie side by side. */
static inline int64_t ITEM_KIND(FN(order_chunk))(const real *x, int64_t i, const order_dims *d,
                                                 ITEM_KEY bound) {
  const int is_ascend = d->is_ascend != 0;
  ITEM_KEY any = 0;
  if (i + ORDER_CHUNK > d->axis) return d->axis;
  if (d->inner != 1) return i + ORDER_CHUNK;
  for (int64_t c = 0; c < ORDER_CHUNK; c++) {
    const wide value = LOAD(x[i + c]);
    any |= (ITEM_KEY)ORDER_KEY(value)(value, is_ascend) < bound;
  }
  return any ? i + ORDER_CHUNK : 0;
}

/* Keeps the first k of a line in order, at items[0] on, while the others pass by. */
static void ITEM_KIND(FN(order_few))(const real *x, const order_dims *d, item *items) {
  const int64_t n = d->axis, k = d->k;
  for (int64_t i = 0; i < k; i++) items[i] = ITEM_KIND(FN(order_item))(x, i, d);
  ITEM_KIND(order_insert)(items, k);
  item last = items[k - 1];
  for (int64_t i = k; i < n;) {
    const int64_t end = ITEM_KIND(FN(order_chunk))(x, i, d, KEY(last));
    if (!end) i += ORDER_CHUNK;
    for (; i < end; i++) {
      const item one = ITEM_KIND(FN(order_item))(x, i, d);
      if (KEY(one) < KEY(last)) last = ITEM_KIND(order_enter)(items, k, one);
    }
  }
}

/* Collects items below the k-th of those before, and sorts and cuts the list when it is full.
 * Equal items stay in order, as later ones are behind. */
static void ITEM_KIND(FN(order_some))(const real *x, const order_dims *d, item *items) {
  const int64_t n = d->axis, most = order_list(d);
  item *const room = items + most;
  ITEM_KEY bound = 0;
  int64_t count = most;
  for (int64_t i = 0; i < most; i++) items[i] = ITEM_KIND(FN(order_item))(x, i, d);
  for (int64_t i = most;;) {
    if (count == most || i >= n) {
      const item *sorted = ITEM_KIND(order_sort)(items, room, count);
      count = d->k;
      if (sorted != items) memcpy(items, sorted, (size_t)count * sizeof(item));
      if (i >= n) return;
      bound = KEY(items[count - 1]);
    }
    int64_t end = ITEM_KIND(FN(order_chunk))(x, i, d, bound);
    if (!end) i += ORDER_CHUNK;
    for (; i < end && count < most; i++) {
      const item one = ITEM_KIND(FN(order_item))(x, i, d);
      items[count] = one;
      count += KEY(one) < bound;
    }
  }
}

static void ITEM_KIND(FN(order_line))(const FN(order_job) *job, int64_t line, item *items) {
  const order_dims *d = job->d;
  const int64_t n = d->axis;
  const real *x = job->x + line / d->inner * n * d->inner + line % d->inner;
  if (order_takes_few(d)) {
    ITEM_KIND(FN(order_few))(x, d, items);
  } else if (order_takes_some(d)) {
    ITEM_KIND(FN(order_some))(x, d, items);
  } else {
    for (int64_t i = 0; i < n; i++) items[i] = ITEM_KIND(FN(order_item))(x, i, d);
    items = ITEM_KIND(order_sort)(items, items + n, n);
  }
  for (int64_t i = 0; i < d->k; i++) FN(order_write)(job, line, i, PLACE(items[i]));
}
