/* Finds libjpeg-turbo's functions in a shared library, and asks it for its version and sizes. */
#define _GNU_SOURCE
#include "mx_jpeg.h"

#include "abi.h"

#include <dlfcn.h>
#include <setjmp.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

typedef struct probe {
  jpeg_errors errors;                /* first: the library knows it by this address */
  jmp_buf escape;
} probe;

static void refuse(void *state) {
  probe *asked = (probe *)((jpeg_state *)state)->errors;
  longjmp(asked->escape, 1);
}

/* The library refuses a wrong version, then a wrong size; of either it names the right one. */
static int ask(const mx_jpeg_library *library, int version, size_t size) {
  char state[4096] = {0};
  probe asked;
  ((jpeg_state *)state)->errors = library->std_error(&asked.errors);
  asked.errors.error_exit = refuse;
  if (setjmp(asked.escape)) return asked.errors.parameters.numbers[0];
  library->create(state, version, size);
  library->destroy(state);
  return 0;
}

static int is_complete(mx_jpeg_library *library, char *reason) {
  const struct { const char *name; void *field; } functions[] = {
    {"jpeg_std_error", &library->std_error},       {"jpeg_CreateDecompress", &library->create},
    {"jpeg_destroy_decompress", &library->destroy}, {"jpeg_mem_src", &library->memory_source},
    {"jpeg_read_header", &library->read_header},   {"jpeg_start_decompress", &library->start},
    {"jpeg_crop_scanline", &library->crop},        {"jpeg_skip_scanlines", &library->skip},
    {"jpeg_read_scanlines", &library->read},       {"jpeg_abort_decompress", &library->abort},
  };
  for (size_t i = 0; i < sizeof functions / sizeof *functions; i++) {
    void *found = dlsym(library->handle, functions[i].name);
    if (!found) {
      snprintf(reason, 200, "it has no %s", functions[i].name);
      return 0;
    }
    memcpy(functions[i].field, &found, sizeof found);
  }
  library->version = ask(library, 0, 0);
  const int size = library->version >= 62 ? ask(library, library->version, 0) : 0;
  library->state_size = (size_t)size;
  if (library->version >= 62 && library->version <= 80 && library->state_size < 4096
      && library->state_size > sizeof(jpeg_state)) {
    return 1;
  }
  snprintf(reason, 200, "its version is %d, its struct has %d bytes", library->version, size);
  return 0;
}

mx_jpeg_library *mx_jpeg_open(const char *path, char *reason) {
  mx_jpeg_library *library = calloc(1, sizeof *library);
  if (!library) {
    snprintf(reason, 200, "no memory");
    return NULL;
  }
  library->handle = dlopen(path, RTLD_NOW | RTLD_LOCAL);
  if (!library->handle) snprintf(reason, 200, "%s", dlerror());
  if (library->handle && is_complete(library, reason)) return library;
  if (library->handle) dlclose(library->handle);
  free(library);
  return NULL;
}

int mx_jpeg_version(const mx_jpeg_library *library) { return library->version; }
