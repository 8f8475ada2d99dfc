/* The padded copies of the images worked on. */

static void FN(copy_task)(void *context, int64_t i) {
  const conv_job *job = context;
  const conv_plan *p = &job->plan;
  const int64_t channels = p->d->groups * p->in;
  FN(copy_channel)(p, (const real *)job->ptr[0] + (job->first * channels + i) * volume(p->size),
                   (wide *)job->image + i * p->channel);
}

static void FN(copy_images)(conv_job *job, int64_t first) {
  const conv_plan *p = &job->plan;
  job->first = first;
  job->images = mx_lesser(job->batch, p->d->N - first);
  const int64_t channels = job->images * p->d->groups * p->in;
  run_tasks(channels, channels * p->channel, FN(copy_task), job);
}
