/* Files and pipes as sources and sinks. */
#define _GNU_SOURCE
#include "mx_recordio.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <sys/uio.h>
#include <unistd.h>

static int descriptor(void *context) { return (int)(intptr_t)context; }

static int64_t file_read(void *context, void *buffer, int64_t size, int64_t offset) {
  int64_t done = 0;
  while (done < size) {
    const ssize_t count = pread(descriptor(context), (char *)buffer + done, (size_t)(size - done),
                                (off_t)(offset + done));
    if (count < 0 && errno == EINTR) continue;
    if (count < 0) return -errno;
    if (count == 0) break;
    done += count;
  }
  return done;
}

static int64_t stream_read(void *context, void *buffer, int64_t size, int64_t offset) {
  (void)offset;
  for (;;) {
    const ssize_t count = read(descriptor(context), buffer, (size_t)size);
    if (count >= 0) return count;
    if (errno != EINTR) return -errno;
  }
}

static int64_t file_size(void *context) {
  const off_t end = lseek(descriptor(context), 0, SEEK_END);
  return end < 0 ? -2 : (int64_t)end;
}

static int64_t stream_size(void *context) { (void)context; return -1; }

int mx_rec_source_open(mx_rec_source *source, const char *path) {
  const int file = open(path, O_RDONLY | O_CLOEXEC);
  struct stat about;
  if (file < 0) return errno;
  if (fstat(file, &about) != 0 || S_ISDIR(about.st_mode)) {
    const int reason = S_ISDIR(about.st_mode) ? EISDIR : errno;
    close(file);
    return reason;
  }
  const int is_file = lseek(file, 0, SEEK_END) >= 0;
  source->context = (void *)(intptr_t)file;
  source->read = is_file ? file_read : stream_read;
  source->size = is_file ? file_size : stream_size;
  return 0;
}

/* Files, each with the offset at which it begins, and the end of the last. */
typedef struct joined {
  int64_t count;
  mx_rec_source *files;
  int64_t begins[];
} joined;

static int64_t joined_read(void *context, void *buffer, int64_t size, int64_t offset) {
  const joined *all = context;
  int64_t low = 0, high = all->count - 1, done = 0;
  while (low < high) {                           /* the last file that begins at offset or before */
    const int64_t middle = low + (high - low + 1) / 2;
    if (all->begins[middle] <= offset) low = middle;
    else high = middle - 1;
  }
  for (int64_t i = low; i < all->count && done < size; i++) {
    const int64_t left = all->begins[i + 1] - offset - done;
    const int64_t wanted = size - done < left ? size - done : left;
    if (wanted <= 0) continue;
    const int64_t count = file_read(all->files[i].context, (char *)buffer + done, wanted,
                                    offset + done - all->begins[i]);
    if (count < 0) return count;
    done += count;
    if (count < wanted) break;
  }
  return done;
}

static int64_t joined_size(void *context) {
  const joined *all = context;
  return all->begins[all->count];
}

int mx_rec_source_join(mx_rec_source *source, mx_rec_source *files, int64_t count) {
  joined *all = malloc(sizeof *all + (size_t)(count + 1) * sizeof *all->begins);
  mx_rec_source *kept = malloc((size_t)count * sizeof *kept);
  int64_t end = 0;
  int reason = all && kept ? 0 : ENOMEM;
  for (int64_t i = 0; i < count && !reason; i++) {
    const int64_t size = files[i].size(files[i].context);
    if (size < 0) reason = ESPIPE;
    else {
      kept[i] = files[i];
      all->begins[i] = end;
      end += size;
    }
  }
  if (reason) {
    free(all);
    free(kept);
    return reason;
  }
  all->begins[count] = end;
  all->count = count;
  all->files = kept;
  *source = (mx_rec_source){all, joined_read, joined_size};
  return 0;
}

int mx_rec_source_close(mx_rec_source *source) {
  if (source->read != joined_read) return close(descriptor(source->context)) == 0 ? 0 : errno;
  joined *all = source->context;
  int reason = 0;
  for (int64_t i = 0; i < all->count; i++) {
    if (close(descriptor(all->files[i].context)) != 0) reason = errno;
  }
  free(all->files);
  free(all);
  return reason;
}

static int file_write(void *context, const void *head, int64_t head_size,
                      const void *body, int64_t body_size) {
  struct iovec pieces[2] = {{(void *)head, (size_t)head_size}, {(void *)body, (size_t)body_size}};
  int first = 0;
  while (first < 2) {
    const ssize_t count = writev(descriptor(context), pieces + first, 2 - first);
    if (count < 0 && errno == EINTR) continue;
    if (count < 0) return errno;
    size_t done = (size_t)count;
    while (first < 2 && done >= pieces[first].iov_len) done -= pieces[first++].iov_len;
    if (first < 2) {
      pieces[first].iov_base = (char *)pieces[first].iov_base + done;
      pieces[first].iov_len -= done;
    }
  }
  return 0;
}

int mx_rec_sink_open(mx_rec_sink *sink, const char *path) {
  const int file = open(path, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0666);
  if (file < 0) return errno;
  sink->context = (void *)(intptr_t)file;
  sink->write = file_write;
  return 0;
}

int mx_rec_sink_close(mx_rec_sink *sink) {
  return close(descriptor(sink->context)) == 0 ? 0 : errno;
}
