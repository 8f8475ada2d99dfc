"""The kernels of dtypes_mx.py in PyTorch."""

from dtypes_mx import CASES


def dtype_cases(torch, uniform):
    """name -> (function of no arguments, calls a measurement)."""
    cases = {}
    for name, kernel, dtype in CASES:
        def given(*shape, dtype=dtype):
            return (uniform(*shape) * 100).to(getattr(torch, dtype))

        square, small = given(1024, 1024), given(512, 512)
        image, filters = given(8, 64, 28, 28), given(64, 64, 3, 3)
        functions = {
            "sum of two": lambda x=square: x + x,
            "row sums": lambda x=square: x.sum(1),
            "transpose": lambda x=square: x.t().contiguous(),
            "softmax": lambda x=square: torch.softmax(x, 1),
            "product of 512": lambda x=small: x @ x,
            "conv 64, 28^2": lambda x=image, w=filters: torch.conv2d(x, w, padding=1),
        }
        cases[name] = functions[kernel], 4
    return cases
