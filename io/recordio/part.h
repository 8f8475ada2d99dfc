/* A part of a record, and what its bytes tell of damage. */
#ifndef MX_REC_PART_H
#define MX_REC_PART_H

#include "format.h"

/* A part whose header has been read. */
typedef struct part {
  int64_t at, size;                  /* of its header in the file; of its payload, in bytes */
  int flag;
} part;

static inline int64_t payload_of(const part *part) { return part->at + HEADER; }
static inline int64_t end_of(const part *part) { return payload_of(part) + padded(part->size); }

/* The payload does not end with other records, which a wrong size would take for payload.  A magic
   alone may stand in it: not all writers cut there. */
int mx_rec_check_bytes(const part *part, int64_t first, const unsigned char *payload,
                       mx_rec_error *error);

/* The same, but other records are only looked for where this one would end if its size had one
   byte other.  This takes a few hundred looks, where looking at all of a large payload would cost a
   fifth of the time to read it. */
int mx_rec_check_sizes(const part *part, const unsigned char *payload, mx_rec_error *error);

/* Whether a record can end where `size` bytes of the file follow: behind it is nothing or a header,
   be it cut, or with one byte of its magic wrong: that is the next record's damage. */
int mx_rec_can_end(const unsigned char *bytes, int64_t size);

#endif
