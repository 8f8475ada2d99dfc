/* Files and pipes as sources and sinks. */
#define _GNU_SOURCE
#include "mx_recordio.h"

#include <errno.h>
#include <fcntl.h>
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

int mx_rec_source_close(mx_rec_source *source) {
  return close(descriptor(source->context)) == 0 ? 0 : errno;
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
