/* One row of text to numbers. */
#ifndef MX_ROW_H
#define MX_ROW_H

#include "mx_text.h"

/* `values` has room for `columns` numbers; `pairs` gets more room as it needs it; the label is for
   LibSVM, NULL where it is not wanted.  Behind the row must be what decimal.h asks for.  Fills in
   what of the error concerns the row. */
int csv_row(int dtype, int64_t columns, const char *begin, const char *end, char *values,
            mx_crew_error *error);
int libsvm_row(int dtype, int64_t columns, const char *begin, const char *end,
               mx_text_pairs *pairs, void *label, mx_crew_error *error);

/* Gives `status`, and keeps the text from `begin` to `end` in the error. */
int blame(int status, int64_t number, const char *begin, const char *end, mx_crew_error *error);

#endif
