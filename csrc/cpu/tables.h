/* The kernel tables of csrc/cpu: one line a file. */
#ifndef MX_TABLES_H
#define MX_TABLES_H
#include "mx_kernel.h"

#define MX_TABLES(TABLE) \
  TABLE(copy)

#define MX_DECLARE(family) extern const mx_kernel_entry mx_table_##family[];
MX_TABLES(MX_DECLARE)
#endif
