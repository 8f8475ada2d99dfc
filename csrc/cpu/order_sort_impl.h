/* Sorting items by their keys, stably, for one kind of item (order_item.h). */

static void ITEM_KIND(order_insert)(item *items, int64_t n) {
  for (int64_t i = 1; i < n; i++) {
    const item x = items[i];
    int64_t j = i;
    for (; j > 0 && KEY(items[j - 1]) > KEY(x); j--) items[j] = items[j - 1];
    items[j] = x;
  }
}

/* n items, a byte of the key at a time from the lowest on; `other` has room for them.  Returns which
 * of the two blocks they end up in. */
static item *ITEM_KIND(order_sort)(item *items, item *other, int64_t n) {
  enum { BYTES = ITEM_BITS / 8 };
  int64_t counts[BYTES][256] = {{0}};
  if (n <= ORDER_SHORT) {
    ITEM_KIND(order_insert)(items, n);
    return items;
  }
  for (int64_t i = 0; i < n; i++)
    for (int b = 0; b < BYTES; b++) counts[b][KEY(items[i]) >> (8 * b) & 255]++;
  for (int b = 0; b < BYTES; b++) {
    int64_t *place = counts[b], sum = 0;
    if (place[KEY(items[0]) >> (8 * b) & 255] == n) continue;       /* all alike */
    for (int c = 0; c < 256; c++) {
      const int64_t count = place[c];
      place[c] = sum;
      sum += count;
    }
    for (int64_t i = 0; i < n; i++) other[place[KEY(items[i]) >> (8 * b) & 255]++] = items[i];
    item *const sorted = other;
    other = items;
    items = sorted;
  }
  return items;
}

/* Puts x into the k items, which are in order, in place of the last; returns the one that is last now. */
static inline item ITEM_KIND(order_enter)(item *first, int64_t k, item x) {
  int64_t j = k - 1;
  for (; j > 0 && KEY(first[j - 1]) > KEY(x); j--) first[j] = first[j - 1];
  first[j] = x;
  return first[k - 1];
}
