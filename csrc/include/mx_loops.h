/* Hints for loops that must become vector code. */
#ifndef MX_LOOPS_H
#define MX_LOOPS_H

/* Before a short loop of constant length: gcc would unroll it first and then fail to vectorise. */
#if defined(__GNUC__) && !defined(__clang__)
#define MX_ROLLED _Pragma("GCC unroll 1")
#else
#define MX_ROLLED
#endif
#endif
