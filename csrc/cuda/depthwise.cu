/* Convolution where each channel has filters of its own, F of them, and the gradients.  Channels come
 * first, or last: data (N, groups, *size) or (N, *size, groups), weight (groups * F, *kernel),
 * out (N, groups * F, *out) or (N, *out, groups * F). */
#include "block.cuh"
#include "window.cuh"

struct depthwise_dims {
  int64_t N, groups, C, F, size[3], out[3], kernel[3], stride[3], dilate[3], pad[3], has_bias;
};

/* Item i of an array of C channels: its image, channel and pixel; and back. */
struct item { int64_t n, c, pixel; };
template <bool LAST> static item item_of(int64_t i, int64_t C, int64_t pixels) {
  if (LAST) return {i / C / pixels, i % C, i / C % pixels};
  return {i / pixels / C, i / pixels % C, i % pixels};
}
template <bool LAST> static int64_t index_of(const item &x, int64_t C, int64_t pixels) {
  return LAST ? (x.n * pixels + x.pixel) * C + x.c : (x.n * C + x.c) * pixels + x.pixel;
}

/* data weight bias? -> out */
template <bool LAST> static void forward(const depthwise_dims &d, const mx_args &args) {
  const int64_t taps = volume(d.kernel), size = volume(d.size), out = volume(d.out);
  EACH(i, d.N * d.groups * d.F * out) {
    const item y = item_of<LAST>(i, d.groups * d.F, out);
    wide sum = d.has_bias ? LOAD(IN(2)[y.c]) : 0;
    for (int64_t tap = 0; tap < taps; tap++) {
      const int64_t at = image_at(d, tap, y.pixel);
      if (at < 0) continue;
      const item x = {y.n, y.c / d.F, at};
      sum += LOAD(IN(0)[index_of<LAST>(x, d.groups, size)]) * LOAD(IN(1)[y.c * taps + tap]);
    }
    OUT(2 + d.has_bias)[i] = STORE(sum);
  }
}
KERNEL(depthwise, depthwise_dims) { forward<false>(d, args); }
KERNEL(last_depthwise, depthwise_dims) { forward<true>(d, args); }

/* dy weight -> dx, channels first */
KERNEL(depthwise_data, depthwise_dims) {
  const int64_t taps = volume(d.kernel), size = volume(d.size), out = volume(d.out);
  EACH(i, d.N * d.groups * size) {
    const item x = item_of<false>(i, d.groups, size);
    wide sum = 0;
    for (int64_t tap = 0; tap < taps; tap++) {
      const int64_t pixel = output_at(d, tap, x.pixel);
      for (int64_t f = x.c * d.F; pixel >= 0 && f < (x.c + 1) * d.F; f++) {
        const item y = {x.n, f, pixel};
        sum += LOAD(IN(0)[index_of<false>(y, d.groups * d.F, out)]) * LOAD(IN(1)[f * taps + tap]);
      }
    }
    OUT(2)[i] = STORE(sum);
  }
}

/* data dy -> dw.  A block makes an item of dw, or those of 32 neighbouring channels that come last. */
template <bool LAST> static void weight_grad(const depthwise_dims &d, const mx_args &args) {
  const int64_t taps = volume(d.kernel), size = volume(d.size), out = volume(d.out);
  const int64_t channels = d.groups * d.F, lanes = LAST ? 32 : 1, hop = blockDim.x / lanes;
  const int64_t tiles = (channels + lanes - 1) / lanes;
  for (int64_t task = blockIdx.x; task < tiles * taps; task += gridDim.x) {
    const int64_t tap = task / tiles, c = task % tiles * lanes + threadIdx.x % lanes;
    wide sum = 0, none = 0;
    for (int64_t k = threadIdx.x / lanes; c < channels && k < d.N * out; k += hop) {
      const int64_t at = image_at(d, tap, k % out);
      if (at < 0) continue;
      const item x = {k / out, c / d.F, at}, y = {k / out, c, k % out};
      sum += LOAD(IN(0)[index_of<LAST>(x, d.groups, size)]) *
             LOAD(IN(1)[index_of<LAST>(y, channels, out)]);
    }
    column_sums(sum, none, (int)lanes);
    if (threadIdx.x < lanes && c < channels) OUT(2)[c * taps + tap] = STORE(sum);
  }
}
KERNEL(depthwise_weight, depthwise_dims) { weight_grad<false>(d, args); }
KERNEL(last_depthwise_weight, depthwise_dims) { weight_grad<true>(d, args); }
