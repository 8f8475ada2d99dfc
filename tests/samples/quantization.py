"""Samples of operators on quantized arrays."""

import numpy as np

from .sample import Fixed, Ints, Sample, Uniform

LEVELS = {"int8": 127.5, "uint8": 255.5}
ENDS = {"int8": (-128, 127), "uint8": (0, 255)}
RANGE = Uniform((1,), "float32")


def magnitude(low, high):
    return np.maximum(np.abs(low), np.abs(high))


def integers(x, dtype):
    return np.clip(np.rint(x), *ENDS[dtype])


def quantize(x, low, high, out_type="uint8"):
    size = magnitude(low, high)
    return [integers(x * {"int8": 127, "uint8": 255}[out_type] / size, out_type),
            *((low, high) if out_type == "uint8" else (-size, size))]


def ends_of(x):
    return (np.array([x.min()]), np.array([x.max()])) if x.size else (np.zeros(1), np.zeros(1))


def quantize_v2(x, out_type="int8", min_calib_range=None, max_calib_range=None):
    low, high = ends_of(x)
    if min_calib_range is not None:
        low, high = np.array([min_calib_range]), np.array([max_calib_range])
    if out_type == "auto":
        out_type = "uint8" if min_calib_range is not None and low >= 0 else "int8"
    size = magnitude(low, high)
    return [integers(x * LEVELS[out_type] / size, out_type),
            *((low, high) if out_type == "uint8" else (-size, size))]


def dequantize(levels):
    return lambda q, low, high: q * magnitude(low, high) / levels


def requantize(q, low, high, out_type="int8", min_calib_range=None, max_calib_range=None):
    real = q * (magnitude(low, high) / 2.0 ** 31)
    size = magnitude(*ends_of(real))
    if min_calib_range is not None:
        size = np.array([max(abs(min_calib_range), abs(max_calib_range))], float)
    if out_type == "uint8":
        return [integers(real * 255 / size, "uint8"), np.zeros(1), size]
    return [integers(real * 127 / size, "int8"), -size, size]


def bias_in_steps(bias, sizes, dtype):
    data, weight, own = sizes
    return np.trunc(bias * LEVELS[dtype] / data * 127.5 / weight * own / 127.5)


def product_range(ranges, dtype):
    sizes = [magnitude(*ranges[i:i + 2]) for i in range(0, len(ranges), 2)]
    size = sizes[0] / {"int8": 127, "uint8": 255}[dtype] * sizes[1] / 127 * 2.0 ** 31
    return sizes, [-size, size]


def fully_connected(dtype):
    def oracle(data, weight, bias, *ranges, num_hidden):
        sizes, ends = product_range(ranges, dtype)
        product = data.reshape(len(data), weight.shape[1]) @ weight.T
        return [product + bias_in_steps(bias, sizes, dtype), *ends]

    return oracle


def convolution(dtype):
    """Of an image (N, C, H, W), without a stride."""
    def oracle(data, weight, *rest, kernel, num_filter, pad=(0, 0), no_bias=False):
        bias, ranges = (None, rest) if no_bias else (rest[0], rest[1:])
        sizes, ends = product_range(ranges, dtype)
        padded = np.pad(data, ((0, 0), (0, 0), (pad[0],) * 2, (pad[1],) * 2))
        windows = np.lib.stride_tricks.sliding_window_view(padded, kernel, (2, 3))
        out = np.einsum("nchwij,fcij->nfhw", windows, weight)
        if bias is not None:
            out = out + bias_in_steps(bias, sizes, dtype)[:, None, None]
        return [out, *ends]

    return oracle


def pooling(q, low, high, kernel, pool_type):
    windows = np.lib.stride_tricks.sliding_window_view(q, kernel, (2, 3))
    reduced = windows.max((4, 5)) if pool_type == "max" else np.rint(windows.mean((4, 5)))
    return [reduced, low, high]


def concat(*dtypes):
    def oracle(*inputs, dim, num_args):
        parts, ranges = inputs[:num_args], inputs[num_args:]
        low = np.minimum(0, np.minimum.reduce(ranges[::2]))
        high = np.maximum(0, np.maximum.reduce(ranges[1::2]))
        dtype = "int8" if "int8" in dtypes else "uint8"
        scale = LEVELS[dtype] / magnitude(low, high)
        joined = [integers(part * (magnitude(*ranges[2 * i:2 * i + 2]) / LEVELS[kind] * scale),
                           dtype) for i, (part, kind) in enumerate(zip(parts, dtypes, strict=True))]
        return [np.concatenate(joined, dim), low, high]

    return oracle


def added(lhs_dtype, rhs_dtype):
    def oracle(lhs, rhs, *ranges, min_calib_range=None, max_calib_range=None):
        sizes = magnitude(*ranges[:2]), magnitude(*ranges[2:])
        real = lhs * (sizes[0] / LEVELS[lhs_dtype]) + rhs * (sizes[1] / LEVELS[rhs_dtype])
        if min_calib_range is None:
            high = sizes[0] + sizes[1]
            return [np.rint(real * 2.0 ** 31 / high), -high, high]
        dtype = lhs_dtype if lhs_dtype == rhs_dtype else "int8"
        ends = np.array([min_calib_range]), np.array([max_calib_range])
        return [integers(real * LEVELS[dtype] / magnitude(*ends), dtype), *ends]

    return oracle


def multiplied(lhs, rhs, *ranges, min_calib_range=None, max_calib_range=None,
               enable_float_output=False):
    sizes = magnitude(*ranges[:2]), magnitude(*ranges[2:])
    real = lhs * rhs * (sizes[0] / 127.5 * sizes[1] / 127.5)
    if enable_float_output:
        return real
    if min_calib_range is None:
        size = sizes[0] / 127 * sizes[1] / 127 * 2.0 ** 31
        return [lhs * rhs, -size, size]
    ends = np.array([min_calib_range]), np.array([max_calib_range])
    return [np.clip(np.trunc(real * 127.5 / magnitude(*ends)), -128, 127), *ends]


def batch_norm(dtype):
    def oracle(q, gamma, beta, mean, var, low, high, min_calib_range, max_calib_range,
               fix_gamma=True, eps=1e-3):
        across = (-1,) + (1,) * (q.ndim - 2)
        gamma = np.ones_like(gamma) if fix_gamma else gamma
        gamma, beta, mean, var = [x.reshape(across) for x in (gamma, beta, mean, var)]
        real = q * (magnitude(low, high) / LEVELS[dtype])
        out = (real - mean) / np.sqrt(var + eps) * gamma + beta
        ends = np.array([min_calib_range]), np.array([max_calib_range])
        return [integers(out * 127.5 / magnitude(*ends), "int8"), *ends]

    return oracle


def quantize_asym(x, min_calib_range=None, max_calib_range=None):
    low, high = ends_of(x) if x.size else (np.zeros(1), np.ones(1))
    if min_calib_range is not None:
        low, high = np.array([min_calib_range]), np.array([max_calib_range])
    scale = 255 / (high - low)
    shift = 255 - high * scale
    return [np.clip(np.trunc(x * scale + shift + 0.5), 0, 255), scale, shift]


def merged(counts, inner, num_bins):
    """The inner counts in num_bins bins, spread over those of their places that have counts."""
    width, out = len(counts) // num_bins, np.zeros(len(counts))
    for i in range(num_bins):
        part = slice(i * width, len(counts) if i == num_bins - 1 else (i + 1) * width)
        if np.any(inner[part]):
            mean = inner[part].sum() / np.count_nonzero(inner[part])
            out[part] = np.where(counts[part] != 0, mean, 0)
    return out


def smoothed(p):
    zeros = p == 0
    p = np.where(zeros, 1e-4, p - 1e-4 * zeros.sum() / max((~zeros).sum(), 1))
    return p / p.sum()


def calibrate_entropy(counts, edges, num_quantized_bins=255):
    best = (np.inf, None)
    middle = len(counts) // 2
    for half in range(num_quantized_bins // 2, middle + 1):
        first, stop = middle - half, middle + half + 1
        kept = np.concatenate([[counts[:first + 1].sum()], counts[first + 1:stop - 1],
                               [counts[stop - 1:].sum()]])
        inner = np.concatenate([[0], counts[first + 1:stop]])
        p, q = smoothed(kept), smoothed(merged(kept, inner, num_quantized_bins))
        best = min(best, (np.sum(p * np.log(p / q)), edges[stop]))
    return [np.array([best[1]]), np.array([best[0]])]


def of(op, *inputs, oracle=None, **params):
    """A sample of integers and float32: there is no other dtype, and no gradient."""
    known = {name: params.pop(name) for name in ("domain", "recorded", "slack") if name in params}
    return Sample(f"_contrib_{op}", inputs, oracle, params, gradient="none", dtypes=("float32",),
                  recorded_in=("float32",), **known)


def reals(*shape):
    return Uniform(shape, "float32")


def fixed(*ends):
    return [Fixed([end], "float32") for end in ends]


def signed(*shape):
    return Ints(shape, -128, 128, "int8")


def unsigned(*shape, below=256):
    return Ints(shape, 0, below, "uint8")


CALIBRATED = {"min_calib_range": -1.25, "max_calib_range": 1.5}
SAMPLES = [
    of("quantize", reals(3, 4), RANGE, RANGE, oracle=quantize),
    of("quantize", reals(3, 4), RANGE, RANGE, oracle=quantize, out_type="int8"),
    of("quantize_v2", reals(3, 4), oracle=quantize_v2),
    of("quantize_v2", reals(2, 3, 4, 5), oracle=quantize_v2, out_type="uint8"),
    of("quantize_v2", reals(7), oracle=quantize_v2, out_type="auto", **CALIBRATED),
    of("quantize_v2", reals(7), oracle=quantize_v2, out_type="auto", min_calib_range=0.5,
       max_calib_range=1.75),
    of("dequantize", signed(3, 4), RANGE, RANGE, oracle=dequantize(127.5)),
    of("dequantize", unsigned(2, 3, 1, 2), RANGE, RANGE, oracle=dequantize(255.5)),
    of("requantize", Ints((3, 4), -2000, 2000, "int32"), RANGE, RANGE, oracle=requantize),
    of("requantize", Ints((3, 4), -2000, 2000, "int32"), RANGE, RANGE, oracle=requantize,
       min_calib_range=-1e-6, max_calib_range=5e-7),
    of("requantize", Ints((3, 4), -2000, 2000, "int32"), RANGE, RANGE, oracle=requantize,
       out_type="uint8"),
    # MXNet's process ends where quantize_asym runs.
    of("quantize_asym", reals(3, 4), oracle=quantize_asym, recorded=False),
    of("quantize_asym", reals(3, 4), oracle=quantize_asym, recorded=False, **CALIBRATED),
    of("quantized_fully_connected", signed(3, 5), signed(4, 5), signed(4), *[RANGE] * 6,
       oracle=fully_connected("int8"), num_hidden=4),
    # MXNet's sums of uint8 are wrong where two products exceed 16 bits.
    of("quantized_fully_connected", unsigned(2, 3, 2, below=128), signed(4, 6), signed(4),
       *[RANGE] * 6, oracle=fully_connected("uint8"), num_hidden=4),
    # MXNet's ranges of the result, and its bias, are those of other inputs.
    of("quantized_conv", unsigned(2, 3, 5, 6), signed(4, 3, 2, 3), signed(4), *[RANGE] * 6,
       oracle=convolution("uint8"), kernel=(2, 3), num_filter=4, pad=(1, 0), recorded=False),
    of("quantized_conv", signed(2, 3, 5, 6), signed(4, 3, 3, 3), *[RANGE] * 4,
       oracle=convolution("int8"), kernel=(3, 3), num_filter=4, no_bias=True, recorded=False),
    of("quantized_conv", signed(2, 3, 2, 2), signed(4, 3, 2, 2), signed(4), *[RANGE] * 6,
       oracle=convolution("int8"), kernel=(2, 2), num_filter=4, recorded=False),
    of("quantized_pooling", signed(2, 3, 5, 6), RANGE, RANGE, oracle=pooling, kernel=(2, 3),
       pool_type="max"),
    of("quantized_pooling", signed(2, 3, 5, 6), RANGE, RANGE, oracle=pooling, kernel=(3, 3),
       pool_type="avg"),
    of("quantized_pooling", unsigned(3, 2, 5, 7), RANGE, RANGE, oracle=pooling, kernel=(3, 3),
       pool_type="avg"),
    of("quantized_act", signed(3, 4), RANGE, RANGE, act_type="relu",
       oracle=lambda q, low, high, act_type: [np.maximum(q, 0), low, high]),
    of("quantized_flatten", signed(2, 3, 4), RANGE, RANGE,
       oracle=lambda q, low, high: [q.reshape(len(q), np.prod(q.shape[1:])), low, high]),
    of("quantized_concat", signed(2, 3), signed(2, 2), *fixed(-0.7, 1.3, -1.9, 0.6),
       oracle=concat("int8", "int8"), dim=1, num_args=2),
    of("quantized_concat", unsigned(2, 3), signed(2, 2), unsigned(2, 1),
       *fixed(0.3, 1.7, -1.1, 0.9, 0.2, 2.3), oracle=concat("uint8", "int8", "uint8"),
       dim=1, num_args=3),
    of("quantized_elemwise_add", signed(3, 4), signed(3, 4), *[RANGE] * 4,
       oracle=added("int8", "int8")),
    of("quantized_elemwise_add", unsigned(2, 3), unsigned(2, 3), *[RANGE] * 4,
       oracle=added("uint8", "uint8"), **CALIBRATED),
    # MXNet rounds, and cuts, the array of uint8 before it adds.
    of("quantized_elemwise_add", signed(2, 3), unsigned(2, 3), *[RANGE] * 4,
       oracle=added("int8", "uint8"), recorded=False),
    of("quantized_elemwise_add", unsigned(3, 4), signed(3, 4), *[RANGE] * 4,
       oracle=added("uint8", "int8"), recorded=False, **CALIBRATED),
    # MXNet has these for Symbols alone.
    of("quantized_elemwise_mul", signed(3, 4), signed(3, 4), *[RANGE] * 4, oracle=multiplied,
       recorded=False),
    of("quantized_elemwise_mul", signed(3, 4), signed(3, 4), *[RANGE] * 4, oracle=multiplied,
       recorded=False, **CALIBRATED),
    of("quantized_elemwise_mul", signed(3, 4), signed(3, 4), *[RANGE] * 4, oracle=multiplied,
       recorded=False, enable_float_output=True),
    # MXNet adds eps twice.
    of("quantized_batch_norm", signed(2, 3, 2, 2), *[reals(3)] * 4, RANGE, RANGE,
       oracle=batch_norm("int8"), domain=(0.25, 1.5), fix_gamma=False, eps=1e-7, **CALIBRATED),
    of("quantized_batch_norm", unsigned(2, 3, 2, 2), *[reals(3)] * 4, RANGE, RANGE,
       oracle=batch_norm("uint8"), domain=(0.25, 1.5), recorded=False, **CALIBRATED),
    of("quantized_embedding", Ints((2, 3), 0, 4, "float32"), signed(4, 5), RANGE, RANGE,
       oracle=lambda rows, weight, low, high, **_: [weight[rows.astype(int)], low, high],
       input_dim=4, output_dim=5),
    of("calibrate_entropy", Ints((401,), 0, 100, "float32"), reals(402), slack=10.0,
       oracle=calibrate_entropy),
    of("calibrate_entropy", Ints((91,), 0, 20, "float32"), reals(92), slack=10.0,
       oracle=calibrate_entropy, num_quantized_bins=31),
]
MANY, IMAGES = (300, 251), (4, 8, 40, 40)
LARGE = [
    of("quantize", reals(*MANY), RANGE, RANGE),
    of("quantize_v2", reals(*MANY)),
    of("quantize_asym", reals(*MANY)),
    of("dequantize", signed(*MANY), RANGE, RANGE),
    of("requantize", Ints(MANY, -2000, 2000, "int32"), RANGE, RANGE),
    of("quantized_fully_connected", signed(128, 300), signed(200, 300), signed(200), *[RANGE] * 6,
       num_hidden=200),
    of("quantized_conv", signed(*IMAGES), signed(16, 8, 3, 3), signed(16), *[RANGE] * 6,
       kernel=(3, 3), num_filter=16),
    of("quantized_pooling", signed(*IMAGES), RANGE, RANGE, kernel=(3, 3), pool_type="max"),
    of("quantized_act", signed(*MANY), RANGE, RANGE, act_type="relu"),
    of("quantized_concat", signed(*MANY), signed(*MANY), *fixed(-0.7, 1.3, -1.9, 0.6), dim=1,
       num_args=2),
    of("quantized_elemwise_add", signed(*MANY), signed(*MANY), *[RANGE] * 4),
    of("quantized_elemwise_mul", signed(*MANY), signed(*MANY), *[RANGE] * 4),
    of("quantized_batch_norm", signed(*IMAGES), *[reals(8)] * 4, RANGE, RANGE,
       domain=(0.25, 1.5), fix_gamma=False, **CALIBRATED),
    of("quantized_embedding", Ints((9000,), 0, 400, "float32"), signed(400, 150), RANGE, RANGE,
       input_dim=400, output_dim=150),
]
"""Cut into tasks, without an oracle: see large.py."""
