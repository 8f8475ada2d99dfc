/* One line of data for one kind of item (order_item.h), in the body of order.c. */

static inline item ITEM_KIND(FN(order_item))(const real *x, int64_t i, const order_dims *d) {
  const wide value = LOAD(x[i * d->inner]);
  return ITEM(ORDER_KEY(value)(value, d->is_ascend != 0), i);
}

static void ITEM_KIND(FN(order_line))(const FN(order_job) *job, int64_t line, item *items) {
  const order_dims *d = job->d;
  const int64_t n = d->axis, listed = order_takes_few(d) ? d->k : n;
  const real *x = job->x + line / d->inner * n * d->inner + line % d->inner;
  for (int64_t i = 0; i < listed; i++) items[i] = ITEM_KIND(FN(order_item))(x, i, d);
  if (listed < n) {
    ITEM_KIND(order_insert)(items, listed);
    item last = items[listed - 1];
    for (int64_t i = listed; i < n; i++) {
      const item one = ITEM_KIND(FN(order_item))(x, i, d);
      if (KEY(one) < KEY(last)) last = ITEM_KIND(order_enter)(items, listed, one);
    }
  } else {
    items = ITEM_KIND(order_sort)(items, items + n, n);
  }
  for (int64_t i = 0; i < d->k; i++) FN(order_write)(job, line, i, PLACE(items[i]));
}
