"""Kernels on other dtypes than float32, for compare.py: mxlite's."""

KERNELS = ("sum of two", "row sums", "transpose", "softmax", "product of 512", "conv 64, 28^2")
DTYPES = ("float64", "float16", "bfloat16", "int64")
NOT_OF_INTEGERS = ("softmax", "product of 512", "conv 64, 28^2")
# name, kernel, dtype
CASES = [(f"{kernel}, {dtype}", kernel, dtype) for dtype in DTYPES for kernel in KERNELS
         if dtype != "int64" or kernel not in NOT_OF_INTEGERS]


def dtype_cases(mx, uniform):
    """name -> (function of no arguments, calls a measurement)."""
    nd, cases = mx.nd, {}
    for name, kernel, dtype in CASES:
        def given(*shape, dtype=dtype):
            return (uniform(*shape) * 100).astype(dtype)

        square, small = given(1024, 1024), given(512, 512)
        image, filters = given(8, 64, 28, 28), given(64, 64, 3, 3)
        functions = {
            "sum of two": lambda x=square: x + x,
            "row sums": lambda x=square: nd.sum(x, axis=1),
            "transpose": lambda x=square: nd.transpose(x),
            "softmax": lambda x=square: nd.softmax(x, axis=1),
            "product of 512": lambda x=small: nd.dot(x, x),
            "conv 64, 28^2": lambda x=image, w=filters: nd.Convolution(
                x, w, kernel=(3, 3), pad=(1, 1), num_filter=64, no_bias=True),
        }
        cases[name] = functions[kernel], 4
    return cases
