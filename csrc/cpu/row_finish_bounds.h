/* The activations of row_finish.h for one type `real`, as the kernels of relu and clip do them; FN(vec): a
 * vector of it. */

typedef __typeof__(__builtin_choose_expr(sizeof(real) == 4, (int32_t)0, (int64_t)0)) FN(bit_lane);
typedef FN(bit_lane) FN(bits)
    __attribute__((vector_size(VECTOR_BYTES), aligned(sizeof(real)), may_alias));

static inline real FN(rectified)(real x) { return x > 0 ? x : (x != x ? x : 0); }
static inline real FN(clipped)(real x, real low, real high) {
  return x > high ? high : x < low ? low : x;
}

static inline FN(vec) FN(chosen)(FN(bits) mask, FN(vec) x, FN(vec) y) {
  return (FN(vec))((mask & (FN(bits))x) | (~mask & (FN(bits))y));
}
static inline FN(vec) FN(rectified_vec)(FN(vec) x) {
  return (FN(vec))(~(FN(bits))(x <= 0) & (FN(bits))x);
}
static inline FN(vec) FN(clipped_vec)(FN(vec) x, real low, real high) {
  const FN(vec) least = low - (FN(vec)){0}, most = high - (FN(vec)){0};
  return FN(chosen)((FN(bits))(x > most), most, FN(chosen)((FN(bits))(x < least), least, x));
}
