/* Images (N, H, W, C) of bytes or float32 of another size, or with another hue: the numbers of io/image/, without
 * fused products and sums. */
#include "prelude.cuh"
#ifndef FLT_EPSILON
#define FLT_EPSILON 1.19209290e-7f
#endif
#include "hls.h"
#include "weights.c"

#ifdef DTYPE_u8
#define IS_BYTES 1
static real rounded(float x) { return (real)rintf(x > 0 ? x < 255 ? x : 255.f : 0.f); }
#else
#define IS_BYTES 0
static real rounded(float x) { return x; }
#endif

struct resize_dims { int64_t N, H, W, C, OH, OW, interp; };
enum { NEAREST, LINEAR, CUBIC, AREA, LANCZOS, MOST_TAPS = 8, WEIGHT_BITS = 11 };

/* One axis: `from` pixels become `to`; scale: source pixels to a pixel.  whole: how many, or 0. */
struct axis { int64_t from, to, whole; double scale, inverse; };

static axis axis_of(int64_t from, int64_t to) {
  axis a = {from, to, 0, 0, (double)to / (double)from};
  a.scale = 1.0 / a.inverse;
  if (fabs(a.scale - rint(a.scale)) < 2.220446049250313e-16) a.whole = (int64_t)rint(a.scale);
  return a;
}
static int64_t clip(int64_t at, int64_t count) { return at < 0 ? 0 : at < count ? at : count - 1; }

/* The mean of whole source pixels, x being the first of them; step: items of a row. */
static real mean_of_block(const real *x, int64_t height, int64_t width, int64_t step, int64_t C, bool is_paired) {
  const real *next = x + step;
  if (height == 2 && width == 2 && !IS_BYTES) {
    const float a = x[0], b = x[C], c = next[0], e = next[C];
    return (real)((is_paired ? (a + b) + (c + e) : a + b + c + e) * 0.25f);
  }
  if (height == 2 && width == 2 && C != 2 && C <= 4)
    return (real)(((int)x[0] + (int)x[C] + (int)next[0] + (int)next[C] + 2) >> 2);
  const float scale = 1.f / (float)(height * width);
#if IS_BYTES
  int64_t sum = 0;
  for (int64_t h = 0; h < height; h++)
    for (int64_t w = 0; w < width; w++) sum += x[h * step + w * C];
  return rounded((float)sum * scale);
#else
  float sum = 0, held[4];         /* four are added to each other before they are added to the sum */
  int count = 0;
  for (int64_t h = 0; h < height; h++)
    for (int64_t w = 0; w < width; w++) {
      held[count++] = x[h * step + w * C];
      if (count < 4) continue;
      sum += held[0] + held[1] + held[2] + held[3];
      count = 0;
    }
  for (int k = 0; k < count; k++) sum += held[k];
  return sum * scale;
#endif
}

/* The source pixels under a pixel: see io/image/resize_area.c. */
struct cover { int64_t first, count; float head, body, tail; bool has_head, has_tail; };

static cover cover_of(const axis &a, int64_t index) {
  const double begin = (double)index * a.scale, end = begin + a.scale;
  const double width = fmin(a.scale, (double)a.from - begin);
  int64_t from = (int64_t)ceil(begin), to = (int64_t)floor(end);
  if (to > a.from - 1) to = a.from - 1;
  if (from > to) from = to;
  cover made = {from, to - from, 0, (float)(1.0 / width), 0, false, false};
  if ((double)from - begin > 1e-3) {
    made.has_head = true;
    made.head = (float)(((double)from - begin) / width);
    made.first--;
    made.count++;
  }
  if (end - (double)to > 1e-3) {
    made.has_tail = true;
    made.tail = (float)(fmin(fmin(end - (double)to, 1.0), width) / width);
    made.count++;
  }
  return made;
}
static float weight_at(const cover &c, int64_t k) {
  if (k == 0 && c.has_head) return c.head;
  return k == c.count - 1 && c.has_tail ? c.tail : c.body;
}

static real mean_of_cover(const real *x, const cover &down, const cover &across, int64_t step, int64_t C) {
  float total = 0;
  for (int64_t h = 0; h < down.count; h++) {
    float sum = 0;
    for (int64_t w = 0; w < across.count; w++)
      sum += (float)x[(down.first + h) * step + (across.first + w) * C] * weight_at(across, w);
    total += sum * weight_at(down, h);
  }
  return rounded(total);
}

/* Weighted neighbours: see io/image/resize_table.c. */
struct neighbours { int64_t start; float weight[MOST_TAPS]; int fixed[MOST_TAPS]; };

static neighbours neighbours_of(const axis &a, int64_t index, int64_t interp, int taps, bool is_across) {
  neighbours made;
  float rest;
  if (interp == AREA) {
    made.start = (int64_t)floor((double)index * a.scale);
    const float reach = (float)((double)(index + 1) - (double)(made.start + 1) * a.inverse);
    rest = reach <= 0 ? 0.f : reach - floorf(reach);
  } else {
    const float at = (float)(((double)index + 0.5) * a.scale - 0.5);
    made.start = (int64_t)floorf(at);
    rest = at - floorf(at);
  }
  made.start -= taps / 2 - 1;
  if (is_across && taps == 2 && (made.start < 0 || made.start + 2 > a.from)) rest = 0;
  weights_of(rest, taps, made.weight);
  for (int k = 0; k < taps; k++) made.fixed[k] = (int)rintf(made.weight[k] * (1 << WEIGHT_BITS));
  return made;
}

#if IS_BYTES
/* In whole numbers, as OpenCV does; cubic weights go down in float32 but at the end of a row. */
static real weighted(const real *x, const axis &down, const axis &across, const neighbours &rows,
                     const neighbours &columns, int taps, int64_t step, int64_t C, bool is_float) {
  int sums[MOST_TAPS], sum = 1 << (2 * WEIGHT_BITS - 1);
  for (int h = 0; h < taps; h++) {
    const real *row = x + clip(rows.start + h, down.from) * step;
    sums[h] = 0;
    for (int w = 0; w < taps; w++) sums[h] += columns.fixed[w] * (int)row[clip(columns.start + w, across.from) * C];
    sum += rows.fixed[h] * sums[h];
  }
  if (taps == 2)
    return (real)((((rows.fixed[0] * (sums[0] >> 4)) >> 16) + ((rows.fixed[1] * (sums[1] >> 4)) >> 16) + 2) >> 2);
  if (taps == 4 && is_float) {
    const float unit = 1.f / (1 << 2 * WEIGHT_BITS);
    return rounded(((float)sums[0] * (rows.fixed[0] * unit) + (float)sums[1] * (rows.fixed[1] * unit)) +
                   (float)sums[2] * (rows.fixed[2] * unit) + (float)sums[3] * (rows.fixed[3] * unit));
  }
  sum >>= 2 * WEIGHT_BITS;
  return (real)(sum < 0 ? 0 : sum > 255 ? 255 : sum);
}
#else
static real weighted(const real *x, const axis &down, const axis &across, const neighbours &rows,
                     const neighbours &columns, int taps, int64_t step, int64_t C, bool) {
  float total = 0;
  for (int h = 0; h < taps; h++) {
    const real *row = x + clip(rows.start + h, down.from) * step;
    float sum = 0;
    for (int w = 0; w < taps; w++) {
      const float part = row[clip(columns.start + w, across.from) * C] * columns.weight[w];
      sum = w ? sum + part : part;
    }
    total = h ? total + sum * rows.weight[h] : sum * rows.weight[h];
  }
  return total;
}
#endif

/* A thread an item: see io/image/resize.c for which way. */
KERNEL(image_resize, resize_dims) {
  const axis down = axis_of(d.H, d.OH), across = axis_of(d.W, d.OW);
  const int taps = d.interp == LANCZOS ? 8 : d.interp == CUBIC ? 4 : 2;
  const bool is_same = d.H == d.OH && d.W == d.OW;
  const bool is_mean = (d.interp == AREA && down.scale >= 1 && across.scale >= 1) ||
                       (d.interp == LINEAR && down.whole == 2 && across.whole == 2);
  const int64_t step = d.W * d.C;
  const int64_t paired = d.C == 1 ? d.OW / 4 * 4 : d.C == 4 ? d.OW : 0;
  EACH(i, d.N * d.OH * d.OW * d.C) {
    const int64_t c = i % d.C, w = i / d.C % d.OW, h = i / d.C / d.OW % d.OH;
    const real *x = IN(0) + i / d.C / d.OW / d.OH * d.H * step + c;
    real y;
    if (is_same) {
      y = x[h * step + w * d.C];
    } else if (d.interp == NEAREST) {
      y = x[clip((int64_t)floor((double)h * down.scale), d.H) * step +
            clip((int64_t)floor((double)w * across.scale), d.W) * d.C];
    } else if (is_mean && down.whole && across.whole) {
      y = mean_of_block(x + h * down.whole * step + w * across.whole * d.C, down.whole, across.whole, step, d.C,
                        w < paired);
    } else if (is_mean) {
      y = mean_of_cover(x, cover_of(down, h), cover_of(across, w), step, d.C);
    } else {
      y = weighted(x, down, across, neighbours_of(down, h, d.interp, taps, false),
                   neighbours_of(across, w, d.interp, taps, true), taps, step, d.C,
                   w * d.C + c < d.OW * d.C / 8 * 8);
    }
    OUT(1)[i] = y;
  }
}

/* images (N, pixels, 3), turns (N) of float32 -> images: io/image/jitter.c. */
struct hue_dims { int64_t N, pixels; };

static real cut(float x) {
#if IS_BYTES
  return (real)(x > 0 ? x < 255 ? x : 255.f : 0.f);
#else
  return x;
#endif
}

KERNEL(image_hue, hue_dims) {
  EACH(i, d.N * d.pixels) {
    const float given = ((const float *)args.ptr[1])[i / d.pixels];
    const float turn = fabsf(given) > 4 ? fmodf(given, 1) : given;
    const real *x = IN(0) + 3 * i;
    const mx_colour hls = hls_of((float)x[0], (float)x[1], (float)x[2]);
    const mx_colour y = turned(hls.x, hls.y, hls.z, turn, 6 * truncf(turn));
    OUT(2)[3 * i] = cut(y.x);
    OUT(2)[3 * i + 1] = cut(y.y);
    OUT(2)[3 * i + 2] = cut(y.z);
  }
}
