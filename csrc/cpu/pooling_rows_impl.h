/* TASK: calls RUN(d, plane of ptr[0], o, channel, n, width, y) for every run of some rows
 * (OW, inner). */
static void TASK(void *context, int64_t i) {
  const pool_job *job = context;
  const pool_dims *d = job->d;
  const int64_t end = (i + 1) * job->group < job->units ? (i + 1) * job->group : job->units;
  const int64_t step = pool_neighbours(d), OW = d->out[2];
  const int64_t start = i * job->group, rows = d->out[0] * d->out[1];
  int64_t o[3] = {start % rows / d->out[1], start % d->out[1], 0};
  const real *x = (const real *)job->ptr[0] + start / rows * pool_plane(d);
  for (int64_t u = start; u < end; u++) {
    real *y = (real *)job->ptr[1] + u * d->out[2] * d->inner;
    for (o[2] = 0; o[2] < OW; o[2] += step)
      for (int64_t c = 0; c < d->inner; c += POOL_LANES)
        RUN(d, x, o, c, OW - o[2] < step ? OW - o[2] : step,
            d->inner - c < POOL_LANES ? d->inner - c : POOL_LANES, y + o[2] * d->inner + c);
    if (++o[1] < d->out[1]) continue;
    o[1] = 0;
    if (++o[0] < d->out[0]) continue;
    o[0] = 0;
    x += pool_plane(d);
  }
}
#undef RUN
#undef TASK
