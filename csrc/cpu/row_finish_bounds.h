/* The activations of row_finish.h for one dtype; FN(vec): a vector of FN(LANES) elements. */

/* As the kernels of relu and clip do it; of vectors lane by lane, which compilers know to be one
 * instruction each. */
static inline real FN(rectified)(real x) { return x > 0 ? x : (x != x ? x : 0); }
static inline real FN(clipped)(real x, real low, real high) {
  return x > high ? high : x < low ? low : x;
}
static inline FN(vec) FN(rectified_vec)(FN(vec) v) {
  FN(vec) positive;
  for (int l = 0; l < FN(LANES); l++) positive[l] = v[l] > 0 ? v[l] : 0;
  for (int l = 0; l < FN(LANES); l++) v[l] = v[l] != v[l] ? v[l] : positive[l];
  return v;
}
static inline FN(vec) FN(clipped_vec)(FN(vec) v, real low, real high) {
  FN(vec) raised;
  for (int l = 0; l < FN(LANES); l++) raised[l] = low > v[l] ? low : v[l];
  for (int l = 0; l < FN(LANES); l++) v[l] = high < v[l] ? high : raised[l];
  return v;
}
