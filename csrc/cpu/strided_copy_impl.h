/* The loops of strided_copy.c for one item size: FN(name) is the name for it, T its type. */

enum { FN(TILE) = sizeof(T) == 8 ? 8 : 16 };

/* One full tile of a transposition: reads and writes whole lines.  4 x 4 items are turned in registers,
 * small ones by way of a buffer. */
#ifdef LANE
typedef T FN(four) __attribute__((vector_size(4 * sizeof(T)), aligned(sizeof(T)), may_alias));
typedef LANE FN(four_at) __attribute__((vector_size(4 * sizeof(T))));

static inline void FN(transpose_four)(const T *x, T *y, int64_t x_col, int64_t y_row) {
  const FN(four) x0 = *(const FN(four) *)x, x1 = *(const FN(four) *)(x + x_col);
  const FN(four) x2 = *(const FN(four) *)(x + 2 * x_col), x3 = *(const FN(four) *)(x + 3 * x_col);
  TRANSPOSE_FOUR(FN(four), FN(four_at), x0, x1, x2, x3, y, y_row);
}

static inline void FN(transpose_tile)(const T *x, T *y, int64_t x_col, int64_t y_row) {
  for (int r = 0; r < FN(TILE); r += 4)
    for (int c = 0; c < FN(TILE); c += 4)
      FN(transpose_four)(x + c * x_col + r, y + r * y_row + c, x_col, y_row);
}
#else
static inline void FN(transpose_tile)(const T *x, T *y, int64_t x_col, int64_t y_row) {
  T tile[FN(TILE)][FN(TILE)];
  for (int c = 0; c < FN(TILE); c++)
    for (int r = 0; r < FN(TILE); r++) tile[r][c] = x[c * x_col + r];
  for (int r = 0; r < FN(TILE); r++) memcpy(y + r * y_row, tile[r], sizeof tile[r]);
}
#endif

/* y[r][c] = x[c][r]: x is contiguous along r, y along c. */
static void FN(transpose)(const T *x, T *y, int64_t R, int64_t C, int64_t x_col, int64_t y_row) {
  for (int64_t r0 = 0; r0 < R; r0 += FN(TILE)) {
    const int64_t r1 = r0 + FN(TILE) < R ? r0 + FN(TILE) : R;
    for (int64_t c0 = 0; c0 < C; c0 += FN(TILE)) {
      const int64_t c1 = c0 + FN(TILE) < C ? c0 + FN(TILE) : C;
      if (r1 - r0 == FN(TILE) && c1 - c0 == FN(TILE)) {
        FN(transpose_tile)(x + c0 * x_col + r0, y + r0 * y_row + c0, x_col, y_row);
        continue;
      }
      for (int64_t r = r0; r < r1; r++)
        for (int64_t c = c0; c < c1; c++) y[r * y_row + c] = x[c * x_col + r];
    }
  }
}

/* R rows of C items; the last two axes of a copy. */
static void FN(copy_plane)(const T *x, T *y, int64_t R, int64_t C, const plane_strides *s) {
  if (s->x_col == 1 && s->y_col == 1 && C * (int64_t)sizeof(T) > 64) {
    for (int64_t r = 0; r < R; r++)
      memcpy(y + r * s->y_row, x + r * s->x_row, (size_t)C * sizeof(T));
  } else if (s->x_col == 1 && s->y_col == 1) {
    for (int64_t r = 0; r < R; r++)
      for (int64_t c = 0; c < C; c++) y[r * s->y_row + c] = x[r * s->x_row + c];
  } else if (s->x_row == 1 && s->y_col == 1) {
    FN(transpose)(x, y, R, C, s->x_col, s->y_row);
  } else if (s->x_col == 0 && s->y_col == 1) {
    for (int64_t r = 0; r < R; r++) {
      const T value = x[r * s->x_row];
      for (int64_t c = 0; c < C; c++) y[r * s->y_row + c] = value;
    }
  } else {
    for (int64_t r = 0; r < R; r++)
      for (int64_t c = 0; c < C; c++)
        y[r * s->y_row + c * s->y_col] = x[r * s->x_row + c * s->x_col];
  }
}

/* Task i copies its share of the blocks, walking the outer axes like an odometer. */
static void FN(copy_task)(void *context, int64_t i) {
  const copy_job *job = context;
  const strided_copy_dims *d = job->d;
  const int64_t end = job->num_blocks * (i + 1) / job->num_tasks;
  walk at = walk_start(job, job->num_blocks * i / job->num_tasks);
  for (int64_t block = job->num_blocks * i / job->num_tasks; block < end; block++) {
    const int64_t r = at.row_block * ROW_BLOCK, c = at.col_block * COL_BLOCK;
    const int64_t R = job->R - r < ROW_BLOCK ? job->R - r : ROW_BLOCK;
    const int64_t C = job->C - c < COL_BLOCK ? job->C - c : COL_BLOCK;
    const T *x = (const T *)job->x + at.x + r * job->stride.x_row + c * job->stride.x_col;
    T *y = (T *)job->y + at.y + r * job->stride.y_row + c * job->stride.y_col;
    FN(copy_plane)(x, y, R, C, &job->stride);
    walk_step(job, d, &at);
  }
}

static void FN(fill_task)(void *context, int64_t i) {
  const copy_job *job = context;
  const int64_t n = job->d->y_size, end = n * (i + 1) / job->num_tasks;
  const T value = (T)job->d->value;
  for (int64_t at = n * i / job->num_tasks; at < end; at++) ((T *)job->y)[at] = value;
}

static int FN(strided_copy)(const void *desc, void *const *ptr, const mx_scalar *scalars) {
  (void)scalars;
  run_copy(desc, ptr[0], output(desc, ptr), FN(copy_task));
  return MX_OK;
}

static int FN(strided_place)(const void *desc, void *const *ptr, const mx_scalar *scalars) {
  (void)scalars;
  void *y = output(desc, ptr);
  run_over_output(desc, NULL, y, (int64_t)sizeof(T), FN(fill_task));
  run_copy(desc, ptr[0], y, FN(copy_task));
  return MX_OK;
}

static int FN(strided_assign)(const void *desc, void *const *ptr, const mx_scalar *scalars) {
  (void)scalars;
  void *y = output(desc, ptr);
  if (ptr[0] != y) run_over_output(desc, ptr[0], y, (int64_t)sizeof(T), base_task);
  run_copy(desc, ptr[1], y, FN(copy_task));
  return MX_OK;
}

static int FN(strided_assign_scalar)(const void *desc, void *const *ptr, const mx_scalar *scalars) {
  void *y = output(desc, ptr);
  const T value = (T)mx_item_bits(scalars[0].f, ((const strided_copy_dims *)desc)->value);
  if (ptr[0] != y) run_over_output(desc, ptr[0], y, (int64_t)sizeof(T), base_task);
  run_copy(desc, &value, y, FN(copy_task));
  return MX_OK;
}

#undef FN
#undef T
#undef LANE
