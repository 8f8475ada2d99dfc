/* Boxes in the order of their scores. */
#ifndef MX_BOX_RANK_H
#define MX_BOX_RANK_H
#include <stdint.h>

typedef struct {
  double score;
  int64_t at;
} box_rank;

/* Merges two runs, the earlier one first where scores are equal. */
static inline void merge_runs(const box_rank *left, int64_t m, const box_rank *right, int64_t n,
                              box_rank *out) {
  const box_rank *left_end = left + m, *right_end = right + n;
  while (left < left_end && right < right_end) {
    const int is_right = right->score > left->score;
    *out++ = is_right ? *right : *left;
    right += is_right;
    left += !is_right;
  }
  while (left < left_end) *out++ = *left++;
  while (right < right_end) *out++ = *right++;
}

/* Sorts n items by score, the largest first, equal ones in their order; spare has room for n.
 * Returns the sorted ones, which are `items` or `spare`. */
static inline box_rank *sort_ranks(box_rank *items, box_rank *spare, int64_t n) {
  for (int64_t run = 1; run < n; run *= 2) {
    for (int64_t i = 0; i < n; i += 2 * run) {
      const int64_t middle = i + run < n ? i + run : n, end = i + 2 * run < n ? i + 2 * run : n;
      merge_runs(items + i, middle - i, items + middle, end - middle, spare + i);
    }
    box_rank *sorted = spare;
    spare = items;
    items = sorted;
  }
  return items;
}
#endif
