/* TASK: calls RUN(d, plane of ptr[0], o, channel, n, y) for every run of some rows (OW, inner). */
static void TASK(void *context, int64_t i) {
  const pool_job *job = context;
  const pool_dims *d = job->d;
  const int64_t end = (i + 1) * job->group < job->units ? (i + 1) * job->group : job->units;
  const int64_t across = d->inner == 1 ? d->out[2] : d->inner;
  const int64_t start = i * job->group, rows = d->out[0] * d->out[1];
  int64_t o[3] = {start % rows / d->out[1], start % d->out[1], 0};
  const real *x = (const real *)job->ptr[0] + start / rows * pool_plane(d);
  for (int64_t u = start; u < end; u++) {
    real *y = (real *)job->ptr[1] + u * d->out[2] * d->inner;
    for (int64_t row = 0; row < d->out[2] * d->inner; row += across)
      for (int64_t begin = 0; begin < across; begin += POOL_LANES) {
        const int64_t n = across - begin < POOL_LANES ? across - begin : POOL_LANES;
        o[2] = d->inner == 1 ? begin : row / across;
        RUN(d, x, o, d->inner == 1 ? 0 : begin, n, y + row + begin);
      }
    if (++o[1] < d->out[1]) continue;
    o[1] = 0;
    if (++o[0] < d->out[0]) continue;
    o[0] = 0;
    x += pool_plane(d);
  }
}
#undef RUN
#undef TASK
