/* Windows of images as columns of a matrix, and the sum of such columns back into images; see
 * csrc/cpu/im2col.c. */
#include "window.cuh"

/* image (planes, *size), columns (planes, volume(kernel), volume(out)): tap k of position o of an
 * axis is the image's item o * stride + k * dilate - pad; outside the image it is 0. */
struct im2col_dims {
  int64_t planes, size[3], out[3], kernel[3], stride[3], dilate[3], pad[3];
};
/* image (N, *size, groups, C) -> rows (groups, N, volume(out), volume(kernel), C). */
struct im2row_dims {
  int64_t N, groups, C, size[3], out[3], kernel[3], stride[3], dilate[3], pad[3];
};
struct parts_dims { int64_t count, size, is_first, is_last; };

KERNEL(im2col, im2col_dims) {
  const int64_t pixels = volume(d.out), taps = volume(d.kernel), plane = volume(d.size);
  EACH(i, d.planes * taps * pixels) {
    const int64_t at = image_at(d, i / pixels % taps, i % pixels);
    OUT(1)[i] = at < 0 ? STORE((wide)0) : IN(0)[i / pixels / taps * plane + at];
  }
}

KERNEL(im2row, im2row_dims) {
  const int64_t pixels = volume(d.out), taps = volume(d.kernel), plane = volume(d.size);
  EACH(i, d.groups * d.N * pixels * taps * d.C) {
    const int64_t c = i % d.C, tap = i / d.C % taps, pixel = i / d.C / taps % pixels;
    const int64_t image = i / d.C / taps / pixels, g = image / d.N, n = image % d.N;
    const int64_t at = image_at(d, tap, pixel);
    OUT(1)[i] = at < 0 ? STORE((wide)0) : IN(0)[((n * plane + at) * d.groups + g) * d.C + c];
  }
}

static wide from_wide(const wide *x, int64_t i) { return x[i]; }
static wide from_real(const real *x, int64_t i) { return LOAD(x[i]); }

/* A thread makes an item of the image, from all windows that cover it, tap by tap. */
template <typename T> static void add_columns(const im2col_dims &d, const T *columns, real *image,
                                              wide (*load)(const T *, int64_t)) {
  const int64_t pixels = volume(d.out), taps = volume(d.kernel), plane = volume(d.size);
  EACH(i, d.planes * plane) {
    const T *x = columns + i / plane * taps * pixels;
    wide sum = 0;
    for (int64_t tap = 0; tap < taps; tap++) {
      const int64_t pixel = output_at(d, tap, i % plane);
      if (pixel >= 0) sum += load(x, tap * pixels + pixel);
    }
    image[i] = STORE(sum);
  }
}
KERNEL(col2im, im2col_dims) { add_columns<real>(d, IN(0), OUT(1), from_real); }
KERNEL(col2im_wide, im2col_dims) {
  add_columns<wide>(d, (const wide *)args.ptr[0], OUT(1), from_wide);
}

/* parts (count, size), total (size), result: the sum of the parts, and of total where they are not the
 * first ones, to total, or the last ones' to result. */
KERNEL(sum_parts, parts_dims) {
  const wide *parts = (const wide *)args.ptr[0];
  wide *total = (wide *)args.ptr[1];
  EACH(i, d.size) {
    wide sum = d.is_first ? 0 : total[i];
    for (int64_t k = 0; k < d.count; k++) sum += parts[k * d.size + i];
    if (d.is_last) OUT(2)[i] = STORE(sum);
    else total[i] = sum;
  }
}
