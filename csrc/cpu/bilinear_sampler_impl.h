/* BilinearSampler and GridGenerator, one dtype. */
#include "roi_grad_impl.h"
#include "sampler_places_impl.h"

/* Places of a block: the upper left pixel that is inside, OUTSIDE where none is, NOWHERE for what
 * is no number; the way to the right and the lower pixel, and the weights, both 0 for pixels
 * outside. */
typedef struct {
  int64_t at[SAMPLER_BLOCK], right[SAMPLER_BLOCK], down[SAMPLER_BLOCK];
  wide x0[SAMPLER_BLOCK], x1[SAMPLER_BLOCK], y0[SAMPLER_BLOCK], y1[SAMPLER_BLOCK];
} FN(places);

/* n places of row h from column w on. */
static void FN(fill_places)(const sampler_dims *d, const real *grid, int64_t n, int64_t h,
                            int64_t w, int64_t count, FN(places) *p) {
  const int64_t area = d->OH * d->OW;
  const real *gx = grid + 2 * n * area + h * d->OW + w, *gy = gx + area;
  for (int64_t i = 0; i < count; i++) {
    int64_t step;
    const int64_t column = FN(split)(LOAD(gx[i]), d->W, &p->right[i], &p->x0[i], &p->x1[i]);
    const int64_t row = FN(split)(LOAD(gy[i]), d->H, &step, &p->y0[i], &p->y1[i]);
    p->down[i] = step * d->W;
    p->at[i] = row < 0 || column < 0 ? (row < column ? row : column) : row * d->W + column;
  }
}

static void FN(read_places)(const FN(places) *p, const real *x, int64_t count, real *y) {
  for (int64_t i = 0; i < count; i++) {
    y[i] = STORE(p->at[i] == NOWHERE ? (wide)NAN : 0);
    if (p->at[i] < 0) continue;
    const real *q = x + p->at[i], *below = q + p->down[i];
    const int64_t right = p->right[i];
    const wide up = p->x0[i] * LOAD(q[0]) + p->x1[i] * LOAD(q[right]);
    const wide low = p->x0[i] * LOAD(below[0]) + p->x1[i] * LOAD(below[right]);
    y[i] = STORE(p->y0[i] * up + p->y1[i] * low);
  }
}

/* A unit is a row of an image. */
static void FN(bilinear_sampler_task)(void *context, int64_t task) {
  const sampler_job *job = context;
  const sampler_dims *d = job->d;
  const int64_t area = d->OH * d->OW, plane = d->H * d->W;
  FN(places) p;
  for (int64_t unit = sampler_begin(job, task); unit < sampler_begin(job, task + 1); unit++)
    for (int64_t w = 0; w < d->OW; w += SAMPLER_BLOCK) {
      const int64_t n = unit / d->OH, h = unit % d->OH;
      const int64_t count = w + SAMPLER_BLOCK < d->OW ? SAMPLER_BLOCK : d->OW - w;
      FN(fill_places)(d, job->ptr[1], n, h, w, count, &p);
      for (int64_t c = n * d->C; c < (n + 1) * d->C; c++)
        FN(read_places)(&p, (const real *)job->ptr[0] + c * plane, count,
                        (real *)job->ptr[2] + c * area + h * d->OW + w);
    }
}

/* A unit is a channel of an image. */
static void FN(bilinear_sampler_data_task)(void *context, int64_t task) {
  const sampler_job *job = context;
  const sampler_dims *d = job->d;
  const int64_t area = d->OH * d->OW, plane = d->H * d->W;
  FN(places) p;
  for (int64_t unit = sampler_begin(job, task); unit < sampler_begin(job, task + 1); unit++) {
    wide *dx = FN(sums)(job->ptr[2], job->ptr[3]) + unit * plane;
    memset(dx, 0, (size_t)plane * sizeof *dx);
    for (int64_t start = 0; start < area; start += SAMPLER_BLOCK) {
      const int64_t count = start + SAMPLER_BLOCK < area ? SAMPLER_BLOCK : area - start;
      const real *dy = (const real *)job->ptr[0] + unit * area + start;
      FN(fill_places)(d, job->ptr[1], unit / d->C, 0, start, count, &p);
      for (int64_t i = 0; i < count; i++) {
        if (p.at[i] < 0) continue;
        wide *q = dx + p.at[i], *below = q + p.down[i];
        const wide up = p.y0[i] * LOAD(dy[i]), low = p.y1[i] * LOAD(dy[i]);
        q[0] += up * p.x0[i];
        q[p.right[i]] += up * p.x1[i];
        below[0] += low * p.x0[i];
        below[p.right[i]] += low * p.x1[i];
      }
    }
    FN(store_sums)(job->ptr[2], job->ptr[3], unit * plane, plane);
  }
}

/* A pixel, 0 outside. */
static inline wide FN(pixel_or_0)(const sampler_dims *d, const real *x, int64_t row,
                                  int64_t column) {
  const int is_inside = row >= 0 && row < d->H && column >= 0 && column < d->W;
  return is_inside ? LOAD(x[row * d->W + column]) : 0;
}

/* The gradient of one place, in pixels. */
static void FN(place_slopes)(const sampler_dims *d, const real *x, const real *dy, int64_t area,
                             wide column, wide row, wide *along_x, wide *along_y) {
  *along_x = *along_y = column != column || row != row ? (wide)NAN : 0;
  if (!(column > -1 && column < (wide)d->W && row > -1 && row < (wide)d->H)) return;
  const int64_t w = (int64_t)floor((double)column), h = (int64_t)floor((double)row);
  const wide right = column - (wide)w, down = row - (wide)h;
  for (int64_t c = 0; c < d->C; c++, x += d->H * d->W, dy += area) {
    const wide v00 = FN(pixel_or_0)(d, x, h, w), v01 = FN(pixel_or_0)(d, x, h, w + 1);
    const wide v10 = FN(pixel_or_0)(d, x, h + 1, w), v11 = FN(pixel_or_0)(d, x, h + 1, w + 1);
    *along_x += LOAD(*dy) * ((1 - down) * (v01 - v00) + down * (v11 - v10));
    *along_y += LOAD(*dy) * ((1 - right) * (v10 - v00) + right * (v11 - v01));
  }
}

/* A unit is a row of an image. */
static void FN(bilinear_sampler_grid_task)(void *context, int64_t task) {
  const sampler_job *job = context;
  const sampler_dims *d = job->d;
  const int64_t area = d->OH * d->OW;
  for (int64_t unit = sampler_begin(job, task); unit < sampler_begin(job, task + 1); unit++)
    for (int64_t w = 0; w < d->OW; w++) {
      const int64_t n = unit / d->OH, at = unit % d->OH * d->OW + w;
      const real *grid = (const real *)job->ptr[2] + 2 * n * area + at;
      real *dgrid = (real *)job->ptr[3] + 2 * n * area + at;
      wide along_x, along_y;
      FN(place_slopes)(d, (const real *)job->ptr[1] + n * d->C * d->H * d->W,
                       (const real *)job->ptr[0] + n * d->C * area + at, area,
                       (LOAD(grid[0]) + 1) * (wide)(d->W - 1) / 2,
                       (LOAD(grid[area]) + 1) * (wide)(d->H - 1) / 2, &along_x, &along_y);
      dgrid[0] = STORE(along_x * (wide)(d->W - 1) / 2);
      dgrid[area] = STORE(along_y * (wide)(d->H - 1) / 2);
    }
}

/* A unit is one of the two rows of a matrix. */
static void FN(affine_grid_task)(void *context, int64_t task) {
  const sampler_job *job = context;
  const grid_dims *d = job->d;
  for (int64_t unit = sampler_begin(job, task); unit < sampler_begin(job, task + 1); unit++) {
    const real *row = (const real *)job->ptr[0] + 3 * unit;
    real *grid = (real *)job->ptr[1] + unit * d->OH * d->OW;
    const double across = 2 / (double)(d->OW - 1), down = 2 / (double)(d->OH - 1);
    for (int64_t h = 0; h < d->OH; h++) {
      const wide a = LOAD(row[0]), rest = LOAD(row[1]) * FN(target)(h, down) + LOAD(row[2]);
      for (int64_t w = 0; w < d->OW; w++)
        grid[h * d->OW + w] = STORE(a * FN(target)(w, across) + rest);
    }
  }
}

static void FN(affine_grid_grad_task)(void *context, int64_t task) {
  const sampler_job *job = context;
  const grid_dims *d = job->d;
  for (int64_t unit = sampler_begin(job, task); unit < sampler_begin(job, task + 1); unit++) {
    const real *dgrid = (const real *)job->ptr[0] + unit * d->OH * d->OW;
    real *row = (real *)job->ptr[1] + 3 * unit;
    const double across = 2 / (double)(d->OW - 1), down = 2 / (double)(d->OH - 1);
    double sum[3] = {0};
    for (int64_t h = 0; h < d->OH; h++)
      for (int64_t w = 0; w < d->OW; w++) {
        const double slope = (double)LOAD(dgrid[h * d->OW + w]);
        sum[0] += slope * (double)FN(target)(w, across);
        sum[1] += slope * (double)FN(target)(h, down);
        sum[2] += slope;
      }
    for (int k = 0; k < 3; k++) row[k] = STORE((wide)sum[k]);
  }
}
