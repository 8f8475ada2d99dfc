/* The kernels of softmax.c, for one dtype. */
#define NAME softmax
#define IS_LOG 0
#include "softmax_impl.h"

#define NAME log_softmax
#define IS_LOG 1
#include "softmax_impl.h"

#define NAME softmax_grad
#define IS_LOG 0
#include "softmax_grad_impl.h"

#define NAME log_softmax_grad
#define IS_LOG 1
#include "softmax_grad_impl.h"
