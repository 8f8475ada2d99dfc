/* Where gradients of maps are summed, one dtype: in the output itself, or for the 16-bit dtypes in
 * float in the scratch block. */

static inline wide *FN(sums)(void *output, void *scratch) {
  return IS_HALF ? (wide *)scratch : (wide *)output;
}

/* The n sums from `at` on are done: the output has them. */
static inline void FN(store_sums)(void *output, const void *scratch, int64_t at, int64_t n) {
  if (!IS_HALF) return;
  for (int64_t i = at; i < at + n; i++) ((real *)output)[i] = STORE(((const wide *)scratch)[i]);
}
