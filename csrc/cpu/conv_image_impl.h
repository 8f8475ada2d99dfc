/* The padded copy of the images, in phases: see conv_plan.h. */

/* Row (z, y) of a phase: y[j] = x[j * phases + r - low], zeros outside. */
static void FN(copy_row)(const conv_plan *p, const real *x, int64_t r, wide *y) {
  const int64_t step = p->phases[2], shift = r - p->low[2], length = p->length[2];
  int64_t from = ceil_div(-shift, step), end = ceil_div(p->size[2] - shift, step);
  from = from < 0 ? 0 : lesser(from, length);
  end = end < from ? from : lesser(end, length);
  for (int64_t j = 0; j < from; j++) y[j] = 0;
  if (step == 1) for (int64_t j = from; j < end; j++) y[j] = LOAD(x[j + shift]);
  else for (int64_t j = from; j < end; j++) y[j] = LOAD(x[j * step + shift]);
  for (int64_t j = end; j < length; j++) y[j] = 0;
}

/* Task i copies channel i of the images worked on. */
static void FN(copy_channel)(void *context, int64_t i) {
  const conv_job *job = context;
  const conv_plan *p = &job->plan;
  const int64_t channels = p->d->groups * p->in;
  const real *x = (const real *)job->ptr[0] +
                  (job->first * channels + i) * volume(p->size);
  wide *y = (wide *)job->image + i * p->channel;
  for (int64_t phase = 0; phase < volume(p->phases); phase++) {
    const int64_t rz = phase / (p->phases[1] * p->phases[2]), rx = phase % p->phases[2];
    const int64_t ry = phase / p->phases[2] % p->phases[1];
    for (int64_t jz = 0; jz < p->length[0]; jz++)
      for (int64_t jy = 0; jy < p->length[1]; jy++, y += p->length[2]) {
        const int64_t z = jz * p->phases[0] + rz - p->low[0];
        const int64_t row = jy * p->phases[1] + ry - p->low[1];
        if (z < 0 || z >= p->size[0] || row < 0 || row >= p->size[1])
          memset(y, 0, (size_t)p->length[2] * sizeof(wide));
        else
          FN(copy_row)(p, x + (z * p->size[1] + row) * p->size[2], rx, y);
      }
  }
}

static void FN(copy_images)(conv_job *job, int64_t first) {
  const conv_plan *p = &job->plan;
  job->first = first;
  job->images = lesser(p->d->images, p->d->N - first);
  const int64_t channels = job->images * p->d->groups * p->in;
  run_tasks(channels, channels * p->channel, FN(copy_channel), job);
}
