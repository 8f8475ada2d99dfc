/* The samples of bins that move, one dtype; for the CPU and the GPU. */

/* A bin of region r for channel c: its first sample, the steps between them, the region's sides,
 * the plane it reads, and where its move along x is (that along y is part^2 further on). */
typedef struct {
  wide left, top, step_x, step_y, width, height;
  int64_t image, plane, move;
} FN(moved_bin);

/* A sample between four pixels: the places of its upper left and lower right one, and how far it is
 * from the former. */
typedef struct {
  int64_t x0, x1, y0, y1;
  wide right, down;
} FN(moved_sample);

/* moves: NULL where there are none. */
static FN(moved_bin) FN(move_bin)(const roi_deformable_dims *d, const real *rois, const real *moves,
                                  int64_t r, int64_t c, int64_t bin) {
  const real *roi = rois + 5 * r;
  const int64_t ph = bin / d->P, pw = bin % d->P, parts = d->part * d->part;
  const int64_t kind = c / (d->C / d->classes);
  const wide scale = (wide)d->scale, least = (wide)0.1, half = (wide)0.5;
  const wide left = (wide)round((double)LOAD(roi[1])) * scale - half;
  const wide top = (wide)round((double)LOAD(roi[2])) * scale - half;
  const wide right = (wide)(round((double)LOAD(roi[3])) + 1) * scale - half;
  const wide bottom = (wide)(round((double)LOAD(roi[4])) + 1) * scale - half;
  FN(moved_bin) b;
  b.width = right - left;
  b.height = bottom - top;
  if (!(b.width > least)) b.width = least;
  if (!(b.height > least)) b.height = least;
  const wide bin_w = b.width / (wide)d->P, bin_h = b.height / (wide)d->P;
  b.step_x = bin_w / (wide)d->samples;
  b.step_y = bin_h / (wide)d->samples;
  b.move = (r * d->classes + kind) * 2 * parts + part_of(d, bin);
  b.left = (wide)pw * bin_w + left;
  b.top = (wide)ph * bin_h + top;
  if (moves) {
    b.left += LOAD(moves[b.move]) * (wide)d->deviation * b.width;
    b.top += LOAD(moves[b.move + parts]) * (wide)d->deviation * b.height;
  }
  const double image = (double)LOAD(roi[0]);
  b.image = image > -1 && image < (double)d->N ? (int64_t)image : -1;
  b.plane = b.image * d->planes + (c * d->group + ph * d->group / d->P) * d->group +
            pw * d->group / d->P;
  return b;
}

/* Sample i of a bin; 0 where it lies outside the plane. */
static inline int FN(sample_at)(const roi_deformable_dims *d, const FN(moved_bin) *b, int64_t i,
                                FN(moved_sample) *s) {
  wide x = b->left + (wide)(i % d->samples) * b->step_x;
  wide y = b->top + (wide)(i / d->samples) * b->step_y;
  const wide half = (wide)0.5, last_x = (wide)(d->W - 1), last_y = (wide)(d->H - 1);
  if (!(x >= -half && x <= last_x + half && y >= -half && y <= last_y + half)) return 0;
  x = x < 0 ? 0 : x > last_x ? last_x : x;
  y = y < 0 ? 0 : y > last_y ? last_y : y;
  s->x0 = (int64_t)x;
  s->y0 = (int64_t)y;
  s->right = x - (wide)s->x0;
  s->down = y - (wide)s->y0;
  s->x1 = s->x0 + (s->right > 0);
  s->y1 = s->y0 + (s->down > 0);
  return 1;
}

static inline wide FN(pixel)(const roi_deformable_dims *d, const real *plane, int64_t y,
                             int64_t x) {
  return LOAD(plane[y * d->W + x]);
}
